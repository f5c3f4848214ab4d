"""A copy of a data set that was read, to be changed and written."""

from __future__ import annotations

import copy

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from pacscore.dicom.data_elements import swap_parsed_words
from pacscore.dicom.part10 import BIG_ENDIAN

__all__ = ["own_dataset"]


def own_dataset(read: Dataset, trailing: Dataset, transfer_syntax: str) -> Dataset:
    """Return a copy of everything around the pixels, that may be changed.

    Parameters
    ----------
    read, trailing : pydicom.Dataset
        What stands before Pixel Data, and behind it.
    transfer_syntax : str
        That of both: raw words of Explicit VR Big Endian are put in little endian order.
    """
    elements = {  # a raw element is as it was read, and cannot be changed: shared
        tag: element if isinstance(element, RawDataElement) else copy.deepcopy(element) for tag, element in read.items()
    }
    dataset = Dataset(elements)
    raw = [element for element in elements.values() if isinstance(element, RawDataElement)]
    encodings = {(element.is_implicit_VR, element.is_little_endian) for element in raw}
    # What pydicom says of a whole data set is what its transfer syntax promises; its elements know how they were read.
    implicit, little = encodings.pop() if len(encodings) == 1 else (None, None)
    dataset.set_original_encoding(implicit, little, read.original_character_set)
    dataset.update(trailing)
    if transfer_syntax == BIG_ENDIAN:
        swap_parsed_words(dataset)
    return dataset
