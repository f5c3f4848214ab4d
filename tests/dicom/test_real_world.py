"""Real world values of stored values, by slope and by table, from functional groups."""

import numpy as np
import pytest
from pydicom.dataset import Dataset

import pacscore as pc
from pacscore.dicom.real_world import real_world_maps


def mapping(**attributes):
    item = Dataset()
    item.MeasurementUnitsCodeSequence = [Dataset()]
    item.MeasurementUnitsCodeSequence[0].CodeValue = "mm2/s"
    item.MeasurementUnitsCodeSequence[0].CodeMeaning = "square millimeter per second"
    item.LUTLabel, item.LUTExplanation = "ADC", "Apparent diffusion"
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    return item


def linear(**changes):
    return mapping(
        **{
            "RealWorldValueFirstValueMapped": 10,
            "RealWorldValueLastValueMapped": 20,
            "RealWorldValueSlope": 0.1,
            "RealWorldValueIntercept": -3.0,
            **changes,
        }
    )


def image(*mappings, **attributes):
    ds = Dataset()
    ds.RealWorldValueMappingSequence = list(mappings)
    for keyword, value in attributes.items():
        setattr(ds, keyword, value)
    return ds


def test_a_linear_map_and_its_words():
    (found,) = real_world_maps(image(linear()))
    values = np.array([[9, 10], [20, 21]], np.uint16)
    assert np.array_equal(found.apply(values), [[np.nan, 10 * 0.1 - 3], [20 * 0.1 - 3, np.nan]], equal_nan=True)
    assert (found.label, found.explanation, found.units) == ("ADC", "Apparent diffusion", "mm2/s")
    assert found.units_meaning == "square millimeter per second"


def test_a_table():
    table = mapping(
        RealWorldValueFirstValueMapped=5, RealWorldValueLastValueMapped=7, RealWorldValueLUTData=[1.5, -2.0, 1e9]
    )
    (found,) = real_world_maps(image(table))
    assert np.array_equal(found.apply(np.array([4, 5, 6, 7, 8])), [np.nan, 1.5, -2, 1e9, np.nan], equal_nan=True)


def test_ranges_of_floating_point():
    ends = {"DoubleFloatRealWorldValueFirstValueMapped": 0.25, "DoubleFloatRealWorldValueLastValueMapped": 0.75}
    (found,) = real_world_maps(image(linear(**ends)))
    stored = np.array([0.2, 0.25, 0.5, np.nan], np.float32)
    assert np.array_equal(found.apply(stored), [np.nan, 0.25 * 0.1 - 3, 0.5 * 0.1 - 3, np.nan], equal_nan=True)


def test_frame_before_shared_before_data_set():
    def group(*mappings):
        return image(*mappings)

    ds = image(linear(LUTLabel="ALL"), NumberOfFrames=2)
    assert [one.label for one in real_world_maps(ds, 1)] == ["ALL"]
    ds.SharedFunctionalGroupsSequence = [group(linear(LUTLabel="SHARED"))]
    ds.PerFrameFunctionalGroupsSequence = [group(linear(LUTLabel="ONE"), linear(LUTLabel="TWO"))]
    assert [one.label for one in real_world_maps(ds, 0)] == ["ONE", "TWO"]
    assert [one.label for one in real_world_maps(ds, 1)] == ["SHARED"]
    with pytest.raises(IndexError):
        real_world_maps(ds, 2)
    assert real_world_maps(Dataset()) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"RealWorldValueSlope": None},
        {"RealWorldValueFirstValueMapped": None},
        {"RealWorldValueLastValueMapped": 9},
        {"RealWorldValueLUTData": [1.0, 2.0]},
        {"RealWorldValueIntercept": float("nan")},
    ],
)
def test_maps_that_make_no_sense(changes):
    with pytest.raises(pc.DicomError):
        real_world_maps(image(linear(**changes)))


def test_a_parametric_map(dicom_data):
    with pc.open(dicom_data / "pydicom-data" / "parametric_map_float.dcm") as frames:
        (found,) = frames.real_world_maps(0)
        stored = frames[0]
        item = frames.dataset.SharedFunctionalGroupsSequence[0].RealWorldValueMappingSequence[0]
    low, high = item.RealWorldValueFirstValueMapped, item.RealWorldValueLastValueMapped
    expected = np.where((stored >= low) & (stored <= high), stored.astype(np.float64), np.nan)
    expected = expected * item.RealWorldValueSlope + item.RealWorldValueIntercept
    assert np.array_equal(found.apply(stored), expected, equal_nan=True)
    assert found.units == item.MeasurementUnitsCodeSequence[0].CodeValue
