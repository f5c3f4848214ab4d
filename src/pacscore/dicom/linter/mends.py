"""What is done about each rule that can be mended.

Labels are made to tell the truth about the frames; the coded data of a frame stays as it is, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable

from pydicom.dataelem import DataElement

from pacscore.dicom.linter.codestream_rules import photometric_of
from pacscore.dicom.linter.draft import Draft
from pacscore.dicom.linter.history_rules import values_of
from pacscore.dicom.linter.native_rules import extremes
from pacscore.dicom.linter.pixel_rules import OF_SIGN
from pacscore.dicom.linter.true_syntax import true_syntax

__all__ = ["MENDS"]

Mend = Callable[[Draft], None]

_EXPLICIT = "1.2.840.10008.1.2.1"


def _by_writing(_: Draft) -> None:
    """Do nothing: the copy is written as the rule asks, whatever the object was like."""


def _relabel(draft: Draft) -> None:
    subject = draft.subject
    true = true_syntax(subject.transfer_syntax, subject.every_coded_frame())
    if true is None:
        draft.editor.warnings.append("the frames are of no one transfer syntax: its name is left")
    else:
        draft.transfer_syntax = true


def _name_native(draft: Draft) -> None:
    draft.transfer_syntax = _EXPLICIT


def _bare_frames(draft: Draft) -> None:
    draft.bare = True


def _end_frames(draft: Draft) -> None:
    draft.end = True


def _set_precision(draft: Draft) -> None:
    bits = max(frame.precision for frame in draft.subject.every_coded_frame())
    if draft.subject.stored is not None and bits <= draft.subject.stored.bits_allocated:
        draft.editor.set("BitsStored", bits)
        draft.editor.set("HighBit", bits - 1)


def _set_photometric(draft: Draft) -> None:
    labels = set()
    for frame in draft.subject.every_coded_frame():
        if frame.codestream is not None:
            labels.add(photometric_of(frame.codestream))
        elif frame.jpeg is not None:
            shared = frame.jpeg.header.sampling[0] != (1, 1)
            labels.add("RGB" if frame.jpeg.header.colour == "RGB" else "YBR_FULL_422" if shared else "YBR_FULL")
    if len(labels) == 1:
        draft.editor.set("PhotometricInterpretation", labels.pop())
    else:
        draft.editor.warnings.append("the frames are of several colour spaces: Photometric Interpretation is left")


def _set_full_chroma(draft: Draft) -> None:
    draft.editor.set("PhotometricInterpretation", "YBR_FULL")


def _set_high_bit(draft: Draft) -> None:
    stored = draft.subject.stored
    if stored is not None:
        draft.editor.set("HighBit", stored.bits_stored - 1)
    if not draft.subject.encapsulated:
        _clean_cells(draft)


def _clean_cells(draft: Draft) -> None:
    draft.clean_cells = True
    if draft.subject.stored is not None and draft.subject.stored.samples_per_pixel > 1:
        draft.editor.set("PlanarConfiguration", 0)


def _cut(draft: Draft) -> None:
    draft.cut = True


def _set_extremes(draft: Draft) -> None:
    stored = draft.subject.stored
    seen = None if stored is None else extremes(draft.subject, stored)
    if stored is None or seen is None:
        return
    signed = bool(stored.pixel_representation)
    for keyword, number in (("SmallestImagePixelValue", seen.smallest), ("LargestImagePixelValue", seen.largest)):
        if draft.editor.dataset.get(keyword) is not None:
            _set_word(draft, keyword, number, signed=signed)


def _set_signs(draft: Draft) -> None:
    stored = draft.subject.stored
    for keyword in OF_SIGN:
        number = draft.editor.dataset.get(keyword)
        if stored is not None and isinstance(number, int):
            _set_word(draft, keyword, number, signed=bool(stored.pixel_representation))


def _set_word(draft: Draft, keyword: str, number: int, *, signed: bool) -> None:
    """Give an attribute of 16 bits a value, with the VR of that sign."""
    dataset, word = draft.editor.dataset, number & 0xFFFF
    before, value = dataset[keyword], word - 0x10000 if signed and word & 0x8000 else word
    told = f"{before.tag} {before.name}: {before.VR} {before.value}"
    after = DataElement(before.tag, "SS" if signed else "US", value)
    if (before.VR, before.value) != (after.VR, after.value):
        dataset[keyword] = after
        draft.editor.changes.append(f"{told} -> {after.VR} {value}")


def _set_planes(draft: Draft) -> None:
    draft.editor.set("PlanarConfiguration", 0)


def _remove_planes(draft: Draft) -> None:
    draft.editor.remove("PlanarConfiguration")


def _set_unsigned(draft: Draft) -> None:
    draft.editor.set("PixelRepresentation", 0)


def _set_one_frame(draft: Draft) -> None:
    draft.editor.set("NumberOfFrames", 1)


def _tell_loss(draft: Draft) -> None:
    subject, editor = draft.subject, draft.editor
    editor.set("LossyImageCompression", "01")
    lossy = next((frame for frame in subject.coded_frames if frame.lossy_method), None)
    methods = [str(method) for method in values_of(subject, "LossyImageCompressionMethod")]
    if lossy is None or subject.stored is None or lossy.lossy_method in methods or draft.loss_told:
        return
    ratio = subject.stored.native_bits / 8 / max(lossy.length, 1)
    editor.append("LossyImageCompressionRatio", f"{ratio:.6g}")
    editor.append("LossyImageCompressionMethod", lossy.lossy_method)
    draft.loss_told = True


MENDS: dict[str, Mend] = {
    **dict.fromkeys(("PAC005", "PAC006", "PAC007", "PAC008", "PAC009", "PAC010", "PAC012", "PAC013"), _by_writing),
    **dict.fromkeys(("PAC101", "PAC102", "PAC103", "PAC104", "PAC105", "PAC106", "PAC107"), _relabel),
    "PAC108": _bare_frames,
    "PAC110": _set_precision,
    **dict.fromkeys(("PAC112", "PAC113", "PAC114"), _set_photometric),
    "PAC117": _end_frames,
    "PAC118": _bare_frames,
    **dict.fromkeys(("PAC201", "PAC202", "PAC209", "PAC214"), _relabel),
    "PAC204": _set_precision,
    **dict.fromkeys(("PAC205", "PAC212"), _set_photometric),
    "PAC208": _bare_frames,
    "PAC301": _name_native,
    "PAC302": _relabel,
    **dict.fromkeys(("PAC303", "PAC304", "PAC310", "PAC311", "PAC314"), _by_writing),
    "PAC315": _set_one_frame,
    **dict.fromkeys((f"PAC{number}" for number in range(321, 329)), _by_writing),
    "PAC404": _set_high_bit,
    "PAC406": _set_planes,
    "PAC407": _remove_planes,
    "PAC408": _set_planes,
    "PAC409": _set_unsigned,
    "PAC411": _cut,
    "PAC412": _set_full_chroma,
    "PAC414": _clean_cells,
    "PAC415": _set_extremes,
    "PAC416": _by_writing,
    "PAC417": _set_signs,
    **dict.fromkeys(("PAC501", "PAC503", "PAC504", "PAC507"), _tell_loss),
}
"""By the number of the rule; the rule itself says it in words."""
