"""Whatever is wrong with the attributes of display, there is a pipeline or an error of pacscore's, and soon."""

import random

import numpy as np
import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

import pacscore as pc
from pacscore.dicom.presentation_state import PresentationState
from pacscore.dicom.real_world import real_world_maps

VRS = ["US", "SS", "DS", "IS", "CS", "LO", "OW", "OB", "SQ", "FD", "UN", "SL"]
JUNK = [
    b"",
    b"\0",
    b"\1\0",
    b"\xff" * 6,
    b"7",
    b"1e400 ",
    b"nan ",
    b"-1\\0\\x ",
    b"\x02\0\0\x80\x10\0",
    bytes(300),
    b"a\\b ",
]


def item(**attributes):
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made


def table(count=4, explanation="one"):
    return item(LUTDescriptor=[count, 0, 12], LUTData=list(range(count)), LUTExplanation=explanation)


def image():
    """A data set that has a little of everything."""
    ds = item(
        SOPClassUID="1.2.3", SOPInstanceUID="1.2.4", Rows=6, Columns=5, NumberOfFrames=2, SamplesPerPixel=1,
        PhotometricInterpretation="MONOCHROME2", BitsAllocated=16, BitsStored=12, HighBit=11, PixelRepresentation=0,
        PixelPaddingValue=7, PixelPaddingRangeLimit=9, PresentationLUTSequence=[table()], PixelPresentation="COLOR",
        ShutterShape=["RECTANGULAR", "CIRCULAR", "POLYGONAL"], ShutterLeftVerticalEdge=1, ShutterRightVerticalEdge=4,
        ShutterUpperHorizontalEdge=1, ShutterLowerHorizontalEdge=6, CenterOfCircularShutter=[3, 3],
        RadiusOfCircularShutter=4, VerticesOfThePolygonalShutter=[1, 1, 1, 5, 6, 3], PixelSpacing=["1", "2"],
        OpticalPathSequence=[item(ICCProfile=b"profile")],
        ModalityLUTSequence=[table(8)], WindowCenter=["1", "2"], WindowWidth=["3", "4"],
        WindowCenterWidthExplanation=["A", "B"], VOILUTFunction="LINEAR", VOILUTSequence=[table(), table(2)],
        RealWorldValueMappingSequence=[
            item(RealWorldValueFirstValueMapped=0, RealWorldValueLastValueMapped=3, RealWorldValueLUTData=[1.0] * 4)
        ],
        SharedFunctionalGroupsSequence=[
            item(
                PixelValueTransformationSequence=[item(RescaleSlope="2", RescaleIntercept="1")],
                FrameVOILUTSequence=[item(WindowCenter="5", WindowWidth="6")],
                FrameDisplayShutterSequence=[
                    item(ShutterShape="CIRCULAR", CenterOfCircularShutter=[2, 2], RadiusOfCircularShutter=3)
                ],
            )
        ],
        PerFrameFunctionalGroupsSequence=[item(FrameVOILUTSequence=[item(WindowCenter="7", WindowWidth="8")])],
    )  # fmt: skip
    for colour in ("Red", "Green", "Blue"):
        setattr(ds, f"{colour}PaletteColorLookupTableDescriptor", [4, 4000, 16])
        segments = np.array([0, 1, 9, 1, 3, 60], "<u2").tobytes()
        setattr(ds, f"Segmented{colour}PaletteColorLookupTableData", segments)
    overlay(ds, 0x6000)
    return ds


def overlay(ds, group):
    for element, vr, value in (
        (0x10, "US", 6), (0x11, "US", 5), (0x15, "IS", 2), (0x51, "US", 1), (0x40, "CS", "G"), (0x50, "SS", [1, 1]),
        (0x100, "US", 1), (0x102, "US", 0), (0x1001, "CS", "TOP"), (0x3000, "OB", b"\x55" * 8),
    ):  # fmt: skip
        ds.add_new((group, element), vr, value)


def state():
    about = [item(ReferencedSOPInstanceUID="1.2.4", ReferencedFrameNumber=[1, 2])]
    ds = item(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.11.1", ContentLabel="X", ImageRotation=90, ImageHorizontalFlip="Y",
        ReferencedSeriesSequence=[item(ReferencedImageSequence=about)], RescaleSlope="1", RescaleIntercept="0",
        SoftcopyVOILUTSequence=[item(WindowCenter="7", WindowWidth="8", ReferencedImageSequence=about)],
        PresentationLUTShape="INVERSE", ShutterShape="BITMAP", ShutterOverlayGroup=0x6000, ShutterPresentationValue=9,
        DisplayedAreaSelectionSequence=[
            item(
                DisplayedAreaTopLeftHandCorner=[1, 1], DisplayedAreaBottomRightHandCorner=[4, 5],
                PresentationSizeMode="MAGNIFY", PresentationPixelAspectRatio=[1, 2],
                PresentationPixelMagnificationRatio=2,
            )
        ],
        GraphicLayerSequence=[
            item(GraphicLayer="TOP", GraphicLayerOrder=1, GraphicLayerRecommendedDisplayGrayscaleValue=1)
        ],
    )  # fmt: skip
    overlay(ds, 0x6000)
    return ds


def everywhere(ds):
    """Every data set in a data set, itself first."""
    found = [ds]
    for element in ds:
        if element.VR == "SQ":
            found += [each for nested in element.value for each in everywhere(nested)]
    return found


def garble(draw, ds):
    """Remove or spoil some attributes, anywhere, as they would come out of a file."""
    places = everywhere(ds)
    for _ in range(draw.choice([1, 1, 1, 2, 5])):
        place = draw.choice(places)
        tags = list(place.keys())
        if not tags:
            continue
        tag = draw.choice(tags)
        if draw.random() < 0.3:
            del place[tag]
        else:
            value = draw.choice(JUNK)
            place._dict[BaseTag(tag)] = RawDataElement(
                BaseTag(tag), draw.choice(VRS), len(value), value, 0, False, True
            )


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("seed", range(6))
def test_garbled_attributes(seed):
    draw = random.Random(seed)
    stored = np.arange(30, dtype=np.uint16).reshape(6, 5) * 140
    made = refused = 0
    for _ in range(60):
        ds, shown = image(), state()
        if draw.random() < 0.3:
            ds.PhotometricInterpretation = "PALETTE COLOR"
        if draw.random() < 0.4:
            for keyword in draw.sample(["SharedFunctionalGroupsSequence", "ModalityLUTSequence", "WindowCenter"], 2):
                delattr(ds, keyword)
        spoiled = draw.choice(["image", "state"])
        garble(draw, ds if spoiled == "image" else shown)
        try:
            frame = draw.choice([0, 1])
            real_world_maps(ds, frame)
            pipeline = pc.pipeline(ds, frame)
            assert pc.render(stored, pipeline).dtype == np.uint8
            pipeline = pc.pipeline(ds, frame, presentation_state=PresentationState(shown))
            assert pc.render(stored, pipeline).dtype == np.uint8
            made += 1
        except pc.PacscoreError:
            refused += 1
        except IndexError:  # there is one frame alone where Number of Frames is lost
            refused += frame
    assert made
    assert refused
