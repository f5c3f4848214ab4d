"""At equal size our pictures are at least as good as those of OpenJPEG and OpenJPH."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import pacscore as pc

imagecodecs = pytest.importorskip("imagecodecs")

PART_1, HTJ2K = "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203"


def pictures() -> dict[str, tuple[NDArray[Any], int]]:
    from pydicom.data import get_testdata_file
    from skimage import data

    with pc.open(get_testdata_file("CT_small.dcm")) as frames:
        ct = np.ascontiguousarray(frames[0].astype(np.uint16))
    return {"CT": (ct, 16), "tissue": (np.ascontiguousarray(data.immunohistochemistry()[:256, :256]), 8)}


def psnr(image: NDArray[Any], decoded: Any, bits: int) -> float:
    error = float(np.mean((image.astype(float) - np.asarray(decoded, float)) ** 2))
    return 10 * math.log10((2**bits - 1) ** 2 / error) if error else math.inf


@pytest.mark.parametrize("name", ["CT", "tissue"])
@pytest.mark.parametrize("level", [40, 46])
def test_part_1_at_least_as_good_as_openjpeg(name: str, level: int) -> None:
    pytest.importorskip("skimage")
    image, bits = pictures()[name]
    level += 24 if bits == 16 else 0
    theirs = imagecodecs.jpeg2k_encode(image, level=level, reversible=False, codecformat="j2k")
    rate = len(theirs) * 8 / (image.shape[0] * image.shape[1])
    ours = pc.encode(image, PART_1, pc.J2KOptions(rate=rate), bits_stored=bits)
    assert len(ours) <= len(theirs)
    assert psnr(image, pc.decode(ours), bits) >= psnr(image, imagecodecs.jpeg2k_decode(theirs), bits)
    np.testing.assert_allclose(imagecodecs.jpeg2k_decode(ours), np.asarray(pc.decode(ours)), atol=1)


@pytest.mark.parametrize("name", ["CT", "tissue"])
@pytest.mark.parametrize("step", [1 / 64, 1 / 256])
def test_ht_as_good_as_openjph(name: str, step: float) -> None:
    pytest.importorskip("skimage")
    image, bits = pictures()[name]
    step /= 64 if bits == 16 else 1
    shape = {"rgb": True, "planar": False} if image.ndim == 3 else {}
    theirs = imagecodecs.htj2k_encode(image, reversible=False, level=step, **shape)
    rate = len(theirs) * 8 / (image.shape[0] * image.shape[1])
    ours = pc.encode(image, HTJ2K, pc.J2KOptions(rate=rate), bits_stored=bits)
    assert len(ours) <= len(theirs)
    assert psnr(image, pc.decode(ours), bits) >= psnr(image, pc.decode(theirs), bits) - 0.02
