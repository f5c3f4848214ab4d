"""Read the frames of a DICOM file, whatever its transfer syntax."""

from pydicom import examples
from pydicom.uid import UID

import pacscore as pc

for name in ("ct", "rgb_color", "ybr_color", "palette_color"):
    with pc.open(examples.get_path(name)) as frames:
        first = frames[0]
        print(f"{name}: {UID(frames.transfer_syntax).name}, {len(frames)} frames of {first.shape} {first.dtype}")
