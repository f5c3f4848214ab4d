"""A folder of pictures for the tile server: radiograph, colour, DICOM objects, and files that are none."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from pydicom import examples

import pacscore

HTJ2K = "1.2.840.10008.1.2.4.201"


@pytest.fixture(scope="session")
def radiograph():
    """12 bits in 16, 700 x 900."""
    rows, columns = np.mgrid[0:700, 0:900]
    noise = np.random.default_rng(0).integers(0, 60, (700, 900))
    return (1500 + 700 * np.sin(rows / 30) + 700 * np.cos(columns / 20) + noise).astype(np.uint16)


@pytest.fixture(scope="session")
def colour():
    """RGB, 300 x 500."""
    rows, columns = np.mgrid[0:300, 0:500]
    return np.stack([rows * 7 % 256, columns * 5 % 256, (rows + columns) % 256], axis=-1).astype(np.uint8)


@pytest.fixture(scope="session")
def folder(tmp_path_factory, radiograph, colour):
    """What the server serves."""
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "radiograph.j2c").write_bytes(pacscore.encode(radiograph, HTJ2K, bits_stored=12))
    (folder / "colour.j2c").write_bytes(pacscore.encode(colour, "1.2.840.10008.1.2.4.90"))
    pacscore.transcode(examples.get_path("ct"), folder / "ct.dcm", HTJ2K)
    pacscore.transcode(examples.get_path("ybr_color"), folder / "cine.dcm", HTJ2K)
    shutil.copy(examples.get_path("rgb_color"), folder / "native.dcm")
    (folder / "notes.txt").write_text("no picture")
    (folder / "cut.j2c").write_bytes((folder / "radiograph.j2c").read_bytes()[:60])
    (folder / "below").mkdir()
    (folder / "link.j2c").symlink_to("/etc/hostname")
    return folder
