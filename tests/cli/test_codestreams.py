"""recode, restore, repack and index."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import imagecodecs
import numpy as np
import pytest

import pacscore
from pacscore import J2KOptions

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def layered(tmp_path: Path, picture: np.ndarray) -> Path:
    """Return the picture as a JPEG 2000 codestream in two layers and six tiles."""
    path = tmp_path / "layered.j2k"
    options = J2KOptions(progression="LRCP", layers=2, tile_rows=32, tile_columns=32, tile_parts="layer")
    path.write_bytes(pacscore.encode(picture, "1.2.840.10008.1.2.4.90", options, bits_stored=12))
    return path


def test_recode_and_restore(run, run_json, tmp_path: Path, layered: Path, picture: np.ndarray) -> None:
    out, recipe, back = (tmp_path / name for name in ("out.j2c", "out.recipe", "back.j2k"))
    status, document = run_json("recode", layered, out, "--to", "htj2k", "--recipe", recipe, "--progression", "RPCL")
    assert status == 0
    (facts,) = document["results"]
    assert facts["exact"]
    assert facts["lossless"]
    assert facts["recipe_bytes"] == recipe.stat().st_size
    info = pacscore.inspect(out.read_bytes())
    assert (info.block_coder, info.progression) == ("ht", "RPCL")
    assert np.array_equal(pacscore.decode(out.read_bytes()), picture)
    status, text, _ = run("restore", out, recipe, back)
    assert status == 0
    assert "those of the original" in text
    assert back.read_bytes() == layered.read_bytes()


def test_restore_from_something_else(run, tmp_path: Path, layered: Path, codestream: Path) -> None:
    recipe, back = tmp_path / "recipe", tmp_path / "back.j2k"
    assert run("recode", layered, tmp_path / "out.j2c", "--to", "htj2k", "--recipe", recipe)[0] == 0
    status, _, errors = run("restore", codestream, recipe, back)
    assert status == 1
    assert "RecipeError" in errors
    assert not back.exists()


def test_recode_to_what_is_no_block_coder(run, tmp_path: Path, layered: Path) -> None:
    status, _, errors = run("recode", layered, tmp_path / "out", "--to", "rle-lossless")
    assert status == 1
    assert "recode writes JPEG 2000 Part 1 and HTJ2K" in errors


def test_repack(run, run_json, tmp_path: Path, layered: Path, picture: np.ndarray) -> None:
    out = tmp_path / "out.jp2"
    words = ("--progression", "RPCL", "--tile-parts", "resolution", "--plt", "--tlm", "--eph", "--format", "jp2")
    status, document = run_json("repack", layered, out, *words)
    assert status == 0
    (facts,) = document["results"]
    info = pacscore.inspect(out.read_bytes())
    assert (info.has_plt, info.has_tlm, info.progression) == (True, True, "RPCL")
    assert (facts["file_format"], facts["tile_parts"]) == ("jp2", info.tile_parts)
    assert np.array_equal(pacscore.decode(out.read_bytes()), picture)
    status, text, _ = run("repack", out, tmp_path / "small.j2k", "--reduce", 2, "--layers", 1, "--format", "codestream")
    assert status == 0
    assert "codestream, 15 x 20, RPCL" in text
    small = pacscore.decode((tmp_path / "small.j2k").read_bytes())
    assert np.array_equal(small, pacscore.decode(layered.read_bytes(), reduce=2, layers=1))


def test_repack_of_what_is_cut_short(run, tmp_path: Path, layered: Path) -> None:
    cut = tmp_path / "cut.j2k"
    cut.write_bytes(layered.read_bytes()[:-200])
    status, _, errors = run("repack", cut, tmp_path / "out.j2k")
    assert status == 1
    assert "TruncatedError" in errors
    assert not (tmp_path / "out.j2k").exists()
    assert run("repack", layered, tmp_path / "out.j2k", "--reduce", 20)[0] == 2


def test_index_with_ranges_and_side_car(run, run_json, tmp_path: Path, layered: Path) -> None:
    side_car = tmp_path / "index"
    status, document = run_json("index", layered, "--save", side_car, "--reduce", 1, "--region", 0, 0, 20, 20)
    assert status == 0
    (facts,) = document["results"]
    index = pacscore.CodestreamIndex.load(side_car)
    expected = index.ranges(reduce=1, region=pacscore.Region(0, 0, 20, 20))
    assert [tuple(each) for each in facts["ranges"]] == list(expected)
    assert facts["range_bytes"] == sum(stop - start for start, stop in expected) < facts["bytes"]
    assert facts["index_bytes"] == side_car.stat().st_size
    assert sum(each["packets"] for each in facts["by_layer"]) == len(index.packets) == facts["packets"]
    status, text, _ = run("index", layered, "--layers", 1)
    assert status == 0
    assert "layer 1" in text
    assert "the view needs" in text


def test_index_of_what_is_cut_short(run, tmp_path: Path, layered: Path) -> None:
    cut = tmp_path / "cut.j2k"
    cut.write_bytes(layered.read_bytes()[:-200])
    status, text, _ = run("index", cut)
    assert status == 0
    assert "not whole:" in text


def test_plot_shows_every_lane(run, tmp_path: Path, layered: Path) -> None:
    """Each byte of the packets is in one resolution, one layer and one tile: so much of each group is coloured."""
    assert run("index", layered, "--plot", tmp_path / "plot.svg")[0] == 0
    drawing = ET.parse(tmp_path / "plot.svg").getroot()
    texts = [text.text for text in drawing.iter(f"{SVG}text")]
    assert texts[0].startswith("layered.j2k: ")
    levels = pacscore.inspect(layered.read_bytes()).decomposition_levels
    for label in ("headers", f"resolution {levels}", "layer 1", "tile 5"):
        assert label in texts
    assert "component 0" not in texts
    bars = [rect for rect in drawing.iter(f"{SVG}rect") if rect.get("height") == "14"]
    assert len(bars) > len([text for text in texts if " " in text])


def test_plot_of_many_tiles_takes_them_together(run, tmp_path: Path) -> None:
    path = tmp_path / "tiles.j2k"
    options = J2KOptions(tile_rows=8, tile_columns=8)
    path.write_bytes(
        pacscore.encode(np.arange(6400, dtype=np.uint16).reshape(80, 80), "1.2.840.10008.1.2.4.201", options)
    )
    assert run("index", path, "--plot", tmp_path / "plot.svg")[0] == 0
    texts = [text.text for text in ET.parse(tmp_path / "plot.svg").getroot().iter(f"{SVG}text")]
    assert "tiles 0-4" in texts
    assert "tiles 95-99" in texts


def test_plot_as_png(run, tmp_path: Path, layered: Path) -> None:
    pytest.importorskip("PIL")
    assert run("index", layered, "--plot", tmp_path / "plot.png")[0] == 0
    pixels = imagecodecs.imread(tmp_path / "plot.png")
    colours = {tuple(colour) for colour in pixels.reshape(-1, 3)[::7].tolist()}
    assert pixels.shape[1] == 1220
    assert {(31, 119, 180), (214, 96, 20), (130, 80, 170)} <= colours


def test_plot_as_something_else(run, tmp_path: Path, layered: Path) -> None:
    status, _, errors = run("index", layered, "--plot", tmp_path / "plot.gif")
    assert status == 2
    assert ".svg or .png" in errors
