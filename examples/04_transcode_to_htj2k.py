"""Transcode a DICOM file to HTJ2K and see the proof that nothing was lost."""

from pathlib import Path

import numpy as np
from pydicom import examples
from pydicom.uid import HTJ2KLosslessRPCL

import pacscore as pc

source, target = examples.get_path("ct"), Path("ct-htj2k.dcm")
report = pc.transcode(source, target, HTJ2KLosslessRPCL, overwrite=True)
print(f"{report.bytes_before:,} to {report.bytes_after:,} bytes, lossless: {report.lossless}")
print(f"SHA-256 of frame 0: {report.pixel_sha256[0]}")

with pc.open(source) as before, pc.open(target) as after:
    print("the same pixels:", np.array_equal(before[0], after[0]))
