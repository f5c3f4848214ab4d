"""The pictures that speed is measured on: real ones, from pydicom-data and scikit-image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydicom.data import get_testdata_file

import pacscore

__all__ = ["IMAGES", "Picture", "load"]


class Picture(NamedTuple):
    """An image ``(rows, columns[, samples])``, how many bits of each sample are used, and the picture's short name."""

    array: NDArray[Any]
    bits_stored: int
    name: str = ""

    @property
    def bits_allocated(self) -> int:
        """Bits of the dtype."""
        return self.array.itemsize * 8

    def unsigned(self) -> Picture:
        """Return the same picture with its range moved up to start at 0: its coefficients are the same."""
        if self.array.dtype.kind == "u":
            return self
        moved = self.array.astype(np.int64) + (1 << (self.bits_stored - 1))
        return self._replace(array=moved.astype(f"u{self.array.itemsize}"))


def _dicom(name: str) -> Callable[[], Picture]:
    def read() -> Picture:
        path = get_testdata_file(name, download=False)
        if not isinstance(path, str):
            raise FileNotFoundError(f"{name} is not installed: pip install pydicom-data")
        with pacscore.open(path) as frames:
            return Picture(np.ascontiguousarray(frames[0]), frames.pixel_format.bits_stored)

    return read


def _tissue() -> Picture:
    from skimage import data

    read: Callable[[], NDArray[Any]] = data.immunohistochemistry
    return Picture(np.ascontiguousarray(read()), 8)


def _large() -> Picture:
    """Enlarge the radiograph to the size of a mammogram, 3328 x 2560, by repeating pixels and rows."""
    small, bits, _ = _dicom("RG1_UNCR.dcm")()
    rows = np.linspace(0, small.shape[0] - 1, 3328).round().astype(np.intp)
    columns = np.linspace(0, small.shape[1] - 1, 2560).round().astype(np.intp)
    return Picture(np.ascontiguousarray(small[np.ix_(rows, columns)]), bits)


IMAGES: dict[str, Callable[[], Picture]] = {
    "CT": _dicom("693_UNCR.dcm"),
    "MR": _dicom("MR2_UNCR.dcm"),
    "CR": _dicom("RG1_UNCR.dcm"),
    "US": _dicom("US1_UNCR.dcm"),
    "tissue": _tissue,
    "large": _large,
}
"""By short name; each is read when it is called."""


def load(name: str) -> Picture:
    """Return one picture; FileNotFoundError or ImportError where the package that has it is missing."""
    return IMAGES[name]()._replace(name=name)
