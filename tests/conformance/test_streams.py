"""The conformance streams of Part 1 and HTJ2K: inside the tolerances of the standard, at reduced resolutions too."""

from __future__ import annotations

import csv
import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

import pacscore
from conformance.references import read_reference

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared/data"))
if not (DATA / "tolerances.csv").exists():
    pytest.skip(f"no test data at {DATA}: set PACSCORE_TEST_DATA", allow_module_level=True)


def _tolerances(*, rendered=False):
    with (DATA / "tolerances.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["reference"] and (row["class"] == "jp2") == rendered:
                yield pytest.param(row, id=f"{row['path']}-r{row['reduce']}-c{row['component']}-class{row['class']}")


def _component(image, index):
    if index == "all":
        return image if image.ndim == 3 else image[..., None]
    if isinstance(image, list):
        return image[int(index)]
    return image if image.ndim == 2 else image[..., int(index)]


@pytest.mark.parametrize("row", list(_tolerances()))
def test_inside_tolerance(row):
    image = pacscore.decode((DATA / row["path"]).read_bytes(), reduce=int(row["reduce"]))
    want = read_reference(DATA / row["reference"])
    got = _component(image, row["component"])
    if row["component"] == "all":
        want = want if want.ndim == 3 else want[..., None]
    elif want.ndim == 3:
        want = want[..., int(row["component"]) if want.shape[2] > 1 else 0]
    assert got.shape == want.shape
    error = got.astype(np.float64) - want.astype(np.float64)
    if row["peak"]:
        assert np.abs(error).max() <= float(row["peak"])
        assert (error**2).mean() <= float(row["mse"]) * 1.001 + 1e-9


@pytest.mark.parametrize("row", list(_tolerances(rendered=True)))
def test_rendered_files_inside_tolerance(row):
    """The references are sRGB pictures of 8 bits: T.803 Annex G."""
    data = (DATA / row["path"]).read_bytes()
    picture = pacscore.decode(data, color="rendered")
    assert all(channel.kind == "colour" for channel in pacscore.inspect(data).rendered_channels)
    precision = pacscore.inspect(data).rendered_channels[0].precision
    got = picture.astype(np.float64) * 255 / ((1 << precision) - 1)
    want = read_reference(DATA / row["reference"])
    error = (got if got.ndim == 3 else got[..., None]) - want
    assert error.shape == want.shape
    assert np.abs(error).max() <= float(row["peak"])
    assert (error**2).mean() <= float(row["mse"])


def _hashed():
    with (DATA / "manifest.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["path"].startswith("htj2k/wg04/"):
                yield pytest.param(row, id=row["path"])


@pytest.mark.parametrize("row", list(_hashed()))
def test_medical_pictures_are_bit_exact(row):
    image = pacscore.decode((DATA / row["path"]).read_bytes())
    found = hashlib.sha256(image.astype("<" + row["pixel_dtype"]).tobytes()).hexdigest()
    assert found in {row["pixel_sha256"], *row["alt_sha256"].split()}
