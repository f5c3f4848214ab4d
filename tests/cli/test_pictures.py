"""Picture files that the command line reads and writes."""

from __future__ import annotations

from pathlib import Path

import imagecodecs
import numpy as np
import pytest

from pacscore.cli.pictures import read_picture, write_picture
from pacscore.errors import DataError, OptionError, PacscoreError, UnsupportedError

GREY8 = np.arange(35, dtype=np.uint8).reshape(5, 7)
GREY12 = (np.arange(35, dtype=np.uint16) * 117).reshape(5, 7)
COLOUR8 = np.arange(105, dtype=np.uint8).reshape(5, 7, 3)


@pytest.mark.parametrize(
    ("suffix", "array", "bits"),
    [
        (".npy", GREY12.astype(np.int16) - 1000, 13),
        (".png", GREY8, 8),
        (".png", GREY12, 12),
        (".png", COLOUR8, 8),
        (".pgm", GREY8, 8),
        (".pgm", GREY12, 12),
        (".ppm", COLOUR8, 8),
    ],
)
def test_what_is_written_is_read_back(tmp_path: Path, suffix: str, array: np.ndarray, bits: int) -> None:
    path = tmp_path / f"picture{suffix}"
    write_picture(path, array, bits=bits)
    back = read_picture(path)
    assert back.dtype == array.dtype
    assert np.array_equal(back, array)


def test_png_is_read_by_others(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    write_picture(path, GREY12, bits=12)
    assert np.array_equal(imagecodecs.png_decode(path.read_bytes()), GREY12)


def test_pgm_is_what_netpbm_says(tmp_path: Path) -> None:
    path = tmp_path / "picture.pgm"
    write_picture(path, np.array([[1, 258]], np.uint16), bits=10)
    assert path.read_bytes() == b"P5\n2 1\n1023\n\x00\x01\x01\x02"


def test_pgx_is_what_t803_says(tmp_path: Path) -> None:
    path = tmp_path / "picture.pgx"
    write_picture(path, np.array([[-1, 258]], np.int16), bits=12)
    assert path.read_bytes() == b"PG ML - 12 2 1\n\xff\xff\x01\x02"


def test_a_pgm_header_may_hold_comments(tmp_path: Path) -> None:
    path = tmp_path / "picture.pgm"
    path.write_bytes(b"P5 # made by hand\n2\n# rows\n1 255\n\x07\x08")
    assert read_picture(path).tolist() == [[7, 8]]


@pytest.mark.parametrize(
    ("suffix", "array"),
    [(".png", GREY8.astype(np.int16)), (".pgm", COLOUR8.astype(np.int8)), (".pgx", COLOUR8), (".pgm", GREY8[None])],
)
def test_values_that_do_not_fit_are_refused(tmp_path: Path, suffix: str, array: np.ndarray) -> None:
    path = tmp_path / f"picture{suffix}"
    with pytest.raises(UnsupportedError):
        write_picture(path, array, bits=8)
    assert not path.exists()


@pytest.mark.parametrize(
    "data", [b"", b"P5", b"P5\n9 9 255\n\x00", b"P5 1 1 70000\n\x00\x00", b"P5 0 0 1\n", b"P7 1 1 1\n1"]
)
def test_a_broken_pgm_is_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "picture.pgm"
    path.write_bytes(data)
    with pytest.raises(DataError):
        read_picture(path)


@pytest.mark.parametrize("suffix", [".npy", ".png", ".pgm", ".ppm"])
@pytest.mark.parametrize("data", [b"", b"\x93NUMPY\x01\x00\xff\xff", b"\x89PNG\r\n\x1a\n", bytes(200)])
def test_any_bytes_give_a_picture_or_an_error(tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"picture{suffix}"
    path.write_bytes(data)
    with pytest.raises(PacscoreError):
        read_picture(path)


def test_objects_in_an_npy_are_never_loaded(tmp_path: Path) -> None:
    path = tmp_path / "picture.npy"
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(DataError):
        read_picture(path)


@pytest.mark.parametrize("name", ["picture.gif", "picture"])
def test_other_names_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(OptionError):
        read_picture(tmp_path / name)
    with pytest.raises(OptionError):
        write_picture(tmp_path / name, GREY8, bits=8)
