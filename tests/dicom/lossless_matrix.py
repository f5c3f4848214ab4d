"""What every lossless transfer syntax must say about one and the same picture; real pictures of every kind."""

import csv
import os
from pathlib import Path

from pydicom.datadict import keyword_for_tag

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))

KINDS = {
    "8 bit": "highdicom/dx_image.dcm",
    "12 bit": "dicom/3.dcm",
    "16 bit, 25 frames": "highdicom/sm_image_grayscale.dcm",
    "16 bit signed, implicit VR": "pydicom/MR_small_implicit.dcm",
    "16 bit signed, big endian": "pydicom/MR_small_bigendian.dcm",
    "15 bit signed": "pydicom-data/JLSL_16_15_1_1F.dcm",
    "RGB, 25 frames": "highdicom/sm_image.dcm",
    "RGB by plane": "pydicom-data/color-pl.dcm",
    "RGB of 16 bit, 2 frames": "pydicom-data/SC_rgb_16bit_2frame.dcm",
    "YBR_FULL": "pydicom-data/SC_ybr_full_uncompressed.dcm",
    "palette, 20 frames": "highdicom/seg_image_sm_control_labelmap_palette_color.dcm",
    "one bit, 3 frames": "highdicom/seg_image_ct_binary.dcm",
}
"""Files of the test data whose pixels are known, by what they are."""

J2K = "1.2.840.10008.1.2.4."
NATIVE = {"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99"}
ONE_BIT_FORMS = NATIVE | {"1.2.840.10008.1.2.1.98", "1.2.840.10008.1.2.8.1"}
COMPONENT_TRANSFORM = {J2K + number for number in ("90", "91", "201", "202", "203")}
JPEG = {J2K + number for number in ("57", "70")}
JPEG_LS = {J2K + number for number in ("80", "81")}
RLE = "1.2.840.10008.1.2.5"
LOSSLESS = [
    *sorted(ONE_BIT_FORMS),
    RLE,
    *sorted(JPEG | JPEG_LS | COMPONENT_TRANSFORM),
    J2K + "110",
    J2K + "112",
]
"""Every transfer syntax that is written without loss when nothing else is asked for."""

ALSO_LEGAL = {
    tuple(J2K + number for number in pair.split())
    for pair in ("70 57", "80 81", "90 91", "201 203", "202 201", "202 203", "110 112")
}
"""Pairs where frames of the first are frames of the second."""

NO_PALETTE = {J2K + number for number in ("81", "91", "112", "203")}


def manifest():
    """The rows of the test data's manifest, by path; empty where there is none."""
    if not (DATA / "manifest.csv").exists():
        return {}
    with (DATA / "manifest.csv").open(newline="") as file:
        return {row["path"]: row for row in csv.DictReader(file)}


def holds(syntax, ds):
    """Whether a transfer syntax can hold the picture."""
    if ds.PhotometricInterpretation == "PALETTE COLOR" and syntax in NO_PALETTE:
        return False
    return ds.BitsStored > 1 or syntax not in JPEG | JPEG_LS


def expected(ds, before, after):
    """The Image Pixel attributes after a transcoding of what ``ds`` describes."""
    carried = before == after or {before, after} <= NATIVE or (before, after) in ALSO_LEGAL
    found = {
        "PhotometricInterpretation": ds.PhotometricInterpretation,
        "PlanarConfiguration": ds.get("PlanarConfiguration"),
        "BitsAllocated": ds.BitsAllocated,
        "BitsStored": ds.BitsStored,
        "HighBit": ds.HighBit,
        "PixelRepresentation": ds.PixelRepresentation,
        "SamplesPerPixel": ds.SamplesPerPixel,
    }
    if carried:
        return found
    found["PlanarConfiguration"] = int(after == RLE) if ds.SamplesPerPixel == 3 else None
    if ds.PhotometricInterpretation in ("RGB", "YBR_RCT"):
        found["PhotometricInterpretation"] = "YBR_RCT" if after in COMPONENT_TRANSFORM else "RGB"
    if ds.BitsStored == 1:
        found["BitsAllocated"] = 1 if after in ONE_BIT_FORMS else 8
    if after in JPEG_LS:  # the encoder writes the container's width
        found["BitsStored"], found["HighBit"] = (8, 7) if ds.BitsStored <= 8 else (16, 15)
    return found


def around_pixels(ds):
    """The values that a transcoding without loss must leave alone; of private elements as bytes."""
    of_pixels = {"PhotometricInterpretation", "PlanarConfiguration", "BitsAllocated", "BitsStored", "HighBit"}
    kept = [tag for tag in ds.keys() if tag.group != 0x7FE0 and tag.element]  # noqa: SIM118 - tags without parsing
    found = {tag: ds.get_item(tag).value for tag in kept if tag.is_private}
    found |= {tag: ds[tag].value for tag in kept if not tag.is_private}
    return {tag: held for tag, held in found.items() if keyword_for_tag(tag) not in of_pixels}
