"""Whole slide instances as pyramids, against matrices from which they were cut, and against wsidicom."""

from __future__ import annotations

import copy
import os
from pathlib import Path

import numpy as np
import pydicom
import pytest

import pacscore as pc
from pyramid.slides import cut, slide, sparse

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
RNG = np.random.default_rng(5)


def matrix(rows, columns, *samples, dtype=np.uint8):
    return RNG.integers(0, np.iinfo(dtype).max, (rows, columns, *samples), dtype)


def whole(level):
    return level.region(pc.Region(0, 0, level.rows, level.columns), threads=2)


def saved(ds, path):
    ds.save_as(path, enforce_file_format=True)
    return path


def test_tiles_and_regions_are_those_of_the_matrix():
    image = matrix(50, 70, 3)
    pyramid = pc.open_pyramid(slide(cut(image, 16, 32), (50, 70)))
    (level,) = pyramid.levels
    assert (level.tile_rows, level.tile_columns, level.tiles_high, level.tiles_wide) == (16, 32, 4, 3)
    np.testing.assert_array_equal(level.tile(3, 2), image[48:50, 64:70])
    np.testing.assert_array_equal(whole(level), image)
    for _ in range(20):
        row, column = int(RNG.integers(50)), int(RNG.integers(70))
        rows, columns = int(RNG.integers(50 - row)) + 1, int(RNG.integers(70 - column)) + 1
        part = level.region(pc.Region(row, column, rows, columns))
        np.testing.assert_array_equal(part, image[row : row + rows, column : column + columns])


def test_levels_in_instances_of_their_own_largest_first(tmp_path):
    images = [matrix(25, 35, 3), matrix(100, 140, 3), matrix(50, 70, 3)]
    for number, image in enumerate(images):
        saved(slide(cut(image, 16, 16), image.shape[:2]), tmp_path / f"{number}.dcm")
    label = matrix(20, 20, 3)
    saved(slide([label], (20, 20), ImageType=["ORIGINAL", "PRIMARY", "LABEL", "NONE"]), tmp_path / "label.dcm")
    (tmp_path / "notes.txt").write_text("not a DICOM file")
    with pc.open_pyramid(tmp_path) as pyramid:
        assert [level.downsample for level in pyramid.levels] == [1, 2, 4]
        for level, image in zip(pyramid.levels, [images[1], images[2], images[0]], strict=True):
            np.testing.assert_array_equal(whole(level), image)
    given = [tmp_path / "2.dcm", tmp_path / "1.dcm"]
    with pc.open_pyramid(given) as pyramid:
        assert len(pyramid.levels) == 2


def test_encoded_tiles_come_as_they_are_stored(tmp_path):
    image = matrix(40, 40, 3)
    path = saved(slide(cut(image, 16, 16), (40, 40)), tmp_path / "native.dcm")
    pc.transcode(path, tmp_path / "coded.dcm", "1.2.840.10008.1.2.4.201")
    with pc.open_pyramid(tmp_path / "coded.dcm") as pyramid, pc.open(tmp_path / "coded.dcm") as frames:
        level = pyramid.level(0)
        assert level.transfer_syntax == "1.2.840.10008.1.2.4.201"
        assert level.encoded_tile(2, 1) == frames.encoded(7)
        np.testing.assert_array_equal(pc.decode(level.encoded_tile(1, 1)), image[16:32, 16:32])
        np.testing.assert_array_equal(whole(level), image)


def test_optical_paths_and_focal_planes_of_full_tiling():
    """Frames are in the order of rows, then focal planes, then optical paths."""
    images = {(path, plane): matrix(20, 20) for path in ("red", "green") for plane in range(3)}
    tiles = [tile for image in images.values() for tile in cut(image, 16, 16)]
    ds = slide(tiles, (20, 20), paths=("red", "green"), focal_planes=3)
    for (path, plane), image in images.items():
        pyramid = pc.open_pyramid(ds, optical_path=path, focal_plane=plane)
        np.testing.assert_array_equal(whole(pyramid.level(0)), image)
    assert pyramid.optical_paths == ("red", "green")
    assert len(pyramid.focal_planes) == 3
    with pytest.raises(pc.OptionError):
        pc.open_pyramid(ds, optical_path="blue")
    with pytest.raises(pc.OptionError):
        pc.open_pyramid(ds, focal_plane=3)


def test_optical_paths_in_instances_of_their_own():
    red, green = matrix(20, 20), matrix(20, 20)
    both = [slide(cut(image, 16, 16), (20, 20), paths=(name,)) for name, image in (("red", red), ("green", green))]
    np.testing.assert_array_equal(whole(pc.open_pyramid(both, optical_path="green").level(0)), green)
    np.testing.assert_array_equal(whole(pc.open_pyramid(both, optical_path="red").level(0)), red)


