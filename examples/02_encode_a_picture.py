"""Encode a picture as HTJ2K: without loss, and with a chosen quantization step."""

import numpy as np
from pydicom import examples
from pydicom.uid import HTJ2K, HTJ2KLosslessRPCL

import pacscore as pc

with pc.open(examples.get_path("rgb_color")) as frames:
    picture = frames[0]

lossless = pc.encode(picture, HTJ2KLosslessRPCL)
same = np.array_equal(pc.decode(lossless), picture)
print(f"lossless: {picture.nbytes:,} bytes of samples in {len(lossless):,}; the same pixels: {same}")

lossy = pc.encode(picture, HTJ2K, pc.J2KOptions(reversible=False, quantization_step=1 / 64))
error = np.abs(pc.decode(lossy).astype(int) - picture).max()
print(f"lossy: {len(lossy):,} bytes, largest error {error}")
