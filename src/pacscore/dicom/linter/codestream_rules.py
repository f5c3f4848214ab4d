"""Rules about JPEG 2000 codestreams: against the transfer syntax, the attributes, and their own standard."""

from __future__ import annotations

from collections.abc import Iterator

from pacscore.dicom.linter.coded_frame import CodedFrame, begins_frame
from pacscore.dicom.linter.codestream_facts import CodestreamFacts
from pacscore.dicom.linter.finding import Finding
from pacscore.dicom.linter.rule import Rule
from pacscore.dicom.linter.subject import Subject
from pacscore.dicom.linter.true_syntax import LARGEST_BASE, RPCL
from pacscore.pixel_format import PixelFormat

__all__ = ["CHECKS", "MULTI_COMPONENT", "NO_ROOM", "PART_2", "photometric_of"]

_PREFIX = "1.2.840.10008.1.2.4."
_LOSSLESS_ONLY = frozenset({f"{_PREFIX}90", f"{_PREFIX}92", f"{_PREFIX}201", RPCL})
_PART_1 = frozenset(f"{_PREFIX}{number}" for number in (90, 91, 92, 93))
_PART_15 = frozenset({f"{_PREFIX}201", RPCL, f"{_PREFIX}203"})

MULTI_COMPONENT = frozenset({f"{_PREFIX}92", f"{_PREFIX}93"})
"""Transfer syntaxes that allow the multi-component extensions of Part 2."""

_RELABEL = "The transfer syntax is named that the frames are of; their bytes stay."
_NO_TRANSFORM = frozenset({"RGB", "MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"})

