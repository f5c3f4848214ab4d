"""Readers of stores: the right bytes, few requests, patience with a bad line, and no mixture of two objects."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import fsspec
import obstore
import pytest
from obstore.store import MemoryStore

from pacscore import FsspecReader, ObstoreReader, OptionError, SourceChangedError, UnsupportedError
from pacscore.source import as_reader
from pacscore.source.holding import HoldingReader
from reference.range_server import RangeServer

DATA = random.Random(5).randbytes(300_001)
FAST = {"client_options": {"allow_http": True}}


@pytest.fixture
def server():
    serving = RangeServer(object=DATA, empty=b"", small=b"ten bytes.")
    yield serving
    serving.close()


def by_obstore(server, path="object", **options):
    return as_reader(server.url(path), {**FAST, **options})


def by_fsspec(server, path="object", **options):
    return as_reader(server.url(path), {"library": "fsspec", **options})


@pytest.mark.parametrize("open_it", [by_obstore, by_fsspec])
@pytest.mark.parametrize(("start", "length"), [(0, 10), (65_530, 10), (299_999, 10), (300_001, 5), (0, 400_000)])
def test_the_bytes_are_those_of_the_object(server, open_it, start, length):
    reader = open_it(server)
    assert reader.size == len(DATA)
    assert reader.read_range(start, length) == DATA[start : start + length]


@pytest.mark.parametrize("open_it", [by_obstore, by_fsspec])
@pytest.mark.parametrize(("path", "content"), [("empty", b""), ("small", b"ten bytes.")])
def test_small_objects(server, open_it, path, content):
    reader = open_it(server, path)
    assert reader.size == len(content)
    assert reader.read_range(0, 100) == content


def test_the_beginning_takes_one_request_that_also_tells_the_size(server):
    reader = by_obstore(server)
    assert reader.read_range(100, 60_000) == DATA[100:60_100]
    assert server.asked == [(0, 65_536)]
    assert (reader.requests, reader.fetched) == (1, 65_536)


@pytest.mark.parametrize("open_it", [by_obstore, by_fsspec])
def test_a_range_may_not_be_negative(server, open_it):
    with pytest.raises(ValueError, match="negative"):
        open_it(server).read_range(-1, 5)


@pytest.mark.parametrize("open_it", [by_obstore, by_fsspec])
def test_nothing_there_is_a_file_that_is_not_found(server, open_it):
    with pytest.raises(FileNotFoundError):
        open_it(server, "nowhere")


def test_what_may_not_be_read_is_a_permission_error(server):
    options = {"client_options": {"allow_http": True, "default_headers": {"Authorization": "Bearer wrong"}}}
    with pytest.raises(PermissionError):
        by_obstore(server, **options)


@pytest.mark.parametrize("open_it", [by_obstore, by_fsspec])
def test_a_server_that_is_busy_is_asked_again(server, open_it):
    reader = open_it(server)
    server.busy = 2
    assert reader.read_range(100_000, 50_000) == DATA[100_000:150_000]


def test_an_answer_that_breaks_off_is_continued_where_it_ended(server):
    reader = by_obstore(server)
    server.cut = 2
    assert reader.read_range(100_000, 200_000) == DATA[100_000:300_000]
    starts = [start for start, _ in server.asked[1:]]
    assert starts[0] == 100_000
    assert 150_000 < starts[1] <= 200_000
    assert 200_000 < starts[2] <= 250_000


@pytest.mark.parametrize("open_it", [by_obstore, by_fsspec])
def test_a_line_that_stays_bad_is_a_connection_error(server, open_it):
    reader = open_it(server, attempts=2)
    server.busy = 99
    with pytest.raises(ConnectionError) as failed:
        reader.read_range(100_000, 50_000)
    assert failed.value.errno is not None


def test_a_path_is_never_a_url():
    with pytest.raises(FileNotFoundError):
        as_reader(Path("http://127.0.0.1:9/object"))


def test_nobody_listens():
    with pytest.raises(ConnectionError):
        as_reader("http://127.0.0.1:9/object", {**FAST, "attempts": 1})


@pytest.mark.parametrize("told", [True, False])
def test_an_object_that_changes_is_never_read_as_if_it_had_not(server, told):
    server.tells = told
    reader = by_obstore(server)
    server.contents["object"] = DATA[::-1] + b"more"
    with pytest.raises(SourceChangedError, match="Open it again"):
        reader.read_range(100_000, 50_000)


def test_fsspec_notices_a_change_within_a_second(monkeypatch):
    filesystem = fsspec.filesystem("memory")
    filesystem.pipe_file("/changing", DATA)
    reader = FsspecReader(filesystem, "/changing")
    filesystem.pipe_file("/changing", DATA[::-1])
    later = time.monotonic() + 1.1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    with pytest.raises(SourceChangedError):
        reader.read_range(100_000, 50_000)


def test_fsspec_notices_at_once_that_a_file_became_shorter():
    filesystem = fsspec.filesystem("memory")
    filesystem.pipe_file("/shrinking", DATA)
    reader = FsspecReader(filesystem, "/shrinking")
    filesystem.pipe_file("/shrinking", DATA[:120_000])
    with pytest.raises(SourceChangedError):
        reader.read_range(100_000, 50_000)


def test_memory_of_fsspec_by_its_url():
    fsspec.filesystem("memory").pipe_file("/there", DATA)
    assert as_reader("memory://there").read_range(7, 9) == DATA[7:16]


def test_a_query_belongs_to_the_url_and_not_to_messages(server):
    reader = by_obstore(server, "object?signature=secret")
    assert reader.read_range(100_000, 5) == DATA[100_000:100_005]
    assert "secret" not in repr(reader)


def test_options_are_checked(server):
    with pytest.raises(OptionError, match="neither obstore nor fsspec"):
        as_reader(server.url("object"), {"library": "curl"})
    with pytest.raises(OptionError, match="storage="):
        as_reader(b"bytes", {"library": "obstore"})


def test_a_scheme_that_nobody_knows():
    with pytest.raises(UnsupportedError, match="nosuch"):
        as_reader("nosuch://host/path")


def test_without_the_libraries_the_error_says_what_to_install():
    script = """
