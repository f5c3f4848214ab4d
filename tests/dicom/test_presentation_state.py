"""Presentation states: which images they are about, what they replace, and in which order they do it."""

import io

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

import pacscore as pc
from pacscore.dicom.presentation_state import PresentationState
from pacscore.pixels.modality import Rescale

GRAYSCALE, COLOR, PSEUDO_COLOR = (f"1.2.840.10008.5.1.4.1.1.11.{kind}" for kind in (1, 2, 3))
ROWS, COLUMNS = 6, 9


def items(*groups):
    made = []
    for attributes in groups:
        item = Dataset()
        for keyword, value in attributes.items():
            setattr(item, keyword, value)
        made.append(item)
    return made


def reference(uid, *frames):
    named = {"ReferencedFrameNumber": list(frames)} if frames else {}
    return items({"ReferencedSOPClassUID": "1.2.3", "ReferencedSOPInstanceUID": uid, **named})


def state(*images, kind=GRAYSCALE, **attributes):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID, ds.ContentLabel = kind, "1.2.999", "LUNG"
    ds.ReferencedSeriesSequence = items(*({"ReferencedImageSequence": image} for image in images))
    for keyword, value in attributes.items():
        setattr(ds, keyword, value)
    return ds


@pytest.fixture
def image(made):
    stored = np.random.default_rng(5).integers(0, 4096, (3, ROWS, COLUMNS)).astype(np.uint16)
    return made(
        stored, bits=12, photometric="MONOCHROME1", RescaleSlope="2", RescaleIntercept="-7", WindowCenter="5",
        WindowWidth="6", ShutterShape="CIRCULAR", CenterOfCircularShutter=[1, 1], RadiusOfCircularShutter=1,
    )  # fmt: skip


