"""What a data set must say differently once its pixels are encoded differently."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydicom.datadict import dictionary_description, tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.tag import Tag
from pydicom.uid import generate_uid

from pacscore.errors import DicomError
from pacscore.pixel_format import PixelFormat

__all__ = [
    "AttributeEditor",
    "Coding",
    "derive",
    "identify",
    "remember_loss",
    "report_signatures",
    "update_attributes",
]


@dataclass(frozen=True, slots=True)
class Coding:
    """How the frames were written.

    Attributes
    ----------
    pixel_format : PixelFormat
        Of the samples that were encoded.
    photometric_interpretation : str
        Of the encoded frames.
    planar_configuration : int
        Of the encoded frames; means nothing with one sample a pixel.
    lossless : bool
        Whether decoding gives every sample back.
    method : str or None
        Lossy Image Compression Method, for a lossy coding.
    ratio : float
        Size before coding over size after it.
    """

    pixel_format: PixelFormat
    photometric_interpretation: str
    planar_configuration: int
    lossless: bool
    method: str | None
    ratio: float


@dataclass(slots=True)
class AttributeEditor:
    """Changes a data set and keeps a record.

    Attributes
    ----------
    dataset : pydicom.Dataset
        Changed in place.
    changes : list of str
        One sentence an attribute.
    warnings : list of str
        What a reader should know.
    """

    dataset: Dataset
    changes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def set(self, keyword: str, value: Any) -> None:
        """Give an attribute a value, unless it has it."""
        before = self.dataset.get(keyword)
        if before == value:
            return
        setattr(self.dataset, keyword, value)
        self.changes.append(f"{_name(keyword)}: {_text(before)} -> {_text(value)}")

    def remove(self, keyword: str) -> None:
        """Remove an attribute, if it is there."""
        if keyword in self.dataset:
            delattr(self.dataset, keyword)
            self.changes.append(f"{_name(keyword)}: removed")

    def append(self, keyword: str, value: Any) -> None:
        """Add a value to those that an attribute has."""
        before = self.dataset.get(keyword)
        values = [] if before in (None, "") else [before] if isinstance(before, str | float | int) else list(before)
        self.set(keyword, [*values, value] if values else value)


def identify(editor: AttributeEditor, read: Dataset) -> str:
    """Make sure that the data set names its class and itself, and return its name.

    A file that names them in the File Meta Information alone is taken at its word. An object without any name gets one.

    Source: PS3.3 C.12.1 (SOP Common); PS3.10 7.1.

    Raises
    ------
    DicomError
        If nothing says of which SOP Class it is.
    """
    meta = getattr(read, "file_meta", None) or Dataset()
    for keyword in ("SOPClassUID", "SOPInstanceUID"):
        named = meta.get(f"MediaStorage{keyword}")
        if named and not editor.dataset.get(keyword):
            editor.set(keyword, named)
    if not editor.dataset.get("SOPClassUID"):
        raise DicomError("SOP Class UID is missing: a file must say what it holds (PS3.10 7.1)", tag="(0008,0016)")
    before = str(editor.dataset.get("SOPInstanceUID") or "")
    if not before:
        editor.set("SOPInstanceUID", generate_uid(prefix=None))
        editor.warnings.append("the source had no SOP Instance UID; the result has a new one")
    return before


def update_attributes(editor: AttributeEditor, coding: Coding) -> None:
    """Make the data set describe frames that were decoded and encoded.

    Source: PS3.3 C.7.6.3 (Image Pixel), C.7.6.1.1.2 (Image Type), C.7.6.1.1.5 (lossy compression); PS3.5 8.2, A.4.
    """
    pixel_format = coding.pixel_format
    editor.set("SamplesPerPixel", pixel_format.samples_per_pixel)
    editor.set("PhotometricInterpretation", coding.photometric_interpretation)
    if pixel_format.samples_per_pixel == 1:
        editor.remove("PlanarConfiguration")
    else:
        editor.set("PlanarConfiguration", coding.planar_configuration)
    editor.set("BitsAllocated", pixel_format.bits_allocated)
    editor.set("BitsStored", pixel_format.bits_stored)
    editor.set("HighBit", pixel_format.bits_stored - 1)
    editor.set("PixelRepresentation", pixel_format.pixel_representation)
    if not coding.lossless:
        _declare_loss(editor, coding)


def remember_loss(editor: AttributeEditor, method: str, ratio: float) -> None:
    """State the loss of the source where its attributes forgot to; what they say is never taken back.

    Source: PS3.3 C.7.6.1.1.5.

    Parameters
    ----------
    editor : AttributeEditor
        Of the data set.
    method : str
        Lossy Image Compression Method of the source's own coding.
    ratio : float
        Size before that coding over size after it.
    """
    if editor.dataset.get("LossyImageCompression") != "01":
        editor.set("LossyImageCompression", "01")
        editor.append("LossyImageCompressionRatio", f"{ratio:.6g}")
        editor.append("LossyImageCompressionMethod", method)
        editor.warnings.append("the source did not say that its pixels had been compressed with loss; the result does")


def _declare_loss(editor: AttributeEditor, coding: Coding) -> None:
    """Write the history of a lossy coding, and make another object of it."""
    editor.set("LossyImageCompression", "01")
    editor.append("LossyImageCompressionRatio", f"{coding.ratio:.6g}")
    if coding.method:
        editor.append("LossyImageCompressionMethod", coding.method)
    for keyword in (
        "SmallestImagePixelValue",
        "LargestImagePixelValue",
        "SmallestPixelValueInSeries",
        "LargestPixelValueInSeries",
    ):
        editor.remove(keyword)
    if "PixelPaddingValue" in editor.dataset:
        editor.warnings.append("Pixel Padding Value (0028,0120) no longer marks exact values after a lossy coding")
    derive(
        editor,
        f"Lossy compression {coding.method or ''}, ratio {coding.ratio:.3g}:1",
        ("113040", "Lossy Compression"),
        ("121320", "Uncompressed predecessor"),
    )


def derive(
    editor: AttributeEditor,
    description: str,
    code: tuple[str, str] | None = None,
    purpose: tuple[str, str] = ("121322", "Source image for image processing operation"),
) -> None:
    """Make the data set another object, derived from what it was.

    Source: PS3.3 C.7.6.1.1.2 (Image Type), C.7.6.1.1.3 (Derivation Description), C.12.4 (source image references),
    C.8.16.1.1 (Frame Type); the codes are of PS3.16 CID 7203 (derivation) and CID 7202 (purpose of reference).
    """
    dataset = editor.dataset
    types = dataset.get("ImageType") or []
    types = [types] if isinstance(types, str) else list(types)
    editor.set("ImageType", ["DERIVED", *(types[1:] or ["PRIMARY"])])
    earlier = dataset.get("DerivationDescription")
    editor.set("DerivationDescription", f"{earlier}; {description}"[-1024:] if earlier else description)
    if code is not None:
        dataset.DerivationCodeSequence = [*(dataset.get("DerivationCodeSequence") or []), _code(*code)]
        editor.changes.append(f"{_name('DerivationCodeSequence')}: {code[1]} added")
    _set_frame_types(editor)
    source = Dataset()
    source.ReferencedSOPClassUID = dataset.get("SOPClassUID")
    source.ReferencedSOPInstanceUID = dataset.get("SOPInstanceUID")
    source.PurposeOfReferenceCodeSequence = [_code(*purpose)]
    dataset.SourceImageSequence = [*(dataset.get("SourceImageSequence") or []), source]
    editor.changes.append(f"{_name('SourceImageSequence')}: the source added")
    editor.set("SOPInstanceUID", generate_uid(prefix=None))


def _code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item


def _set_frame_types(editor: AttributeEditor) -> None:
    """Call frames derived, where functional groups tell the type of each."""
    changed = 0
    groups = ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")
    for group in (item for keyword in groups for item in editor.dataset.get(keyword) or ()):
        for item in (one for element in group if element.VR == "SQ" for one in element.value or ()):
            types = item.get("FrameType")
            if types and types[0] != "DERIVED":
                item.FrameType = ["DERIVED", *types[1:]]
                changed += 1
    if changed:
        editor.changes.append(f"{_name('FrameType')}: DERIVED in {changed} functional groups")


def report_signatures(editor: AttributeEditor) -> None:
    """Report digital signatures, which cover bytes that may no longer be there (PS3.3 C.12.1.1.3)."""
    if "DigitalSignaturesSequence" in editor.dataset or "MACParametersSequence" in editor.dataset:
        editor.warnings.append("digital signatures over changed attributes or pixel data hold no longer")


def _name(keyword: str) -> str:
    tag = Tag(tag_for_keyword(keyword) or 0)
    return f"({tag.group:04X},{tag.element:04X}) {dictionary_description(tag)}"


def _text(value: Any) -> str:
    """Return a value as DICOM writes it."""
    if value is None:
        return "absent"
    return "\\".join(str(one) for one in value) if isinstance(value, list | MultiValue) else str(value)
