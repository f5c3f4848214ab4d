"""What a decoder of Part 1 code-blocks can find wrong in their bytes, word for word and slowly.

Predictable termination is checked by encoding again what was decoded: the encoder's bytes must be those of the segment.

Source: T.800 D.4.1, D.4.2, D.5.
"""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

from tests.reference.part1_block import (
    PREDICTABLE,
    RESET,
    SEGMENTATION_SYMBOLS,
    BadBlockError,
    Block,
    Contexts,
    ExactMQDecoder,
    RawDecoder,
    Segment,
    ends_segment,
    is_raw,
    join,
)
from tests.reference.part1_block_encoder import MQEncoder, RawEncoder


class Checked(NamedTuple):
    """A block, the first flaw of its bytes, and how many planes were decoded, the last perhaps in part."""

    block: Block
    flaw: str | None
    planes: int


class _Recoder:
    """Decodes a segment, and encodes it again."""

    def __init__(self, data: bytes, contexts: Contexts, raw: bool) -> None:
        self.data, self.raw = data, raw
        self.contexts = copy.deepcopy(contexts)
        self.decoder: Any = RawDecoder(data) if raw else ExactMQDecoder(data, contexts)
        self.encoder: Any = RawEncoder() if raw else MQEncoder(self.contexts)

    def code(self, context: int, decision: int) -> int:
        bit = self.decoder.code(context)
        self.encoder.code(context, bit)
        return bit

    def bits(self) -> int:
        """How many there are up to a marker; those of the MQ coder begin with one that takes a carry."""
        count, before = 0 if self.raw else 1, 0
        for byte in self.data:
            if before == 0xFF and byte > 0x8F:
                break
            count += 7 if before == 0xFF else 8
            before = byte
        return count

    def left(self) -> int:
        """How many bits no decision has needed; the MQ coder looks 16 ahead."""
        return self.bits() - (self.decoder.used if self.raw else self.decoder.used - 16)

    def has_marker(self) -> bool:
        return any(first == 0xFF and second > 0x8F for first, second in zip(self.data, self.data[1:], strict=False))

    def is_as_predicted(self) -> bool:
        expected = self.encoder.flush_predictably()
        if self.raw:  # a last FF may stay: then seven bits follow it
            return self.data in (expected, expected + b"\xff\x2a")
        return self.data == expected


class _Checker:
    def __init__(self, block: Block, planes: int) -> None:
        self.block, self.planes, self.contexts = block, planes, Contexts()
        self.pass_number = 0
        self.whole: list[Block] = [copy.deepcopy(block)]  # by how many planes it has

    def is_terminated(self) -> bool:
        return ends_segment(self.block.style, self.pass_number - 1) or self.pass_number == 3 * self.planes - 2

    def go_back(self, planes: int, flaw: str) -> Checked:
        return Checked(self.whole[planes], flaw, planes)

    def run_pass(self, coder: _Recoder, is_last: bool) -> Checked | None:
        index = (self.pass_number + 2) // 3
        is_wrong = False
        try:
            self.block.code_pass(coder, self.pass_number, self.planes - 1 - index)
        except BadBlockError:
            is_wrong = True
        self.pass_number += 1
        if is_wrong and not (is_last and not self.is_terminated() and coder.left() < 16):
            return self.go_back(index, "segmentation symbol")
        if self.block.style & RESET:
            self.contexts.reset()
            coder.contexts.reset()
        if coder.has_marker() and coder.left() < 0:
            return self.go_back(index, "marker")
        if self.pass_number % 3 == 1:
            self.whole.append(copy.deepcopy(self.block))
        return None

    def run_segment(self, data: bytes, passes: int) -> Checked | None:
        first, style = self.pass_number, self.block.style
        coder = _Recoder(data, self.contexts, is_raw(style, first))
        for number in range(passes):
            if found := self.run_pass(coder, number == passes - 1):
                return found
        if style & PREDICTABLE and data and passes and self.is_terminated() and not coder.is_as_predicted():
            from_start = first == 0 and not style & SEGMENTATION_SYMBOLS
            return self.go_back(0 if from_start else (self.pass_number + 1) // 3, "predictable termination")
        return None

    def decoded(self) -> int:
        return (self.pass_number + 4) // 3 if self.pass_number else 0


def decode_and_check(
    segments: list[Segment],
    *,
    width: int,
    height: int,
    missing_bitplanes: int,
    magnitude_bitplanes: int,
    style: int = 0,
    orientation: int = 0,
) -> Checked:
    """Decode until a flaw is found, and keep the planes before it."""
    planes = magnitude_bitplanes - missing_bitplanes
    total = sum(passes for _, passes, _ in segments)
    if planes < 0 or total > max(0, 3 * planes - 2):
        raise BadBlockError("passes")
    checker = _Checker(Block(width, height, style, ["LL", "HL", "LH", "HH"][orientation]), planes)
    for data, passes in join(segments):
        if found := checker.run_segment(data, passes):
            return found
    return Checked(checker.block, None, checker.decoded())