import sys
sys.modules["obstore"] = sys.modules["fsspec"] = None
import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name: None if name in ("obstore", "fsspec") else find(name)
import pacscore
try:
    pacscore.open("s3://bucket/key")
except pacscore.UnsupportedError as error:
    print(error)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "pip install 'pacscore[cloud]'" in ran.stdout


def test_the_libraries_are_loaded_only_when_used():
    script = "import sys, pacscore; pacscore.open; print(sorted({'obstore', 'fsspec', 'diskcache'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_two_objects_of_one_name_have_different_identities():
    store = MemoryStore()
    obstore.put(store, "a", b"one")
    first = ObstoreReader(store, "a", location="memory/a").identity
    obstore.put(store, "a", b"two")
    assert ObstoreReader(store, "a", location="memory/a").identity != first
    assert ObstoreReader(store, "a").identity is None


def test_closing_the_pieces_ends_the_request(server):
    reader = by_obstore(server)
    server.dribble = 0.02
    pieces = reader.pieces(65_536, 200_000)
    first = next(pieces)
    pieces.close()
    assert DATA[65_536:].startswith(first)
    assert len(first) < 200_000
    deadline = time.monotonic() + 5
    while server.open_requests and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.open_requests == 0


def test_nothing_is_tried_again_once_it_is_cancelled(server):
    reader = by_obstore(server)
    server.busy = 99
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(ConnectionError):
        list(reader.pieces(100_000, 10, cancelled))
    assert server.busy == 98


class Counting:
    def __init__(self, data):
        self.data, self.size, self.asked = data, len(data), []

    def read_range(self, start, length):
        self.asked.append((start, length))
        return self.data[start : start + length]

    def pieces(self, start, length, cancelled=None):
        yield self.read_range(start, length)


def test_a_beginning_is_fetched_by_doubling():
    reader = Counting(DATA)
    holding = HoldingReader(reader)
    for start in range(0, 200_000, 1000):
        assert holding.read_range(start, 1000) == DATA[start : start + 1000]
    assert reader.asked == [(0, 65_536), (65_536, 65_536), (131_072, 131_072)]


def test_what_is_held_is_put_together_and_nothing_else_is():
    reader = Counting(DATA)
    holding = HoldingReader(reader)
    holding.settle()
    first = holding.hold(100_000, DATA[100_000:150_000])
    holding.hold(140_000, DATA[140_000:180_000])
    assert holding.read_range(120_000, 60_000) == DATA[120_000:180_000]
    assert reader.asked == []
    holding.release(first)
    assert holding.read_range(120_000, 60_000) == DATA[120_000:180_000]
    assert reader.asked == [(120_000, 60_000)]
    assert holding.held == 40_000
