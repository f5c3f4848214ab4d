"""Readers give the bytes that are asked for, from wherever they lie."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacscore.source import FileReader, MemoryReader, Reader, as_reader

DATA = bytes(range(251)) * 4


@pytest.fixture(params=["path", "text path", "bytes", "array", "file object"])
def reader(request, tmp_path):
    path = tmp_path / "data"
    path.write_bytes(DATA)
    with path.open("rb") as file:
        sources = {
            "path": path,
            "text path": str(path),
            "bytes": DATA,
            "array": np.frombuffer(DATA, "u4"),
            "file object": file,
        }
        yield as_reader(sources[request.param])


@pytest.mark.parametrize(("start", "length"), [(0, 4), (100, 904), (1000, 50), (2000, 5), (7, 0)])
def test_ranges(reader, start, length):
    assert isinstance(reader, Reader)
    assert reader.size == len(DATA)
    assert bytes(reader.read_range(start, length)) == DATA[start : start + length]


def test_lent_ranges_are_good_until_the_thread_asks_for_the_next(tmp_path):
    path = tmp_path / "data"
    path.write_bytes(DATA)
    with FileReader(path) as reader, ThreadPoolExecutor(1) as pool:
        here = reader.borrow_range(3, 200)
        elsewhere = pool.submit(reader.borrow_range, 500, 100).result()
        assert here == DATA[3:203]
        assert elsewhere == DATA[500:600]
        assert reader.borrow_range(900, 900) == DATA[900:]
        assert reader.borrow_range(len(DATA), 5) == b""
        with pytest.raises(ValueError, match="negative"):
            reader.borrow_range(-1, 2)
    with pytest.raises(ValueError, match="closed"):
        reader.borrow_range(3, 200)


def test_threads_do_not_disturb_each_other(reader):
    with ThreadPoolExecutor(4) as pool:
        pieces = pool.map(lambda start: bytes(reader.read_range(start, 3)), range(1000))
        assert list(pieces) == [DATA[start : start + 3] for start in range(1000)]


@pytest.mark.parametrize(("start", "length"), [(-1, 2), (0, -1)])
def test_negative_ranges_are_refused(reader, start, length):
    with pytest.raises(ValueError, match="negative"):
        reader.read_range(start, length)


@given(st.binary(), st.integers(0, 50), st.integers(0, 50))
def test_memory(data, start, length):
    assert bytes(MemoryReader(data).read_range(start, length)) == data[start : start + length]


def test_a_reader_is_taken_as_it_is():
    reader = MemoryReader(DATA)
    assert as_reader(reader) is reader


def test_what_cannot_be_read_is_named():
    with pytest.raises(TypeError, match="int"):
        as_reader(5)


def test_a_raw_file_object_may_read_less_at_once():
    class Slow(io.RawIOBase):
        def __init__(self):
            self._file = io.BytesIO(DATA)

        def read(self, size=-1):
            return self._file.read(min(size, 7))

        def seek(self, offset, whence=0):
            return self._file.seek(offset, whence)

    assert as_reader(Slow()).read_range(5, 100) == DATA[5:105]


def test_a_closed_file_says_so(tmp_path):
    path = tmp_path / "data"
    path.write_bytes(DATA)
    with FileReader(path) as reader:
        pass
    reader.close()
    with pytest.raises(ValueError, match="closed"):
        reader.read_range(0, 1)


def test_what_the_system_says_stays(tmp_path):
    with pytest.raises(FileNotFoundError):
        as_reader(tmp_path / "nothing")
