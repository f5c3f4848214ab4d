"""Overlays of data sets: by frame, in unused bits, cut, and broken."""

import io

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import ExplicitVRBigEndian

import pacscore as pc
from pacscore.dicom.overlays import overlays_of

ROWS, COLUMNS = 5, 7


def planes(count, seed=1):
    return np.random.default_rng(seed).integers(0, 2, (count, ROWS, COLUMNS), dtype=np.uint8)


@pytest.fixture
def image(made):
    """Makes data sets of some frames."""

    def build(frames=1, stored=None, **attributes):
        stack = np.zeros((frames, ROWS, COLUMNS)) if stored is None else stored
        return made(stack.astype(np.uint16), bits=12, **attributes)

    return build


def add_overlay(made, data, group=0x6000, origin=(1, 1)):
    made.add_new((group, 0x0010), "US", data.shape[-2])
    made.add_new((group, 0x0011), "US", data.shape[-1])
    made.add_new((group, 0x0040), "CS", "G")
    made.add_new((group, 0x0050), "SS", list(origin))
    made.add_new((group, 0x0100), "US", 1)
    made.add_new((group, 0x0102), "US", 0)
    bits = np.packbits(data.reshape(-1), bitorder="little").tobytes()
    made.add_new((group, 0x3000), "OW", bits + b"\0" * (len(bits) % 2))
    return made


def test_every_frame_has_a_plane_that_names_no_frames(image):
    drawn = planes(1)
    made = add_overlay(image(3), drawn, origin=(-1, 3))
    made.add_new((0x6000, 0x1500), "LO", "Contour")
    made.add_new((0x6000, 0x0022), "LO", "by hand")
    with pc.open(made) as frames:
        for frame in range(3):
            (overlay,) = frames.overlays(frame)
            assert np.array_equal(overlay.plane, drawn[0])
            assert (overlay.row, overlay.column, overlay.kind, overlay.group) == (-2, 2, "G", 0x6000)
            assert (overlay.label, overlay.description) == ("Contour", "by hand")


def test_planes_of_several_frames_follow_one_another_by_bits(image):
    drawn = planes(3)
    made = add_overlay(image(6), drawn, group=0x601E)
    made.add_new((0x601E, 0x0015), "IS", "3")
    made.add_new((0x601E, 0x0051), "US", 2)
    with pc.open(made) as frames:
        found = [frames.overlays(frame) for frame in range(6)]
    assert [len(one) for one in found] == [0, 1, 1, 1, 0, 0]
    assert np.array_equal([found[frame][0].plane for frame in (1, 2, 3)], drawn)
    assert np.array_equal(made.overlay_array(0x601E), drawn)


def test_overlays_in_unused_bits_come_out_of_their_frame(image):
    drawn, stored = planes(2), np.random.default_rng(2).integers(0, 4096, (2, ROWS, COLUMNS))
    made = image(2, stored | (drawn.astype(int) << 13))
    made.add_new((0x6002, 0x0010), "US", ROWS)
    made.add_new((0x6002, 0x0011), "US", COLUMNS)
    made.add_new((0x6002, 0x0100), "US", 16)
    made.add_new((0x6002, 0x0102), "US", 13)
    with pc.open(made) as frames:
        assert np.array_equal(frames.as_array(), stored)
        assert np.array_equal([frames.overlays(frame)[0].plane for frame in (0, 1)], drawn)


def test_words_of_big_endian_files(image):
    drawn = planes(1)
    made = add_overlay(image(syntax=ExplicitVRBigEndian), drawn)
    little = made[0x6000, 0x3000].value
    made[0x6000, 0x3000].value = np.frombuffer(little, "<u2").astype(">u2").tobytes()
    file = io.BytesIO()
    made.save_as(file, enforce_file_format=True, little_endian=False, implicit_vr=False)
    with pc.open(file.getvalue()) as frames:
        assert np.array_equal(frames.overlays(0)[0].plane, drawn[0])


def test_drawn_on_request(image):
    drawn = planes(1)
    with pc.open(add_overlay(image(), drawn)) as frames:
        plain = frames.pipeline(0).with_window(pc.Window(1000, 10))
        shown = pc.render(frames[0], plain.with_overlays(*frames.overlays(0)))
    assert np.array_equal(shown, drawn[0] * 255)


@pytest.mark.parametrize(
    ("element", "vr", "value"),
    [
        (0x0010, "US", None),
        (0x0011, "US", 0),
        (0x0010, "LO", "many"),
        (0x0010, "US", 60000),
        (0x3000, "LO", "bits"),
        (0x0050, "LO", "corner"),
    ],
)
def test_broken_overlays_name_their_element(element, vr, value, image):
    made = add_overlay(image(), planes(1))
    made.add_new((0x6000, element), vr, value)
    with pytest.raises(pc.DicomError, match=r"overlay \(6000"):
        overlays_of(made)


def test_a_real_file(dicom_data):
    path = dicom_data / "dcm4che" / "ovly_p01.dcm"
    with pc.open(path) as frames:
        found = frames.overlays(0)
    assert [overlay.group for overlay in found] == [0x6000, 0x6002, 0x6004, 0x6006]
    read = dcmread(path)
    cells = np.frombuffer(read.PixelData, "<u2").reshape(read.Rows, read.Columns)
    for overlay in found:
        if (overlay.group, 0x3000) in read:
            expected = read.overlay_array(overlay.group)
        else:
            expected = cells >> read[overlay.group, 0x0102].value & 1
        assert np.array_equal(overlay.plane, expected)