def test_what_is_absent_is_the_identity_whatever_the_image_says(image):
    applied = PresentationState(state(reference(image.SOPInstanceUID), PresentationLUTShape="IDENTITY"))
    with pc.open(image) as frames:
        shown = pc.render(frames[0], frames.pipeline(0, presentation_state=applied))
        stored = frames[0].astype(int)
    # the full range of twelve bits, floor(255 x / 4095 + 1/2), not inverted, no shutter
    assert np.array_equal(shown, (stored * 255 * 2 + 4095) // (2 * 4095))
    assert pc.pipeline(image, 0, presentation_state=applied).voi == pc.Window(2047.5, 4095, "LINEAR_EXACT")


def test_grey_stages_of_the_state(image):
    applied = PresentationState(
        state(
            reference(image.SOPInstanceUID),
            RescaleSlope="1",
            RescaleIntercept="-1000",
            PresentationLUTShape="INVERSE",
            SoftcopyVOILUTSequence=items(
                {"WindowCenter": ["40", "0"], "WindowWidth": ["400", "9"], "WindowCenterWidthExplanation": ["A", "B"]}
            ),
        )
    )
    made = pc.pipeline(image, 0, presentation_state=applied)
    assert (made.modality, made.voi, made.is_inverse) == (Rescale(1, -1000), pc.Window(40, 400), True)
    assert made.with_voi("B").voi == pc.Window(0, 9)
    assert (made.bits_stored, made.pixel_representation) == (12, 0)


def test_a_window_of_its_own_for_some_frames(image):
    uid = image.SOPInstanceUID
    windows = items(
        {"WindowCenter": "1", "WindowWidth": "10"},
        {"WindowCenter": "2", "WindowWidth": "20", "ReferencedImageSequence": reference(uid, 2)},
        {"WindowCenter": "3", "WindowWidth": "30", "ReferencedImageSequence": reference("1.2.3", 1)},
    )
    applied = PresentationState(state(reference(uid, 1, 2), SoftcopyVOILUTSequence=windows))
    assert [applied.refers_to(image, frame) for frame in range(3)] == [True, True, False]
    assert [pc.pipeline(image, frame, presentation_state=applied).voi.center for frame in (0, 1)] == [1, 2]
    with pytest.raises(pc.OptionError, match="not about frame 2"):
        pc.pipeline(image, 2, presentation_state=applied)
    other = Dataset()
    assert not applied.refers_to(other)


def test_a_presentation_lut_of_the_state(image):
    table = items({"LUTDescriptor": [2, 0, 16], "LUTData": [65535, 0]})
    applied = PresentationState(state(reference(image.SOPInstanceUID), PresentationLUTSequence=table))
    with pc.open(image) as frames:
        shown = pc.render(frames[1], frames.pipeline(1, presentation_state=applied))
        assert np.array_equal(shown, np.where(frames[1] > 2047, 0, 255))


def test_shutter_area_rotation_and_flip_in_the_order_of_the_standard(image):
    applied = PresentationState(
        state(
            reference(image.SOPInstanceUID),
            ShutterShape="RECTANGULAR",
            ShutterLeftVerticalEdge=2,
            ShutterRightVerticalEdge=COLUMNS,
            ShutterUpperHorizontalEdge=1,
            ShutterLowerHorizontalEdge=ROWS,
            ShutterPresentationValue=65535,
            DisplayedAreaSelectionSequence=items(
                {
                    # after a rotation by 90 degrees the lower left pixel is at the top left
                    "DisplayedAreaTopLeftHandCorner": [1, 5],
                    "DisplayedAreaBottomRightHandCorner": [4, 2],
                    "PresentationSizeMode": "MAGNIFY",
                    "PresentationPixelMagnificationRatio": 2.0,
                    "PresentationPixelAspectRatio": [2, 1],
                }
            ),
            ImageRotation=90,
            ImageHorizontalFlip="Y",
        )
    )
    with pc.open(image) as frames:
        shown = pc.render(frames[0], frames.pipeline(0, presentation_state=applied))
        plain = pc.render(frames[0], pc.Pipeline(12).with_range(0, 4095))
    plain[:, 0] = 255
    assert np.array_equal(shown, np.fliplr(np.rot90(plain[1:5, 0:4], -1)))
    area = applied.displayed_area(image)
    assert (area.region, area.size_mode, area.magnification, area.aspect) == (
        pc.Region(1, 0, 4, 4),
        "MAGNIFY",
        2.0,
        2.0,
    )


def overlay(ds, group, plane=None, layer=None):
    if plane is not None:
        ds.add_new((group, 0x0010), "US", ROWS)
        ds.add_new((group, 0x0011), "US", COLUMNS)
        ds.add_new((group, 0x0050), "SS", [1, 1])
        ds.add_new((group, 0x3000), "OB", np.packbits(plane, bitorder="little").tobytes() + b"\0")
    if layer is not None:
        ds.add_new((group, 0x1001), "CS", layer)


def test_overlays_of_state_and_image_are_drawn_where_they_have_a_layer(image):
    planes = np.random.default_rng(6).integers(0, 2, (4, ROWS, COLUMNS))
    for place, group in enumerate((0x6000, 0x6002)):
        overlay(image, group, planes[place])
    layers = items(
        {"GraphicLayer": "TOP", "GraphicLayerOrder": 2, "GraphicLayerRecommendedDisplayGrayscaleValue": 0},
        {"GraphicLayer": "BELOW", "GraphicLayerOrder": 1},
    )
    ds = state(reference(image.SOPInstanceUID), GraphicLayerSequence=layers)
    overlay(ds, 0x6000, None, "TOP")  # the image's
    overlay(ds, 0x6002, planes[2], "BELOW")  # the state's, instead of the image's
    overlay(ds, 0x6004, planes[3])  # no layer
    ds.SoftcopyVOILUTSequence = items({"WindowCenter": "9000", "WindowWidth": "10"})
    applied = PresentationState(ds)
    ds.ShutterShape, ds.ShutterOverlayGroup, ds.ShutterPresentationValue = "BITMAP", 0x6004, 32768
    with pc.open(image) as frames:
        shown = pc.render(frames[0], frames.pipeline(0, presentation_state=applied))
    expected = np.where(planes[3], 128, 0)
    expected[planes[2] == 1] = 255
    expected[planes[0] == 1] = 0
    assert np.array_equal(shown, expected)


def test_overlays_of_the_image_are_left_alone_unless_the_state_shows_them(image):
    ds = state(reference(image.SOPInstanceUID))
    overlay(ds, 0x6000, np.ones((ROWS, COLUMNS), np.uint8), "OWN")
    unread = lambda: pytest.fail("the overlays of the image were read")  # noqa: E731 - a callable to hand over
    made = PresentationState(ds).applied(pc.pipeline(image), image, 0, unread)
    assert [one.group for one in made.finishing.overlays] == [0x6000]


def test_a_colour_state(made):
    rgb = made(np.random.default_rng(1).integers(0, 256, (1, ROWS, COLUMNS, 3)).astype(np.uint8))
    applied = PresentationState(
        state(reference(rgb.SOPInstanceUID), kind=COLOR, ImageHorizontalFlip="Y", ICCProfile=b"profile ")
    )
    with pc.open(rgb) as frames:
        pipeline = frames.pipeline(0, presentation_state=applied)
        assert np.array_equal(pc.render(frames[0], pipeline), frames[0][:, ::-1])
    assert pipeline.icc_profile == b"profile "
    grey = PresentationState(state(reference(rgb.SOPInstanceUID)))
    with pytest.raises(pc.OptionError, match="RGB"):
        pc.pipeline(rgb, presentation_state=grey)


def test_a_pseudo_colour_state_indexes_its_palette_by_the_window(image):
    colours = {}
    for name, entries in (("Red", [0, 9, 255]), ("Green", [255, 9, 0]), ("Blue", [1, 2, 3])):
        colours[f"{name}PaletteColorLookupTableDescriptor"] = [3, 0, 8]
        colours[f"{name}PaletteColorLookupTableData"] = bytes([*entries, 0])
    window = items({"WindowCenter": "2000", "WindowWidth": "2000", "VOILUTFunction": "LINEAR_EXACT"})
    ds = state(reference(image.SOPInstanceUID), kind=PSEUDO_COLOR, SoftcopyVOILUTSequence=window, **colours)
    with pc.open(image) as frames:
        pipeline = frames.pipeline(0, presentation_state=PresentationState(ds))
        shown, stored = pc.render(frames[0], pipeline), frames[0].astype(int)
    # the nearest of three entries: below 1500, below 2500, from 2500
    place = np.where(stored < 1500, 0, np.where(stored < 2500, 1, 2))
    assert np.array_equal(shown, np.array([[0, 255, 1], [9, 9, 2], [255, 0, 3]])[place])
    del ds.GreenPaletteColorLookupTableData
    with pytest.raises(pc.DicomError, match="Green"):
        pc.pipeline(image, presentation_state=PresentationState(ds))


def test_reading_and_what_is_left_out(tmp_path):
    ds = state(GraphicAnnotationSequence=items({"GraphicLayer": "TOP"}))
    file = io.BytesIO()
    ds.save_as(file, enforce_file_format=True)
    path = tmp_path / "state.dcm"
    path.write_bytes(file.getvalue())
    for source in (ds, path, file.getvalue(), io.BytesIO(file.getvalue())):
        read = PresentationState.read(source)
        assert read.label == "LUNG"
        assert read.notes == ("graphic annotations are not drawn (PS3.3 C.10.5)",)
    with pytest.raises(pc.UnsupportedError, match="blending"):
        PresentationState.read(state(kind="1.2.840.10008.5.1.4.1.1.11.4"))
    for broken in (b"", b"no DICOM at all", file.getvalue()[:100], state(kind="1.2.3")):
        with pytest.raises(pc.DicomError):
            PresentationState.read(broken)
    with pytest.raises(FileNotFoundError):
        PresentationState.read(tmp_path / "missing.dcm")


@pytest.mark.parametrize(
    "attributes",
    [
        {"ImageRotation": 45},
        {"DisplayedAreaSelectionSequence": items({"PresentationSizeMode": "SCALE TO FIT"})},
        {
            "DisplayedAreaSelectionSequence": items(
                {"DisplayedAreaTopLeftHandCorner": [50, 1], "DisplayedAreaBottomRightHandCorner": [60, 4]}
            )
        },
        {"ShutterShape": "BITMAP", "ShutterOverlayGroup": 0x6004},
        {"ShutterShape": "BITMAP", "ShutterOverlayGroup": [0x6004, 0x6006]},
        {"ShutterShape": "BITMAP"},
        {"SoftcopyVOILUTSequence": items({"VOILUTFunction": "CUBIC"})},
    ],
)
def test_states_that_make_no_sense(image, attributes):
    applied = PresentationState(state(reference(image.SOPInstanceUID), **attributes))
    with pytest.raises(pc.DicomError):
        pc.pipeline(image, presentation_state=applied)
