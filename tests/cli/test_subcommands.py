"""Each subcommand on real files."""

from __future__ import annotations

from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import pytest

import pacscore
from reference.jp2_files import box, enumerated, jp2_file, lossless


def test_info_of_a_codestream(run_json, run, codestream: Path) -> None:
    status, document = run_json("info", codestream)
    assert status == 0
    (facts,) = document["results"]
    assert facts["bytes"] == codestream.stat().st_size
    assert (facts["codestream"]["rows"], facts["codestream"]["columns"]) == (60, 80)
    assert facts["codestream"]["components"][0]["precision"] == 12
    assert "precision 12" in run("info", codestream)[1]


def test_info_of_a_dicom_file(run_json, ct: Path, cine: Path) -> None:
    status, document = run_json("info", ct, cine)
    assert status == 0
    first, second = document["results"]
    assert first["transfer_syntax_keyword"] == "explicit-vr-little-endian"
    assert first["pixel_format"]["bits_stored"] == 16
    assert second["frames"] == 30
    assert second["transfer_syntax"] == "1.2.840.10008.1.2.4.50"


def test_a_file_cannot_steer_the_terminal(run, tmp_path: Path) -> None:
    comment = "\x1b[31mred"
    options = pacscore.J2KOptions(comment=comment)
    path = tmp_path / "red.j2c"
    path.write_bytes(pacscore.encode(np.zeros((8, 8), np.uint8), "1.2.840.10008.1.2.4.201", options))
    status, out, _ = run("info", path)
    assert status == 0
    assert "[31mred" in out
    assert "\x1b" not in out


@pytest.mark.parametrize("suffix", [".npy", ".png", ".pgm", ".pgx"])
def test_decode_a_codestream(run, codestream: Path, picture: np.ndarray, tmp_path: Path, suffix: str) -> None:
    output = tmp_path / f"out{suffix}"
    status, out, _ = run("decode", codestream, output)
    assert status == 0
    assert out == f"{output}: 60 x 80 uint16\n"
    if suffix == ".npy":
        assert np.array_equal(np.load(output), picture)
    elif suffix == ".png":
        assert np.array_equal(imagecodecs.png_decode(output.read_bytes()), picture)
    else:
        assert output.read_bytes().endswith(picture.astype(">u2").tobytes())


def test_decode_a_part(run, codestream: Path, picture: np.ndarray, tmp_path: Path) -> None:
    output = tmp_path / "out.npy"
    assert run("decode", codestream, output, "--region", 10, 20, 30, 40)[0] == 0
    assert np.array_equal(np.load(output), picture[10:40, 20:60])
    assert run("decode", codestream, output, "--reduce", 1)[0] == 0
    assert np.load(output).shape == (30, 40)


@pytest.mark.parametrize(
    "words", [("--reduce", 99), ("--region", 0, 0, 99, 99), ("--region", -1, 0, 9, 9), ("--frame", 1)]
)
def test_a_view_that_cannot_be_is_wrong_use(run, codestream: Path, tmp_path: Path, words: tuple[object, ...]) -> None:
    status, out, err = run("decode", codestream, tmp_path / "out.npy", *words)
    assert status == 2
    assert out == ""
    assert "OptionError" in err


