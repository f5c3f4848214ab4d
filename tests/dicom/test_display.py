"""Pipelines from data sets: where rescale, windows and tables come from, and what is refused."""

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset

import pacscore as pc
from pacscore.pixels.lookup import LookupTable
from pacscore.pixels.modality import Rescale


def dataset(**attributes):
    made = Dataset()
    made.Rows = made.Columns = 4
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 12, 11, 1
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made


def group(**sequences):
    item = Dataset()
    for keyword, attributes in sequences.items():
        inner = Dataset()
        for name, value in attributes.items():
            setattr(inner, name, value)
        setattr(item, keyword, [inner])
    return item


def test_plain_attributes():
    made = pc.pipeline(dataset(RescaleSlope="2", RescaleIntercept="-1024", WindowCenter="40", WindowWidth="400"))
    assert (made.bits_stored, made.pixel_representation, made.photometric_interpretation) == (12, 1, "MONOCHROME2")
    assert (made.modality, made.voi) == (Rescale(2.0, -1024.0), pc.Window(40.0, 400.0))
    assert pc.pipeline(dataset()).voi is None


def test_first_legal_window_and_its_function():
    made = dataset(WindowCenter=["1", "40", "50"], WindowWidth=["0", "400", "500"], VOILUTFunction="SIGMOID")
    assert pc.pipeline(made).voi == pc.Window(40.0, 400.0, "SIGMOID")
    with pytest.raises(pc.DicomError, match="VOI LUT Function"):
        pc.pipeline(dataset(WindowCenter="1", WindowWidth="2", VOILUTFunction="CUBIC"))


def test_functional_groups_go_from_frame_to_shared_to_data_set():
    made = dataset(NumberOfFrames=3, WindowCenter="9", WindowWidth="9")
    made.SharedFunctionalGroupsSequence = [
        group(PixelValueTransformationSequence={"RescaleSlope": "3", "RescaleIntercept": "1"})
    ]
    made.PerFrameFunctionalGroupsSequence = [
        group(FrameVOILUTSequence={"WindowCenter": "1", "WindowWidth": "10"}),
        group(PixelValueTransformationSequence={"RescaleSlope": "5", "RescaleIntercept": "0"}),
    ]
    assert [pc.pipeline(made, i).voi.center for i in range(3)] == [1, 9, 9]
    assert [pc.pipeline(made, i).modality.slope for i in range(3)] == [3, 5, 3]
    for frame in (-1, 3):
        with pytest.raises(IndexError):
            pc.pipeline(made, frame)


def lut(descriptor, data, vr="US"):
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if min(descriptor) < 0 else "US", descriptor)
    item.add_new("LUTData", vr, data)
    return [item]


def test_lookup_tables():
    made = pc.pipeline(
        dataset(ModalityLUTSequence=lut([3, -2, 16], [1, 2, 3]), VOILUTSequence=lut([2, 0x8000, 8], [7, 9]))
    )
    assert made.modality == LookupTable(-2, 16, np.array([1, 2, 3], "<u2").tobytes())
    assert made.voi == LookupTable(0x8000, 8, np.array([7, 9], "<u2").tobytes())
    assert pc.pipeline(dataset(VOILUTSequence=lut([2, 0x8000, 8], [7, 9]))).voi.first_mapped == -0x8000
    assert pc.pipeline(
        dataset(VOILUTSequence=lut([2, 0, 8], [7, 9]), WindowCenter="1", WindowWidth="2")
    ).voi == pc.Window(1, 2)
    packed = pc.pipeline(dataset(VOILUTSequence=lut([4, 0, 8], b"\x01\x02\x03\x04", "OW"))).voi
    assert packed.entries.tolist() == [1, 2, 3, 4]
    full = pc.pipeline(dataset(VOILUTSequence=lut([0, 0, 16], bytes(131072), "OW"))).voi
    assert full.entries.shape == (65536,)
    for broken in (lut([4, 0, 8], b"\x01\x02", "OW"), lut([2, 0], [1, 2]), lut([2, 0, 99], [1, 2])):
        with pytest.raises(pc.DicomError):
            pc.pipeline(dataset(VOILUTSequence=broken))


def test_padding_presentation_and_bad_numbers():
    made = pc.pipeline(dataset(PixelPaddingValue=-100, PixelPaddingRangeLimit=-200, PresentationLUTShape="INVERSE"))
    assert made.padding == (-200, -100)
    assert pc.pipeline(dataset(FloatPixelPaddingValue=-1.5, FloatPixelPaddingRangeLimit=-2.5)).padding == (-2.5, -1.5)
    assert pc.pipeline(dataset(DoubleFloatPixelPaddingValue=1e300)).padding == (1e300, 1e300)
    assert pc.pipeline(dataset(PixelPaddingRangeLimit=-200)).padding is None
    assert made.is_inverse
    broken = dataset()
    broken.add_new("RescaleSlope", "LO", "much")
    with pytest.raises(pc.DicomError, match="RescaleSlope"):
        pc.pipeline(broken)


def test_all_windows_and_tables_are_offered():
    made = pc.pipeline(
        dataset(
            WindowCenter=["40", "1", "-600"],
            WindowWidth=["400", "0", "1500"],
            WindowCenterWidthExplanation=["SOFT", "NONE", "LUNG"],
            VOILUTSequence=[*lut([2, 0, 8], [7, 9]), *lut([2, 0, 8], [1, 2])],
        )
    )
    assert [choice.explanation for choice in made.voi_choices] == ["SOFT", "LUNG", "", ""]
    assert made.with_voi("lung").voi == pc.Window(-600, 1500)
    assert made.with_voi(3).voi.entries.tolist() == [1, 2]
    named = dataset(VOILUTSequence=lut([2, 0, 8], [7, 9]))
    named.VOILUTSequence[0].LUTExplanation = "Bone"
    assert pc.pipeline(named).with_voi("BONE").voi == pc.pipeline(named).voi