LOSSY_UNDER_LOSSLESS = Rule(
    "PAC102",
    "error",
    "PS3.5 10.7, 10.18",
    "a codestream of the 9-7 filter under a lossless transfer syntax",
    "The object passes for lossless, and its pixels are not those that were acquired.",
    _RELABEL + " The loss is written down (PAC501).",
)
HT_UNDER_PART_1 = Rule(
    "PAC103",
    "error",
    "PS3.5 A.4.4",
    "a High-Throughput codestream under a transfer syntax of JPEG 2000 Part 1",
    "Decoders of Part 1 cannot read it.",
    _RELABEL,
)
PART_1_UNDER_HT = Rule(
    "PAC104",
    "error",
    "PS3.5 10.18",
    "a codestream of JPEG 2000 Part 1 under a transfer syntax of HTJ2K",
    "Decoders that know HTJ2K alone refuse it; it is read slowly by the others.",
    _RELABEL,
)
NOT_RPCL = Rule(
    "PAC105",
    "error",
    "PS3.5 10.18",
    "packets under HTJ2K Lossless RPCL come in another order",
    "A client that fetches the first bytes for a thumbnail gets a part of the full picture instead.",
    _RELABEL + " Transcoding to 1.2.840.10008.1.2.4.202 afterwards makes it what it claimed to be.",
)
NO_TLM = Rule(
    "PAC106",
    "error",
    "PS3.5 10.18",
    "no TLM marker segment under HTJ2K Lossless RPCL",
    "Without it nobody can tell from the header where a resolution ends.",
    _RELABEL + " Transcoding to 1.2.840.10008.1.2.4.202 afterwards makes it what it claimed to be.",
)
LARGE_BASE = Rule(
    "PAC107",
    "error",
    "PS3.5 10.18",
    "too few decomposition levels under HTJ2K Lossless RPCL",
    f"The lowest resolution must have at most {LARGEST_BASE} rows or columns, so that it serves as a thumbnail.",
    _RELABEL + " Transcoding to 1.2.840.10008.1.2.4.202 afterwards makes it what it claimed to be.",
)
USELESS_TLM = Rule(
    "PAC120",
    "note",
    "PS3.5 10.18",
    "TLM does not tell where resolutions end",
    "All resolutions are in one tile-part: the segment is there, as it must be, and of no use.",
)
BOXES = Rule(
    "PAC108",
    "error",
    "PS3.5 A.4.4",
    "boxes of a JP2 or JPH file around the codestream",
    "A frame is a bare codestream; decoders that expect one fail at the first byte.",
    "The boxes are taken away. What they say of colour counts for nothing in a DICOM object.",
)
SIZE = Rule(
    "PAC109",
    "error",
    "PS3.5 8.2.4",
    "the codestream is of another size, or has other components, than the attributes say",
    "Readers that go by the attributes take too little or too much memory, and may write beyond it.",
)
PRECISION = Rule(
    "PAC110",
    "warning",
    "PS3.5 8.2.4",
    "the codestream's precision is not Bits Stored",
    "Readers that mask or shift by Bits Stored show other values than those that go by the codestream.",
    "Bits Stored and High Bit are set to the codestream's precision.",
)
NO_ROOM = Rule(
    "PAC124",
    "error",
    "PS3.3 C.7.6.3.1",
    "a frame's samples have more bits than Bits Allocated",
    "Readers that go by Bits Allocated lose the upper bits, or write beyond their memory.",
)
SIGN = Rule(
    "PAC111",
    "warning",
    "PS3.5 8.2.4",
    "the codestream's samples are signed, and Pixel Representation says unsigned, or the other way round",
    "Readers that go by the codestream show other values than those that go by the attribute.",
)
NO_TRANSFORM = Rule(
    "PAC112",
    "error",
    "PS3.3 C.7.6.3.1.2",
    "YBR_RCT or YBR_ICT, but the codestream uses no component transform",
    "Readers that convert by the label turn right colours pink and green.",
    "Photometric Interpretation becomes RGB: without a transform samples are what was put in.",
)
TRANSFORM_UNNAMED = Rule(
    "PAC113",
    "error",
    "PS3.3 C.7.6.3.1.2",
    "the codestream uses a component transform, and Photometric Interpretation is RGB",
    "Readers that leave the transform undone, as the label asks, show a green picture.",
    "Photometric Interpretation becomes YBR_RCT or YBR_ICT.",
)
OTHER_TRANSFORM = Rule(
    "PAC114",
    "error",
    "PS3.3 C.7.6.3.1.2",
    "YBR_RCT under the 9-7 filter, or YBR_ICT under the 5-3 filter",
    "The label tells of a loss that there is not, or hides one that there is.",
    "Photometric Interpretation becomes that of the transform used.",
)
TRANSFORMED_YBR = Rule(
    "PAC115",
    "error",
    "PS3.3 C.7.6.3.1.2",
    "a component transform over samples that are not RGB",
    "Whether the colours are YCbCr or RGB after decoding cannot be told from the object.",
)
PART_2 = Rule(
    "PAC116",
    "error",
    "PS3.5 10.7",
    "the codestream announces extensions of JPEG 2000 Part 2",
    "Only the multi-component transfer syntaxes allow them, and there a frame may need others to be decoded.",
)
NO_EOC = Rule(
    "PAC117",
    "warning",
    "T.800 A.4.4",
    "the codestream has no EOC",
    "Readers that look for the end take the next item for a part of the frame, or call the frame cut short.",
    "EOC is added where the tile-parts are whole by their own lengths.",
)
BEHIND_EOC = Rule(
    "PAC118",
    "warning",
    "PS3.5 A.4",
    "bytes behind EOC that are no padding",
    "They belong to no frame; some decoders refuse them.",
    "They are cut off.",
)
DAMAGED = Rule(
    "PAC119",
    "error",
    "T.800 A.4.2",
    "tile-parts are damaged or cut short",
    "A part of the picture is missing, and most decoders do not say so.",
)
NO_CAP = Rule(
    "PAC121",
    "warning",
    "T.814 A.3",
    "HT code-blocks are not announced by Rsiz and CAP",
    "Decoders that look there for what they need refuse the codestream, or read it wrongly.",
)
COMPONENTS_DIFFER = Rule(
    "PAC122",
    "error",
    "PS3.5 8.2.4",
    "components of a frame differ in size, precision or sign",
    "The attributes can describe one size and one precision alone.",
)
WRONG_TLM = Rule(
    "PAC123",
    "error",
    "T.800 A.7.1",
    "TLM does not tell the lengths of the tile-parts",
    "A client that fetches by TLM gets bytes of other tile-parts.",
)


def check_syntax(subject: Subject) -> Iterator[Finding]:
    """Check what a codestream uses against what the transfer syntax allows."""
    syntax, known = subject.transfer_syntax, subject.true_syntax is not None
    for frame, facts in _codestreams(subject):
        if syntax in _LOSSLESS_ONLY and not facts.reversible:
            yield LOSSY_UNDER_LOSSLESS.found_in(
                frame, f"{syntax} is lossless only; the filter is the irreversible 9-7", fixable=known
            )
        if syntax in _PART_1 and facts.high_throughput:
            yield HT_UNDER_PART_1.found_in(frame, f"code-blocks are HT; {syntax} holds Part 1", fixable=known)
        if syntax in _PART_15 and not facts.high_throughput:
            yield PART_1_UNDER_HT.found_in(frame, f"no code-block is HT; {syntax} holds HTJ2K", fixable=known)
        if syntax == RPCL and facts.high_throughput:
            yield from _rpcl(facts, frame)
        if facts.siz.rsiz & 0x8000 and syntax not in MULTI_COMPONENT:
            yield PART_2.found_in(frame, f"Rsiz is {facts.siz.rsiz:04X}H")
        if facts.high_throughput and (not facts.siz.rsiz & 0x4000 or any("CAP" in note for note in facts.notes)):
            yield NO_CAP.found_in(frame, f"Rsiz is {facts.siz.rsiz:04X}H")


