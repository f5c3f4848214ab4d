"""Hostile codestreams and files end in an array, a Partial or a PacscoreError, soon and in little memory."""

from __future__ import annotations

import csv
import os
import resource
import time
from pathlib import Path

import numpy as np
import pytest

import pacscore as pc
from pacscore.dicom.linter import lint
from pacscore.j2k.codestream.reader import read_codestream

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
SANITIZED = "PACSCORE_SANITIZED" in os.environ
MOST_SECONDS = 30 if SANITIZED else 2
MOST_MEMORY = 512 << 20


def _hostile_files():
    manifest = DATA / "manifest.csv"
    if not manifest.exists():
        return []
    with manifest.open(newline="") as lines:
        return [row["path"] for row in csv.DictReader(lines) if row["path"].startswith("hostile/")]


FILES = _hostile_files()
needs_data = pytest.mark.skipif(not FILES, reason=f"no test data in {DATA}: set PACSCORE_TEST_DATA")


def _attempt(path, on_damage):
    if path.suffix.lower() == ".dcm":
        with pc.open(path) as frames:
            for i in range(len(frames)):
                frames.frame(i, on_damage=on_damage)
    else:
        pc.decode(path.read_bytes(), on_damage=on_damage)


def _in_a_child(attempt, *arguments):
    """Attempt it in a forked child; return what went wrong, CPU seconds, and memory beyond this process's."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        said = ""
        try:
            attempt(*arguments)
        except pc.PacscoreError:
            pass
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        os.write(writing, said.encode()[:4000])
        os._exit(0)
    os.close(writing)
    _, status, usage = os.wait4(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode(errors="replace")
    return said, status, usage.ru_utime + usage.ru_stime, max(usage.ru_maxrss * 1024 - before, 0)


@needs_data
@pytest.mark.parametrize("on_damage", ["raise", "conceal"])
@pytest.mark.parametrize("path", FILES)
@pytest.mark.filterwarnings("ignore")
def test_hostile_file(path, on_damage):
    said, status, seconds, memory = _in_a_child(_attempt, DATA / path, on_damage)
    assert not said
    assert status == 0
    assert seconds < (MOST_SECONDS if not path.endswith(".dcm") else 3 * MOST_SECONDS)
    assert SANITIZED or memory < MOST_MEMORY


def _lint_all():
    for path in FILES:
        started = time.process_time()
        rules = [finding.rule for finding in lint(DATA / path)]
        assert path.endswith(".dcm") or rules == ["PAC001"], path
        allowed = MOST_SECONDS if "deflate" not in path else 3 * MOST_SECONDS  # 300 MB are inflated, as limits allow
        assert time.process_time() - started < allowed, path


@needs_data
@pytest.mark.filterwarnings("ignore")
def test_hostile_files_are_linted():
    said, status, _, memory = _in_a_child(_lint_all)
    assert not said
    assert status == 0
    assert SANITIZED or memory < MOST_MEMORY


@pytest.fixture(scope="module", params=[{}, {"tile_rows": 40, "tile_columns": 40}, {"precincts": ((16, 16),)}])
def stream(request):
    array = np.random.default_rng(7).integers(0, 4096, (90, 70)).astype(np.uint16)
    options = pc.J2KOptions(**request.param)
    return array, pc.encode(array, "1.2.840.10008.1.2.4.202", options, bits_stored=12)


def test_a_cut_stream_never_passes_for_whole(stream):
    array, data = stream
    last = max(part.body_stop for part in read_codestream(data).tile_parts)
    for cut in range(0, len(data), 97 if not SANITIZED else 397):
        try:
            image = pc.decode(data[:cut])
        except pc.PacscoreError:
            assert cut < last
        else:
            assert np.array_equal(image, array)
        try:
            partial = pc.decode(data[:cut], on_damage="conceal")
        except pc.PacscoreError:
            continue
        assert partial.report.complete == (cut >= last)
        assert partial.image.shape == array.shape


def test_without_eoc_it_is_whole_and_noted(stream):
    array, data = stream
    partial = pc.decode(data[:-2], on_damage="conceal")
    assert partial.report.complete
    assert any("EOC" in note for note in partial.report.notes)
    assert np.array_equal(partial.image, array)


def test_changed_bytes_give_an_image_or_an_error(stream):
    _, data = stream
    rng = np.random.default_rng(11)
    for _ in range(60 if SANITIZED else 300):
        damaged = bytearray(data)
        for at in rng.integers(2, len(data), 3):
            damaged[at] = rng.integers(0, 256)
        try:
            report = pc.decode(bytes(damaged), on_damage="conceal").report
        except pc.PacscoreError:
            continue
        assert report.packets_read <= report.packets_expected


def test_a_partial_is_no_array(stream):
    _, data = stream
    partial = pc.decode(data, on_damage="conceal")
    with pytest.raises(TypeError, match="complete"):
        np.asarray(partial)