def test_presentation_lut():
    made = pc.pipeline(dataset(PresentationLUTSequence=lut([3, 0, 12], [4095, 0, 1])))
    assert made.presentation_lut == LookupTable(0, 12, np.array([4095, 0, 1], "<u2").tobytes())
    assert made.presentation_lut_shape is None


def palette_of(made, words, vr="OW", descriptor=(4, 0, 16), kind=""):
    for colour in ("Red", "Green", "Blue"):
        made.add_new(f"{colour}PaletteColorLookupTableDescriptor", "US", list(descriptor))
        made.add_new(f"{kind}{colour}PaletteColorLookupTableData", vr, words)
    return made


def test_segmented_palette_of_a_data_set():
    segments = np.array([0, 1, 10, 1, 3, 40], "<u2").tobytes()
    made = pc.pipeline(palette_of(dataset(PhotometricInterpretation="PALETTE COLOR"), segments, kind="Segmented"))
    assert made.palette.green.entries.tolist() == [10, 20, 30, 40]
    twelve = dataset(PhotometricInterpretation="PALETTE COLOR")
    with pytest.raises(pc.DicomError, match="8 or 16 bits"):
        pc.pipeline(palette_of(twelve, segments, descriptor=(4, 0, 12), kind="Segmented"))


def test_packed_entries_have_eight_bits_whatever_the_descriptor_says():
    made = palette_of(dataset(PhotometricInterpretation="PALETTE COLOR"), b"\1\2\3\4")
    assert pc.pipeline(made).palette.red.bits == 8


@pytest.mark.parametrize(("presentation", "colours"), [("COLOR", True), ("MIXED", True), ("MONOCHROME", False)])
def test_supplemental_palette(presentation, colours):
    made = palette_of(dataset(PixelPresentation=presentation, PixelRepresentation=0), [1, 2, 3, 4], "US", (4, 2000, 16))
    assert (pc.pipeline(made).palette is not None) == colours
    assert pc.pipeline(dataset(PixelPresentation=presentation)).palette is None


def test_icc_profile_of_the_data_set_or_the_optical_path_of_the_frame():
    path = Dataset()
    path.ICCProfile = b"of the path "
    assert pc.pipeline(dataset(OpticalPathSequence=[path])).icc_profile == b"of the path "
    paths = [Dataset(), Dataset()]
    for number, one in enumerate(paths):
        one.OpticalPathIdentifier, one.ICCProfile = str(number), f"profile{number}".encode()
    several = dataset(NumberOfFrames=2, OpticalPathSequence=paths)
    assert pc.pipeline(several).icc_profile is None
    several.PerFrameFunctionalGroupsSequence = [
        group(OpticalPathIdentificationSequence={"OpticalPathIdentifier": number}) for number in ("1", "0")
    ]
    assert [pc.pipeline(several, frame).icc_profile for frame in (0, 1)] == [b"profile1", b"profile0"]
    assert pc.pipeline(dataset(OpticalPathSequence=[path], ICCProfile=b"of the image")).icc_profile == b"of the image"


def test_shutters_of_data_set_and_frame():
    edges = {
        "ShutterShape": ["RECTANGULAR", "CIRCULAR", "POLYGONAL"],
        "ShutterLeftVerticalEdge": 2,
        "ShutterRightVerticalEdge": 3,
        "ShutterUpperHorizontalEdge": 1,
        "ShutterLowerHorizontalEdge": 4,
        "CenterOfCircularShutter": [2, 3],
        "RadiusOfCircularShutter": 2,
        "VerticesOfThePolygonalShutter": [1, 1, 1, 4, 4, 4],
        "ShutterPresentationValue": 32768,
    }
    shutter = pc.pipeline(dataset(**edges)).finishing.shutter
    assert [shape.visible(4, 4).sum() for shape in shutter.shapes] == [8, 11, 6]
    assert (shutter.gray, shutter.color) == (32768, None)
    made = dataset(NumberOfFrames=2, **edges)
    one = {"ShutterShape": "CIRCULAR", "CenterOfCircularShutter": [1, 1], "RadiusOfCircularShutter": 1}
    made.PerFrameFunctionalGroupsSequence = [group(FrameDisplayShutterSequence=one), Dataset()]
    assert [len(pc.pipeline(made, frame).finishing.shutter.shapes) for frame in (0, 1)] == [1, 3]
    for keyword in list(edges)[1:-1]:
        with pytest.raises(pc.DicomError, match=keyword):
            pc.pipeline(dataset(**{**edges, keyword: None}))
    with pytest.raises(pc.DicomError, match="ROUND"):
        pc.pipeline(dataset(ShutterShape="ROUND"))
    white = dataset(**edges, ShutterPresentationColorCIELabValue=[65535, 0x8080, 0x8080])
    assert pc.pipeline(white).finishing.shutter.color == (255, 255, 255)


def test_palette_of_a_real_file():
    from pydicom import dcmread
    from pydicom.pixels import apply_color_lut

    real = dcmread(get_testdata_file("examples_palette.dcm", download=False))
    shown = pc.render(real.pixel_array, pc.pipeline(real))
    expected = apply_color_lut(real.pixel_array, real)
    assert shown.shape == expected.shape
    assert np.array_equal(shown, expected if expected.dtype == np.uint8 else np.floor(expected / 257 + 0.5))