def test_decode_what_is_left_of_a_file(run, run_json, codestream: Path, tmp_path: Path) -> None:
    cut, output = tmp_path / "cut.j2c", tmp_path / "out.npy"
    data = codestream.read_bytes()
    cut.write_bytes(data[: len(data) * 2 // 3])
    assert run("decode", cut, output)[0] == 1
    assert not output.exists()
    status, document = run_json("decode", cut, output, "--on-damage", "conceal")
    assert status == 0
    assert document["results"][0]["complete"] is False
    assert np.load(output).shape == (60, 80)
    assert "incomplete" in run("decode", cut, output, "--on-damage", "conceal")[2]


def test_decode_a_dicom_file(run, ct: Path, cine: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.npy"
    assert run("decode", ct, output)[0] == 0
    assert np.array_equal(np.load(output), pydicom.dcmread(ct).pixel_array)
    assert run("decode", cine, tmp_path / "frame.png", "--frame", 3)[0] == 0
    assert imagecodecs.png_decode((tmp_path / "frame.png").read_bytes()).shape == (240, 320, 3)
    assert run("decode", cine, tmp_path / "frames.png")[0] == 2
    assert run("decode", cine, output, "--frame", 30)[0] == 2
    assert run("decode", ct, tmp_path / "out.gif")[0] == 2
    assert run("decode", ct, tmp_path / "signed.png")[0] == 1


def test_decode_all_frames(run, cine: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.npy"
    assert run("decode", cine, output)[0] == 0
    stack = np.load(output)
    with pacscore.open(cine) as frames:
        assert stack.shape == (30, 240, 320, 3)
        assert np.array_equal(stack[17], frames[17])


@pytest.mark.parametrize("syntax", ["htj2k-lossless-rpcl", "HTJ2KLossless", "1.2.840.10008.1.2.4.203"])
def test_encode(run, picture: np.ndarray, tmp_path: Path, syntax: str) -> None:
    source, output = tmp_path / "picture.npy", tmp_path / "picture.j2c"
    np.save(source, picture)
    status, out, _ = run("encode", source, output, "--to", syntax, "--bits-stored", 12)
    assert status == 0
    assert "9,600 bytes of samples" in out
    assert np.array_equal(imagecodecs.htj2k_decode(output.read_bytes()), picture)


def test_encode_with_options(run, picture: np.ndarray, tmp_path: Path) -> None:
    source, output = tmp_path / "picture.npy", tmp_path / "picture.j2c"
    np.save(source, picture)
    words = (
        "--levels 2 --code-block 32 16 --tile 40 50 --progression RLCP --irreversible --plt "
        "--precinct 64 32 --tile-parts resolution --comment made"
    )
    assert run("encode", source, output, "--to", "htj2k", *words.split(), "--quantization-step", 0.001)[0] == 0
    info = pacscore.inspect(output.read_bytes())
    assert info.decomposition_levels == 2
    assert (info.code_block_rows, info.code_block_columns) == (32, 16)
    assert (info.tile_rows, info.tile_columns) == (40, 50)
    assert info.progression == "RLCP"
    assert not info.reversible
    assert info.has_plt
    assert info.precincts[-1] == (64, 32)
    assert info.tile_parts > 4


def test_encode_refuses_what_contradicts_the_transfer_syntax(run, picture: np.ndarray, tmp_path: Path) -> None:
    source = tmp_path / "picture.npy"
    np.save(source, picture)
    status, _, err = run("encode", source, tmp_path / "out.j2c", "--to", "htj2k-lossless", "--irreversible")
    assert status == 2
    assert "OptionError" in err
    assert not (tmp_path / "out.j2c").exists()


def test_transcode_one_file(run_json, ct: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.dcm"
    status, document = run_json("transcode", ct, "--to", "htj2k-lossless-rpcl", "--output", output)
    assert status == 0
    (report,) = document["results"]
    assert report["lossless"] is True
    with pacscore.open(output) as frames:
        assert str(frames.transfer_syntax) == "1.2.840.10008.1.2.4.202"
        assert np.array_equal(frames[0], pydicom.dcmread(ct).pixel_array)


def test_transcode_a_folder(run, ct: Path, tmp_path: Path) -> None:
    source, output = tmp_path / "in", tmp_path / "out"
    (source / "deep").mkdir(parents=True)
    for name in ("a.dcm", "deep/b.dcm"):
        (source / name).write_bytes(ct.read_bytes())
    (source / "notes.txt").write_text("not an image")
    status, out, err = run("transcode", source, "--to", "htj2k-lossless", "--output", output, "--jobs", 2)
    assert status == 1
    assert "notes.txt" in err
    assert out.count("proven lossless") == 2
    written = sorted(str(path.relative_to(output)) for path in output.rglob("*") if path.is_file())
    assert written == ["a.dcm", "deep/b.dcm"]


def test_transcode_overwrites_only_when_told(run, ct: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.dcm"
    output.write_bytes(b"precious")
    words = ("transcode", ct, "--to", "htj2k-lossless", "--output", output)
    assert run(*words)[0] != 0
    assert output.read_bytes() == b"precious"
    assert run(*words, "--overwrite")[0] == 0
    assert output.stat().st_size > 1000


def test_transcode_never_writes_two_files_to_one_place(run, ct: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "ct.dcm"
    other.parent.mkdir()
    other.write_bytes(ct.read_bytes())
    status, _, err = run("transcode", ct, other, "--to", "htj2k-lossless", "--output", tmp_path / "out")
    assert status == 2
    assert "would both be written" in err


@pytest.fixture
def palette_file(tmp_path: Path) -> Path:
    """Return a JP2 file of two colours and opacity, in a palette."""
    indices = np.array([[0, 1], [1, 0], [1, 1]], np.uint8)
    palette = box("pclr", "0002 04 07 07 07 07" + "FF800040 102030FF")
    mapping = box("cmap", "0000 01 00 0000 01 01 0000 01 02 0000 01 03")
    opacity = box("cdef", "0004 0000 0000 0001 0001 0000 0002 0002 0000 0003 0003 0001 0000")
    path = tmp_path / "palette.jp2"
    path.write_bytes(jp2_file(lossless(indices), palette, mapping, enumerated(16), opacity))
    return path


def test_the_palette_of_a_jp2_file(run, run_json, palette_file: Path, ct: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.png"
    assert run("decode", palette_file, output, "--color", "rendered")[0] == 0
    assert imagecodecs.png_decode(output.read_bytes())[0].tolist() == [[255, 128, 0, 64], [16, 32, 48, 255]]
    assert run("decode", palette_file, output)[0] == 0
    assert imagecodecs.png_decode(output.read_bytes()).shape == (3, 2)
    assert run("render", palette_file, output)[0] == 0
    assert imagecodecs.png_decode(output.read_bytes())[0].tolist() == [[255, 128, 0], [16, 32, 48]]
    facts = run_json("info", palette_file)[1]["results"][0]["codestream"]["file"]
    assert (facts["color_space"], facts["palette"]) == ("sRGB", "2 entries of 4 columns")
    assert facts["channels"][3] == "opacity, 8 bits"
    assert "color space" in run("info", palette_file)[1]
    assert run("decode", ct, tmp_path / "out.npy", "--color", "rendered")[0] == 2
