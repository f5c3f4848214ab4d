"""What a data set must say differently once its pixels are encoded differently."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydicom.datadict import dictionary_description, tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.tag import Tag
from pydicom.uid import generate_uid

from pacscore.errors import DicomError, UnsupportedError
from pacscore.pixel_format import PixelFormat

__all__ = ["AttributeEditor", "Coding", "derive", "identify", "refuse_floats", "update_attributes"]

_ALWAYS_LOSSY = {
    "1.2.840.10008.1.2.4.50": "ISO_10918_1",
    "1.2.840.10008.1.2.4.51": "ISO_10918_1",
    "1.2.840.10008.1.2.4.53": "ISO_10918_1",
    "1.2.840.10008.1.2.4.55": "ISO_10918_1",
}
"""Transfer syntaxes that lose something whatever the codestream says, and the method's name."""


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


def refuse_floats(pixel_format: PixelFormat) -> None:
    """Raise UnsupportedError for Float and Double Float Pixel Data, which have no encapsulated form (PS3.5 A.4)."""
    if pixel_format.is_float:
        raise UnsupportedError(
            "Float and Double Float Pixel Data cannot be encapsulated, and pacscore does not rewrite them",
            feature="transcoding of floating-point pixel data",
            clause="PS3.5 A.4",
        )


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


def update_attributes(editor: AttributeEditor, coding: Coding, transfer_syntax_before: str) -> None:
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
    _remember_earlier_loss(editor, transfer_syntax_before)
    if not coding.lossless:
        _declare_loss(editor, coding)
    _look_for_signatures(editor)


def _remember_earlier_loss(editor: AttributeEditor, transfer_syntax: str) -> None:
    """State the loss of the source where its attributes forgot to; what they say is never taken back."""
    method = _ALWAYS_LOSSY.get(transfer_syntax)
    if method and editor.dataset.get("LossyImageCompression") != "01":
        editor.set("LossyImageCompression", "01")
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
        editor, f"Lossy compression {coding.method or ''}, ratio {coding.ratio:.3g}:1", ("113040", "Lossy Compression")
    )


def derive(editor: AttributeEditor, description: str, code: tuple[str, str] | None = None) -> None:
    """Make the data set another object, derived from what it was.

    Source: PS3.3 C.7.6.1.1.2 (Image Type), C.7.6.1.1.3 (Derivation Description), C.12.4 (source image references);
    the code is of PS3.16 CID 7203.
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
    source = Dataset()
    source.ReferencedSOPClassUID = dataset.get("SOPClassUID")
    source.ReferencedSOPInstanceUID = dataset.get("SOPInstanceUID")
    dataset.SourceImageSequence = [*(dataset.get("SourceImageSequence") or []), source]
    editor.changes.append(f"{_name('SourceImageSequence')}: the source added")
    editor.set("SOPInstanceUID", generate_uid(prefix=None))


def _code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item


def _look_for_signatures(editor: AttributeEditor) -> None:
    """Report digital signatures, which cover bytes that are no longer there (PS3.3 C.12.1.1.3)."""
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
