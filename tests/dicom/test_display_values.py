"""Display values of real files: as pydicom computes them where it does, and exactly what the formulas say.

A frame a file. pydicom's floating-point output is met within one unit in the last place of float32; the 8-bit output
is floor(y + 1/2) of the exact y, by `tests/reference/display_values.py`.
"""

import os
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels import (
    apply_color_lut,
    apply_icc_profile,
    apply_modality_lut,
    apply_presentation_lut,
    apply_voi_lut,
    create_icc_transform,
)
from tests.reference import display_values as reference

import pacscore as pc

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
FILES = sorted(path for path in (DATA / "dicom").rglob("*") if path.is_file())

pytestmark = [
    pytest.mark.skipif(not FILES, reason=f"no test data in {DATA}: set PACSCORE_TEST_DATA"),
    pytest.mark.filterwarnings("ignore::UserWarning"),  # pydicom's, about what is odd in these files
]


def name(path):
    return str(path.relative_to(DATA / "dicom"))


def sampled(values, count=600):
    """Some of the values of an array, each once, the ends among them."""
    found = np.unique(values)
    if len(found) > count:
        found = np.concatenate([found[:3], found[-3:], np.random.default_rng(1).choice(found, count)])
    return found


def assert_within_a_unit_of_float32(ours, theirs):
    """Each value is at most one unit in the last place of float32 from the other."""
    ours, theirs = ours.astype(np.float64), theirs.astype(np.float64)
    assert (np.abs(ours - theirs) <= np.spacing(np.abs(theirs).astype(np.float32))).all()


def output_range(ds):
    """The range that pydicom's windows have: that of the modality stage."""
    signed, bits = ds.PixelRepresentation == 1, ds.BitsStored
    ends = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    if ds.get("RescaleSlope") is None or ds.get("RescaleIntercept") is None:
        return ends
    return tuple(end * float(ds.RescaleSlope) + float(ds.RescaleIntercept) for end in ends)


@pytest.fixture(scope="module", params=FILES, ids=name)
def shown(request):
    """A frame, how it is shown, and its data set with the attributes of the frame at its top."""
    with pc.open(request.param) as frames:
        return frames[0], frames.pipeline(0), reference.flattened(frames.dataset, 0)


def colours(frame, ds):
    """The colours of a palette by pydicom, which takes words of big-endian files for little-endian ones."""
    found = apply_color_lut(frame, ds)
    return found.byteswap() if found.itemsize == 2 and ds.original_encoding[1] is False else found


def test_as_pydicom_computes_it(shown):
    frame, pipeline, ds = shown
    if pipeline.photometric_interpretation == "PALETTE COLOR":
        theirs = colours(frame, ds)
        assert np.array_equal(pc.render(frame, pipeline, bits=8 * theirs.itemsize), theirs)
    elif pipeline.photometric_interpretation.startswith("MONOCHROME"):
        stored = sampled(frame)
        values = apply_modality_lut(stored, ds)
        assert np.array_equal(pipeline.modality.apply(stored), values)
        if ds.get("VOILUTSequence") and ds.get("WindowCenter") is None:
            assert np.array_equal(pipeline.voi.apply(stored), apply_voi_lut(values, ds))
        elif pipeline.voi is not None and frame.dtype.kind != "f":  # pydicom windows no floating-point pixels
            low, high = output_range(ds)
            theirs = apply_voi_lut(values, ds, prefer_lut=False)
            assert_within_a_unit_of_float32(pipeline.voi.apply(values) * (high - low) + low, theirs)
            fractions = (theirs - low) / (high - low)
            shown = pc.render(stored, pipeline, bits=None)
            assert_within_a_unit_of_float32(shown, 1 - fractions if reference.is_inverse(ds) else fractions)


