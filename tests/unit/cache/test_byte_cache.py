"""The cache: whole ranges alone, bounded, sealed, shared among threads and processes that may die."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import pacscore as pc
from pacscore.cache import ByteCache, CacheStatistics

DATA = random.Random(8).randbytes(200_000)
HASH = "a" * 64
KEY = bytes(range(32))
TOOLS = Path(__file__).parents[3] / "tools"


@pytest.fixture(params=["memory", "disk", "encrypted", "both"])
def cache(request, tmp_path):
    choices = {
        "memory": {},
        "disk": {"memory_bytes": 0, "folder": tmp_path / "cache"},
        "encrypted": {"memory_bytes": 0, "folder": tmp_path / "cache", "key": KEY},
        "both": {"folder": tmp_path / "cache"},
    }
    with ByteCache(**choices[request.param]) as made:
        yield made


def test_a_partial_entry_grows_and_is_never_the_whole(cache):
    cache.put(HASH, 0, 0, DATA[:50_000])
    assert cache.get(HASH, 0, 0, 50_001) is None
    assert cache.get(HASH, 0, 10, 50_000) == DATA[10:50_000]
    cache.put(HASH, 0, 70_000, DATA[70_000:90_000])
    assert cache.get(HASH, 0, 0, 90_000) is None
    cache.put(HASH, 0, 40_000, DATA[40_000:80_000])
    assert cache.get(HASH, 0, 0, 90_000) == DATA[:90_000]


def test_frames_and_objects_are_kept_apart(cache):
    cache.put(HASH, 0, 0, b"first")
    cache.put(HASH, 1, 0, b"other")
    cache.put("b" * 64, 0, 0, b"third")
    assert [cache.get(HASH, 0, 0, 5), cache.get(HASH, 1, 0, 5), cache.get("b" * 64, 0, 0, 5)] == [
        b"first",
        b"other",
        b"third",
    ]
    assert cache.get("b" * 64, 1, 0, 5) is None


def test_hits_and_misses_are_counted(cache):
    cache.put(HASH, 0, 0, DATA[:1000])
    for start, stop in ((0, 1000), (0, 500), (500, 1500), (2000, 2001)):
        cache.get(HASH, 0, start, stop)
    counted = cache.statistics
    assert (counted.memory_hits + counted.disk_hits, counted.misses) == (2, 2)
    assert (counted.bytes_found, counted.bytes_missed) == (2000, 501)
    assert counted.hit_rate == 0.5
    assert json.loads(counted.to_json())["hit_rate"] == 0.5
    assert CacheStatistics().hit_rate == 0.0


def test_clear_forgets_everything(cache):
    cache.put(HASH, 0, 0, DATA)
    cache.clear()
    assert cache.get(HASH, 0, 0, 10) is None
    assert cache.memory_bytes == 0


def test_what_is_on_disk_is_there_for_the_next_process(tmp_path):
    with ByteCache(folder=tmp_path) as first:
        first.put(HASH, 5, 0, DATA)
    with ByteCache(folder=tmp_path) as second:
        assert second.get(HASH, 5, 0, len(DATA)) == DATA
        assert second.get(HASH, 5, 100, 200) == DATA[100:200]
        assert (second.statistics.disk_hits, second.statistics.memory_hits) == (1, 1)


def test_memory_is_bounded_and_the_oldest_goes_first():
    cache = ByteCache(memory_bytes=100_000)
    for frame in range(5):
        cache.put(HASH, frame, 0, DATA[:30_000])
        cache.get(HASH, 0, 0, 10)
        assert cache.memory_bytes <= 100_000
    assert [cache.get(HASH, frame, 0, 30_000) is not None for frame in range(5)] == [True, False, False, True, True]
    cache.put(HASH, 9, 0, DATA)
    assert cache.get(HASH, 9, 0, 10) is None
    assert cache.memory_bytes == 90_000


def test_the_disk_is_bounded(tmp_path):
    with ByteCache(memory_bytes=0, folder=tmp_path, disk_bytes=4_000_000) as cache:
        for frame in range(40):
            cache.put(HASH, frame, 0, DATA)
        assert cache.disk_bytes < 4_500_000
        there = [frame for frame in range(40) if cache.get(HASH, frame, 0, len(DATA)) is not None]
        assert there == list(range(40 - len(there), 40))
        assert len(there) >= 5
    taken = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    assert taken < 4_500_000


def files_of(folder):
    return [path for path in folder.rglob("*.val") if path.is_file()]


@pytest.mark.parametrize("key", [None, KEY])
@pytest.mark.parametrize("change", ["flip", "cut", "empty", "gone"])
def test_damage_on_disk_is_found_and_forgotten(tmp_path, key, change):
    with ByteCache(memory_bytes=0, folder=tmp_path, key=key) as cache:
        cache.put(HASH, 0, 0, DATA)
        (file,) = files_of(tmp_path)
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        if change == "gone":
            file.unlink()
        else:
            file.write_bytes({"flip": data, "cut": data[:-7], "empty": b""}[change])
        assert cache.get(HASH, 0, 0, len(DATA)) is None
        assert cache.statistics.rejected == (0 if change == "gone" else 1)
        cache.put(HASH, 0, 0, DATA)
        assert cache.get(HASH, 0, 0, len(DATA)) == DATA


def test_two_entries_whose_files_were_exchanged_are_found(tmp_path):
    with ByteCache(memory_bytes=0, folder=tmp_path, key=KEY) as cache:
        cache.put(HASH, 0, 0, DATA)
        cache.put(HASH, 1, 0, DATA[::-1])
        one, other = files_of(tmp_path)
        kept = one.read_bytes()
        one.write_bytes(other.read_bytes())
        other.write_bytes(kept)
        assert cache.get(HASH, 0, 0, 10) is None
        assert cache.get(HASH, 1, 0, 10) is None


def test_nothing_readable_lies_on_disk_when_it_is_encrypted(tmp_path):
    text = b"a patient's name, again and again " * 5000
    with ByteCache(memory_bytes=0, folder=tmp_path, key=KEY) as cache:
        cache.put(HASH, 0, 0, text)
        cache.put(HASH, 1, 0, text[:300])
        assert cache.get(HASH, 0, 0, len(text)) == text
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"patient" not in written
    assert HASH.encode() not in written
    with ByteCache(memory_bytes=0, folder=tmp_path) as plain:
        plain.put(HASH, 0, 0, text)
    assert b"patient" in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_another_key_finds_nothing(tmp_path):
    with ByteCache(memory_bytes=0, folder=tmp_path, key=KEY) as cache:
        cache.put(HASH, 0, 0, DATA)
    for other in (None, KEY[::-1], KEY[:16]):
        with ByteCache(memory_bytes=0, folder=tmp_path, key=other) as cache:
            assert cache.get(HASH, 0, 0, 10) is None


def test_the_folder_is_for_this_user_alone(tmp_path):
    with ByteCache(folder=tmp_path / "new"):
        assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_a_pickle_in_the_folder_is_not_run(tmp_path):
    import diskcache

    with ByteCache(memory_bytes=0, folder=tmp_path) as cache:
        cache.put(HASH, 0, 0, b"some bytes")
        with diskcache.Cache(str(tmp_path / "entries")) as other:
            (name,) = list(other)
            other[name] = {"an": "object"}
        with sqlite3.connect(tmp_path / "entries" / "cache.db") as database:
            assert database.execute("SELECT mode FROM Cache").fetchall() == [(4,)]
        assert cache.get(HASH, 0, 0, 4) is None


def test_a_disk_that_fails_is_done_without(tmp_path, monkeypatch):
    with ByteCache(folder=tmp_path) as cache:

        def fails(*arguments, **choices):
            raise sqlite3.OperationalError("disk I/O error")

        monkeypatch.setattr(cache._disk._cache, "get", fails)
        monkeypatch.setattr(cache._disk._cache, "transact", fails)
        cache.put(HASH, 0, 0, DATA)
        assert cache.get(HASH, 0, 0, 10) == DATA[:10]
        assert cache.get(HASH, 1, 0, 10) is None
        assert cache.statistics.failures == 2


@pytest.mark.parametrize(
    ("choices", "what"),
    [
        ({"memory_bytes": -1}, "negative"),
        ({"key": KEY}, "no folder"),
        ({"key": b"short", "folder": "x"}, "16, 24 or 32"),
    ],
)
def test_choices_that_make_no_sense(choices, what, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(pc.OptionError, match=what):
        ByteCache(**choices)


def test_without_diskcache_the_error_says_what_to_install():
    script = """