def test_sparse_tiles_lie_where_their_positions_say():
    image = matrix(40, 48, 3)
    tiles = cut(image, 16, 16)
    places = [(1 + 16 * (i // 3), 1 + 16 * (i % 3), "1", 0.0) for i in range(9)]
    order = RNG.permutation(9)
    ds = sparse([tiles[i] for i in order], [places[i] for i in order], (40, 48))
    np.testing.assert_array_equal(whole(pc.open_pyramid(ds).level(0)), image)


def test_sparse_planes_are_told_apart():
    images = {(path, focus): matrix(16, 32) for path in ("a", "b") for focus in (2.5, -1.0)}
    tiles, places = [], []
    for (path, focus), image in images.items():
        tiles += cut(image, 16, 16)
        places += [(1, 1, path, focus), (1, 17, path, focus)]
    ds = sparse(tiles, places, (16, 32), paths=("a", "b"))
    assert pc.open_pyramid(ds).focal_planes == (-1.0, 2.5)
    for (path, focus), image in images.items():
        pyramid = pc.open_pyramid(ds, optical_path=path, focal_plane=[-1.0, 2.5].index(focus))
        np.testing.assert_array_equal(whole(pyramid.level(0)), image)


@pytest.mark.parametrize(
    ("recommended", "expected"),
    [(None, (255, 255, 255)), ([65535, 32896, 32896], (255, 255, 255)), ([0, 32896, 32896], (0, 0, 0))],
)
def test_absent_tiles_are_as_recommended_or_white(recommended, expected):
    tile = matrix(16, 16, 3)
    more = {} if recommended is None else {"RecommendedAbsentPixelCIELabValue": recommended}
    level = pc.open_pyramid(sparse([tile], [(17, 17)], (40, 40), **more)).level(0)
    expectation = np.full((40, 40, 3), expected, np.uint8)
    expectation[16:32, 16:32] = tile
    np.testing.assert_array_equal(whole(level), expectation)
    assert level.encoded_tile(0, 0) is None


@pytest.mark.parametrize(
    ("photometric", "stored", "expected"),
    [("MONOCHROME2", 12, [4095]), ("MONOCHROME1", 12, [0]), ("YBR_FULL", 8, [255, 128, 128])],
)
def test_white_in_other_colour_spaces(photometric, stored, expected):
    tile = matrix(16, 16, 3) if len(expected) > 1 else matrix(16, 16, dtype=np.uint16) >> 4
    ds = sparse([tile], [(1, 1)], (16, 32), PhotometricInterpretation=photometric, BitsStored=stored)
    ds.HighBit = stored - 1
    found = pc.open_pyramid(ds).level(0).tile(0, 1).reshape(-1, len(expected))
    assert (found == expected).all()


def test_a_colour_is_recommended():
    """L* of 53.24, a* of 80.09, b* of 67.20 is the red of sRGB, as tables of colours have it (for D65, nearly)."""
    lab = [round(54.29 / 100 * 65535), round((80.81 + 128) / 255 * 65535), round((69.89 + 128) / 255 * 65535)]
    ds = sparse([matrix(16, 16, 3)], [(1, 1)], (16, 32), RecommendedAbsentPixelCIELabValue=lab)
    red, green, blue = pc.open_pyramid(ds).level(0).tile(0, 1)[0, 0].tolist()
    assert red > 252
    assert green < 6
    assert blue < 6


def test_parts_of_a_concatenation_are_one_level():
    image = matrix(48, 32)
    tiles = cut(image, 16, 16)
    parts = []
    for number, first in enumerate((0, 4), 1):
        ds = slide(tiles[first : first + 4], (48, 32))
        ds.ConcatenationUID, ds.SOPInstanceUIDOfConcatenationSource = "1.2.9", "1.2.10"
        ds.InConcatenationNumber, ds.InConcatenationTotalNumber = number, 2
        ds.ConcatenationFrameOffsetNumber = first
        parts.append(ds)
    small = matrix(24, 16)
    pyramid = pc.open_pyramid([parts[1], slide(cut(small, 16, 16), (24, 16)), parts[0]])
    np.testing.assert_array_equal(whole(pyramid.level(0)), image)
    np.testing.assert_array_equal(whole(pyramid.level(1)), small)


@pytest.mark.parametrize("name", ["sm_image.dcm", "sm_image_jpegls.dcm", "sm_image_grayscale.dcm"])
def test_slides_of_others(name):
    """The file's frames, laid out row by row as TILED_FULL says."""
    path = DATA / "dicom" / "highdicom" / name
    frames = pydicom.dcmread(path).pixel_array
    expected = np.concatenate([np.concatenate(list(row), 1) for row in frames.reshape(5, 5, *frames.shape[1:])], 0)
    with pc.open_pyramid(path) as pyramid:
        np.testing.assert_array_equal(whole(pyramid.level(0)), expected)


def test_a_label_alone_is_a_pyramid_of_its_own():
    path = DATA / "dicom" / "ez-wsi-dicomweb" / "test.dcm"
    with pc.open_pyramid(path) as pyramid, pc.open(path) as frames:
        np.testing.assert_array_equal(whole(pyramid.level(0)), frames[0])


def test_a_sparse_segmentation_has_zeros_where_nothing_is():
    path = DATA / "dicom" / "highdicom" / "seg_image_sm_control_labelmap.dcm"
    ds = pydicom.dcmread(path)
    expected = np.zeros((50, 50), np.uint8)
    for group, frame in zip(ds.PerFrameFunctionalGroupsSequence, ds.pixel_array, strict=True):
        position = group.PlanePositionSlideSequence[0]
        row = position.RowPositionInTotalImagePixelMatrix - 1
        column = position.ColumnPositionInTotalImagePixelMatrix - 1
        expected[row : row + 10, column : column + 10] = frame
    with pc.open_pyramid(path) as pyramid:
        np.testing.assert_array_equal(whole(pyramid.level(0)), expected)


def broken(change):
    ds = sparse(cut(matrix(32, 32), 16, 16), [(1, 1), (1, 17), (17, 1), (17, 17)], (32, 32))
    change(ds)
    return ds


def test_what_a_source_opened_elsewhere_stays_open(tmp_path):
    path = saved(slide(cut(matrix(20, 20), 16, 16), (20, 20)), tmp_path / "a.dcm")
    with pc.open(path) as frames:
        pc.open_pyramid(frames).close()
        assert frames[0].shape == (16, 16)
    pyramid = pc.open_pyramid(path)
    pyramid.close()
    with pytest.raises(ValueError, match="closed"):
        pyramid.level(0).tile(0, 0)


def with_three_frames(ds):
    ds.DimensionOrganizationType, ds.NumberOfFrames = "TILED_FULL", 3


@pytest.mark.parametrize(
    "change",
    [
        lambda ds: setattr(ds, "TotalPixelMatrixRows", 0),
        lambda ds: (
            setattr(ds, "TotalPixelMatrixRows", 4_000_000_000) or setattr(ds, "TotalPixelMatrixColumns", 1 << 31)
        ),
        lambda ds: delattr(ds, "TotalPixelMatrixRows"),
        lambda ds: ds.PerFrameFunctionalGroupsSequence.pop(),
        lambda ds: setattr(ds.PerFrameFunctionalGroupsSequence[1], "PlanePositionSlideSequence", []),
        lambda ds: setattr(ds, "RecommendedAbsentPixelCIELabValue", [1, 2]),
        lambda ds: setattr(ds, "RecommendedAbsentPixelCIELabValue", [1, 2, 3, 4]),
        with_three_frames,
    ],
)
def test_what_makes_no_sense_is_refused(change):
    with pytest.raises(pc.DicomError):
        pc.open_pyramid(broken(change))


@pytest.mark.parametrize(("row", "error"), [(9, pc.UnsupportedError), (0, pc.DicomError), (99, pc.DicomError)])
def test_positions_off_the_grid_or_the_matrix(row, error):
    def change(ds):
        ds.PerFrameFunctionalGroupsSequence[2].PlanePositionSlideSequence[0].RowPositionInTotalImagePixelMatrix = row

    with pytest.raises(error):
        pc.open_pyramid(broken(change))


def test_two_frames_in_one_place():
    def change(ds):
        ds.PerFrameFunctionalGroupsSequence[3] = copy.deepcopy(ds.PerFrameFunctionalGroupsSequence[2])

    with pytest.raises(pc.UnsupportedError):
        pc.open_pyramid(broken(change))


def test_instances_that_do_not_belong_together():
    one = slide(cut(matrix(32, 32), 16, 16), (32, 32))
    other = slide(cut(matrix(16, 16), 16, 16), (16, 16), series="1.2.4")
    with pytest.raises(pc.DicomError, match="several pyramids"):
        pc.open_pyramid([one, other])
    with pytest.raises(pc.DicomError, match="two instances"):
        pc.open_pyramid([one, copy.deepcopy(one)])
    with pytest.raises(pc.DicomError, match="differ"):
        pc.open_pyramid([one, slide(cut(matrix(16, 16, 3), 16, 16), (16, 16))])
    with pytest.raises(pc.OptionError):
        pc.open_pyramid([])


def test_a_folder_without_slides(tmp_path):
    with pytest.raises(pc.OptionError):
        pc.open_pyramid(tmp_path)
    with pytest.raises(pc.DicomError, match="not tiled"):
        pc.open_pyramid([DATA / "dicom" / "pydicom" / "CT_small.dcm"])


def test_a_region_larger_than_the_limits():
    ds = sparse([matrix(16, 16)], [(1, 1)], (1 << 18, 1 << 18))
    level = pc.open_pyramid(ds).level(0)
    with pytest.raises(pc.LimitError):
        whole(level)
    assert (level.tile(16383, 16383) == 255).all()


def test_wsidicom_reads_the_same(tmp_path):
    wsidicom = pytest.importorskip("wsidicom")
    path = DATA / "dicom" / "highdicom" / "sm_image.dcm"
    with pc.open_pyramid(path) as pyramid, wsidicom.WsiDicom.open(path) as theirs:
        assert theirs.size.width == pyramid.level(0).columns
        found = np.asarray(theirs.read_region((7, 13), 0, (30, 21)).convert("RGB"))
        np.testing.assert_array_equal(pyramid.level(0).region(pc.Region(13, 7, 21, 30)), found)