def _rpcl(facts: CodestreamFacts, frame: CodedFrame) -> Iterator[Finding]:
    if not facts.rpcl:
        yield NOT_RPCL.found_in(frame, "the progression order is not RPCL throughout")
    if facts.tlm == "none":
        yield NO_TLM.found_in(frame, "the main header has no TLM")
    rows, columns = facts.lowest_resolution
    if min(rows, columns) > LARGEST_BASE:
        levels = facts.decomposition_levels
        yield LARGE_BASE.found_in(frame, f"{levels} levels leave {rows} x {columns}")
    if facts.tlm == "right" and facts.tile_parts == 1 and facts.decomposition_levels:
        yield USELESS_TLM.found_in(frame, f"one tile-part holds {facts.decomposition_levels + 1} resolutions")


def check_structure(subject: Subject) -> Iterator[Finding]:
    """Check what is around the codestream, and whether it is whole."""
    for frame, facts in _codestreams(subject):
        if facts.boxed:
            yield BOXES.found_in(frame, "the frame is a file of boxes with the codestream inside")
        if facts.damage is not None:
            yield DAMAGED.found_in(frame, facts.damage)
        elif not facts.eoc:
            yield NO_EOC.found_in(frame, "every tile-part is there, EOC is not")
        if facts.behind and not begins_frame(facts.behind):
            yield BEHIND_EOC.found_in(frame, f"{facts.behind.hex(' ')} follows")
        if facts.tlm == "wrong":
            yield WRONG_TLM.found_in(
                frame, "its entries are other lengths, or another number, than the tile-parts' own"
            )


def check_attributes(subject: Subject) -> Iterator[Finding]:
    """Check the codestream against the Image Pixel attributes."""
    stored = subject.stored
    if stored is None:
        return
    for frame, facts in _codestreams(subject):
        components = {(one.ssiz, one.xrsiz, one.yrsiz) for one in facts.siz.components}
        mine = (facts.rows, facts.columns, facts.siz.csiz)
        theirs = (stored.rows, stored.columns, stored.samples_per_pixel)
        if mine != theirs:
            says = f"{mine[0]} x {mine[1]} of {mine[2]} components"
            what = f"SIZ says {says}, the data set {theirs[0]} x {theirs[1]} of {theirs[2]}"
            yield SIZE.found_in(frame, what, tag="(0028,0010)")
        if len(components) > 1:
            yield COMPONENTS_DIFFER.found_in(frame, f"there are {len(components)} kinds in {facts.siz.csiz} components")
        precision = max(facts.precisions)
        if precision > stored.bits_allocated:
            what = f"SIZ says {precision} bits, Bits Allocated {stored.bits_allocated}"
            yield NO_ROOM.found_in(frame, what, tag="(0028,0100)")
        elif precision != stored.bits_stored:
            what = f"SIZ says {precision} bits, Bits Stored {stored.bits_stored}"
            yield PRECISION.found_in(frame, what, tag="(0028,0101)")
        signed = any(one.signed for one in facts.siz.components)
        if signed != bool(stored.pixel_representation):
            kinds = "unsigned", "signed"
            what = f"SIZ says {kinds[signed]}, Pixel Representation {kinds[stored.pixel_representation]}"
            yield SIGN.found_in(frame, what, tag="(0028,0103)")
        yield from _colour(facts, stored, frame)


def _colour(facts: CodestreamFacts, stored: PixelFormat, frame: CodedFrame) -> Iterator[Finding]:
    label, tag = stored.photometric_interpretation, "(0028,0004)"
    if facts.siz.csiz < 3:
        return
    used = photometric_of(facts)
    if label in ("YBR_RCT", "YBR_ICT"):
        if not facts.component_transform:
            yield NO_TRANSFORM.found_in(frame, f"COD asks for no component transform; the label is {label}", tag=tag)
        elif label != used:
            yield OTHER_TRANSFORM.found_in(frame, f"the transform is that of {used}; the label is {label}", tag=tag)
    elif facts.component_transform and label == "RGB":
        yield TRANSFORM_UNNAMED.found_in(frame, f"COD asks for the transform of {used}; the label is RGB", tag=tag)
    elif facts.component_transform and label not in _NO_TRANSFORM:
        yield TRANSFORMED_YBR.found_in(frame, f"COD asks for a component transform; the label is {label}", tag=tag)


def photometric_of(facts: CodestreamFacts) -> str:
    """Return what Photometric Interpretation calls RGB that was coded so."""
    if not facts.component_transform:
        return "RGB"
    return "YBR_RCT" if facts.reversible else "YBR_ICT"


def _codestreams(subject: Subject) -> Iterator[tuple[CodedFrame, CodestreamFacts]]:
    for frame in subject.coded_frames:
        if frame.codestream is not None:
            yield frame, frame.codestream


CHECKS = (check_syntax, check_structure, check_attributes)