def test_eight_bits_are_the_exact_value_rounded(shown):
    frame, pipeline, ds = shown
    screen = pc.render(frame, pipeline)
    interpretation = pipeline.photometric_interpretation
    if interpretation == "PALETTE COLOR":
        exact = colours(frame, ds)
        largest = np.iinfo(exact.dtype).max
        assert np.array_equal(screen, (exact.astype(np.int64) * 255 * 2 + largest) // (2 * largest))
    elif interpretation == "YBR_FULL":
        some = sampled(np.arange(frame[..., 0].size))
        assert [tuple(rgb) for rgb in screen.reshape(-1, 3)[some].tolist()] == [
            reference.rgb_of_ybr_full(*ybr) for ybr in frame.reshape(-1, 3)[some].tolist()
        ]
    elif interpretation == "RGB":
        largest = (1 << pipeline.bits_stored) - 1
        assert np.array_equal(screen, np.minimum((frame.astype(np.int64) * 255 * 2 + largest) // (2 * largest), 255))
    else:
        values, places = np.unique(frame, return_index=True)
        some = np.searchsorted(values, sampled(frame))
        level = reference.levels(ds, values.tolist(), pipeline.bits_stored, pipeline.pixel_representation == 1)
        exact = np.array([reference.rounded(255 * level(x), 255) for x in values[some].tolist()])
        assert np.array_equal(screen.reshape(-1)[places[some]], 255 - exact if reference.is_inverse(ds) else exact)


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize(("slope", "intercept"), [("1", "0"), ("0.5", "-1024"), ("-2.75", "1e3")])
@pytest.mark.parametrize("representation", [0, 1])
def test_windows_that_no_file_has(function, slope, intercept, representation):
    ds = Dataset()
    ds.PhotometricInterpretation, ds.BitsAllocated, ds.BitsStored = "MONOCHROME2", 16, 12
    ds.PixelRepresentation, ds.RescaleSlope, ds.RescaleIntercept = representation, slope, intercept
    stored = np.arange(4096, dtype=np.uint16) if not representation else np.arange(-2048, 2048, dtype=np.int16)
    for center, width in (("40", "400"), ("0.5", "1"), ("-600.25", "1500.5"), ("3000", "2")):
        ds.WindowCenter, ds.WindowWidth, ds.VOILUTFunction = center, width, function
        low, high = output_range(ds)
        values = apply_modality_lut(stored, ds)
        with np.errstate(over="ignore"):  # of pydicom's exponential
            fractions = (apply_voi_lut(values, ds) - low) / (high - low)
        assert np.allclose(pc.pipeline(ds).voi.apply(values), fractions, rtol=0, atol=1e-12)


def test_a_presentation_lut_of_as_many_entries_as_there_are_values():
    ds, item = Dataset(), Dataset()
    ds.PhotometricInterpretation, ds.BitsAllocated, ds.BitsStored, ds.PixelRepresentation = "MONOCHROME2", 8, 8, 0
    item.LUTDescriptor = [256, 0, 12]
    item.add_new("LUTData", "US", np.random.default_rng(2).integers(0, 4096, 256).tolist())
    ds.PresentationLUTSequence = [item]
    stored = np.arange(256, dtype=np.uint8)
    exact = apply_presentation_lut(stored, ds).astype(int)
    assert np.array_equal(pc.render(stored, pc.pipeline(ds)), (exact * 255 * 2 + 4095) // (2 * 4095))


@pytest.mark.parametrize("name", ["seg_image_sm_control_labelmap_palette_color.dcm", "sm_image.dcm"])
def test_colours_are_managed_as_pydicom_does(dicom_data, name):
    with pc.open(dicom_data / "highdicom" / name) as frames:
        frame, pipeline, ds = frames[0], frames.pipeline(0), frames.dataset
    profile = ds.get("ICCProfile") or ds.OpticalPathSequence[0].ICCProfile  # sm_image: the path's
    expected = apply_icc_profile(pc.render(frame, pipeline), transform=create_icc_transform(icc_profile=profile))
    assert np.array_equal(pc.render(frame, pipeline.color_managed()), expected)


def test_the_files_show_every_stage():
    seen = set()
    for path in FILES:
        with pc.open(path) as frames:
            pipeline = frames.pipeline(0)
        seen |= {pipeline.photometric_interpretation, type(pipeline.voi).__name__, type(pipeline.modality).__name__}
    assert seen >= {
        "MONOCHROME1",
        "MONOCHROME2",
        "PALETTE COLOR",
        "RGB",
        "YBR_FULL",
        "Window",
        "LookupTable",
        "NoneType",
    }
