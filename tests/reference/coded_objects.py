"""DICOM files in memory of small frames that differ from each other, coded by pacscore."""

from __future__ import annotations

import io

import numpy as np
import pydicom
from pydicom import examples
from pydicom.encaps import encapsulate, encapsulate_extended

import pacscore as pc

HTJ2K = "1.2.840.10008.1.2.4.201"
RPCL = "1.2.840.10008.1.2.4.202"


def picture(number, side=64):
    rows, columns = np.mgrid[0:side, 0:side]
    noise = np.random.default_rng(number).integers(0, 9, (side, side))
    return ((rows * 3 + columns * 5 + number * 7 + noise) % 4096).astype(np.uint16)


def dicom_file(stack, *, syntax=HTJ2K, table="basic", coded=None):
    """A DICOM file in memory, and its frames as they are coded."""
    ds = pydicom.dcmread(examples.get_path("ct"))
    if coded is None:
        coded = [pc.encode(frame, syntax, bits_stored=12) for frame in stack]
    ds.NumberOfFrames, (ds.Rows, ds.Columns) = len(stack), stack[0].shape
    ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 12, 11, 0
    ds.file_meta.TransferSyntaxUID = syntax
    if table == "extended":
        ds.PixelData, ds.ExtendedOffsetTable, ds.ExtendedOffsetTableLengths = encapsulate_extended(coded)
    else:
        ds.PixelData = encapsulate(coded, has_bot=table == "basic")
    ds["PixelData"].VR, ds["PixelData"].is_undefined_length = "OB", True
    file = io.BytesIO()
    ds.save_as(file, enforce_file_format=True)
    return file.getvalue(), coded
