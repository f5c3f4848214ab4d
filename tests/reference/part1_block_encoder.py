"""The Part 1 block encoder, word for word and slowly: it makes the blocks that the decoders are tried on.

Source: T.800 C.2 (MQ encoder), D.4 (terminations), D.6 (bypass).
"""

from __future__ import annotations

from typing import Any

from tests.reference.part1_block import PREDICTABLE, RESET, STATES, Block, Contexts, Segment, ends_segment, is_raw


class MQEncoder:
    """T.800 C.2, figure by figure; the first byte out is a dummy."""

    def __init__(self, contexts: Contexts) -> None:
        self.contexts = contexts
        self.a, self.c, self.ct, self.out = 0x8000, 0, 12, [0]

    def _byte_out(self) -> None:
        if self.out[-1] != 0xFF and self.c >= 0x8000000:
            self.out[-1] += 1
            self.c &= 0x7FFFFFF
        if self.out[-1] == 0xFF:
            self.out.append(self.c >> 20)
            self.c &= 0xFFFFF
            self.ct = 7
        else:
            self.out.append(self.c >> 19)
            self.c &= 0x7FFFF
            self.ct = 8

    def _renormalise(self) -> None:
        while True:
            self.a <<= 1
            self.c <<= 1
            self.ct -= 1
            if self.ct == 0:
                self._byte_out()
            if self.a & 0x8000:
                return

    def code(self, context: int, decision: int) -> int:
        index, mps = self.contexts.index[context], self.contexts.mps[context]
        qe, after_mps, after_lps, switch = STATES[index]
        self.a -= qe
        exchanged = self.a < qe
        is_mps = decision == mps
        if is_mps and self.a & 0x8000:
            self.c += qe
            return decision
        if is_mps != exchanged:
            self.c += qe
        else:
            self.a = qe
        self.contexts.index[context] = after_mps if is_mps else after_lps
        if not is_mps:
            self.contexts.mps[context] ^= switch
        self._renormalise()
        return decision

    def flush(self) -> bytes:
        top = self.c + self.a
        self.c |= 0xFFFF
        if self.c >= top:
            self.c -= 0x8000
        for _ in range(2):
            self.c <<= self.ct
            self._byte_out()
        if self.out[-1] == 0xFF:
            self.out.pop()
        return bytes(self.out[1:])

    def flush_predictably(self) -> bytes:
        """T.800 D.4.2: the code as it is, so far as the decoder's register needs it."""
        left = 12 - self.ct
        while left > 0:
            self.c <<= self.ct
            self._byte_out()
            left -= self.ct
        self._byte_out()
        out = self.out[1:-1]
        return bytes(out[:-1] if out and out[-1] == 0xFF else out)


class RawEncoder:
    """Bits from the highest on, seven after FF; zeros fill up, or in predictable termination zeros and ones in turn."""

    def __init__(self) -> None:
        self.bits: list[int] = []

    def code(self, context: int, decision: int) -> int:
        self.bits.append(decision)
        return decision

    def flush_predictably(self) -> bytes:
        return self.flush((0, 1) * 4)

    def flush(self, filling: tuple[int, ...] = (0,) * 8) -> bytes:
        out: list[int] = []
        at = 0
        while at < len(self.bits):
            count = 7 if out and out[-1] == 0xFF else 8
            taken = self.bits[at : at + count]
            out.append(int("".join(map(str, taken + list(filling[: count - len(taken)]))), 2))
            at += count
        if out and out[-1] == 0xFF:
            out.pop()
        return bytes(out)


def encode(
    magnitudes: list[list[int]], signs: list[list[int]], *, planes: int, passes: int, style: int, band: str
) -> list[Segment]:
    """The segments of so many passes over the lowest `planes` planes."""
    block = Block(len(magnitudes[0]), len(magnitudes), style, band)
    block.magnitudes = [list(row) for row in magnitudes]
    block.signs = [list(row) for row in signs]
    contexts = Contexts()
    segments: list[Segment] = []
    coder: Any = None
    first = 0
    for number in range(passes):
        if coder is None:
            coder, first = RawEncoder() if is_raw(style, number) else MQEncoder(contexts), number
        block.code_pass(coder, number, planes - 1 - (number + 2) // 3)
        if style & RESET:
            contexts.reset()
        if ends_segment(style, number) or number == passes - 1:
            ending = coder.flush_predictably() if style & PREDICTABLE else coder.flush()
            segments.append((ending, number + 1 - first, True))
            coder = None
    return segments