import sys
sys.modules["diskcache"] = None
from pacscore.cache import ByteCache
ByteCache().put("a", 0, 0, b"memory works")
try:
    ByteCache(folder="somewhere")
except Exception as error:
    print(type(error).__name__, error)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("UnsupportedError")
    assert "pip install 'pacscore[cache]'" in ran.stdout


def test_threads_share_it(cache):
    wrong = []

    def work(seed):
        chance = random.Random(seed)
        for _ in range(30):
            frame = chance.randrange(3)
            start, stop = sorted(chance.sample(range(20_000), 2))
            found = cache.get(HASH, frame, start, stop)
            if found not in (None, DATA[frame * 1000 + start : frame * 1000 + stop]):
                wrong.append((frame, start, stop))
            cache.put(HASH, frame, start, DATA[frame * 1000 + start : frame * 1000 + stop])

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("key", [None, KEY])
def test_killed_while_it_is_filled(tmp_path, key):
    ran = subprocess.run(
        [sys.executable, TOOLS / "kill_cache.py", "--kills", "30", *(["--encrypted"] if key else [])],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    given, taken = (int(number.replace(",", "")) for number in (ran.stdout.split()[5], ran.stdout.split()[-2]))
    assert given > 100
    assert taken < 2 * (8 << 20)
