"""The Part 1 block coder, word for word and slowly: the yardstick of the C kernels.

One loop over samples a pass, one function a rule; nothing is packed or looked up ahead. `mq_states.csv`,
`zc_contexts.csv` and `sc_contexts.csv` are T.800 Tables C.2, D.1 and D.3.

Source: T.800 Annexes C and D.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

BYPASS, RESET, TERMALL, CAUSAL, PREDICTABLE, SEGMENTATION_SYMBOLS = (1 << n for n in range(6))
RUN, UNIFORM = 17, 18
Segment = tuple[bytes, int, bool]


class BadBlockError(Exception):
    """The block contradicts the standard."""


def _read(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(newline="") as file:
        return list(csv.DictReader(file))


STATES = [tuple(int(row[name]) for name in ("qe", "nmps", "nlps", "switch")) for row in _read("mq_states.csv")]
ZERO_CODING = {
    (row["band"], *(int(row[name]) for name in ("sum_h", "sum_v", "sum_d"))): int(row["ctx"])
    for row in _read("zc_contexts.csv")
}
SIGN_CODING = {
    (int(row["h_contribution"]), int(row["v_contribution"])): (int(row["ctx"]), int(row["xor_bit"]))
    for row in _read("sc_contexts.csv")
}


class Contexts:
    """States of the 19 contexts. T.800 Table D.7."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.index = [0] * 19
        self.mps = [0] * 19
        self.index[0], self.index[RUN], self.index[UNIFORM] = 4, 3, 46


class Coder(Protocol):
    """Codes one decision: a decoder returns what it finds, an encoder what it is given."""

    def code(self, context: int, decision: int) -> int: ...


class MQDecoder:
    """T.800 C.3, figure by figure."""

    def __init__(self, data: bytes, contexts: Contexts) -> None:
        self.data, self.at, self.contexts = data, 0, contexts
        self.c = self._byte(0) << 16
        self._byte_in()
        self.c <<= 7
        self.ct -= 7
        self.a = 0x8000

    def _byte(self, at: int) -> int:
        return self.data[at] if at < len(self.data) else 0xFF

    def _byte_in(self) -> None:
        following = self._byte(self.at + 1)
        if self._byte(self.at) != 0xFF:
            self.at += 1
            self.c += following << 8
            self.ct = 8
        elif following > 0x8F:
            self.c += 0xFF00
            self.ct = 8
        else:
            self.at += 1
            self.c += following << 9
            self.ct = 7

    def _renormalise(self) -> None:
        while True:
            if self.ct == 0:
                self._byte_in()
            self.a <<= 1
            self.c = self.c << 1 & 0xFFFFFFFF
            self.ct -= 1
            if self.a & 0x8000:
                return

    def _move(self, context: int, is_mps: bool) -> int:
        _, after_mps, after_lps, switch = STATES[self.contexts.index[context]]
        mps = self.contexts.mps[context]
        if is_mps:
            self.contexts.index[context] = after_mps
            return mps
        self.contexts.mps[context] ^= switch
        self.contexts.index[context] = after_lps
        return 1 - mps

    def code(self, context: int, decision: int = 0) -> int:
        qe = STATES[self.contexts.index[context]][0]
        self.a -= qe
        exchanged = self.a < qe
        if self.c >> 16 < qe:
            self.a = qe
            bit = self._move(context, exchanged)
        else:
            self.c -= qe << 16
            if self.a & 0x8000:
                return self.contexts.mps[context]
            bit = self._move(context, not exchanged)
        self._renormalise()
        return bit


class ExactMQDecoder(MQDecoder):
    """The same arithmetic on the segment as one number: carries go in at once.

    It differs from the figures of C.3 only for bytes that no MQ encoder makes.
    """

    def __init__(self, data: bytes, contexts: Contexts) -> None:
        self.contexts = contexts
        code, bits, after_ff = 0, 1, False
        for byte in data:
            if after_ff and byte > 0x8F:
                break
            code = (code << (7 if after_ff else 8)) + byte
            bits += 7 if after_ff else 8
            after_ff = byte == 0xFF
        self.code_bits, self.bits = code, bits
        self.a, self.used = 0x8000, 16
        self.c = self._take(0, 16)

    def _take(self, high: int, count: int) -> int:
        """Return `high` and the next bits after it; ones behind the end."""
        low = max(0, self.bits - self.used)
        if self.used <= self.bits:
            return (high << count) + (self.code_bits >> low & (1 << count) - 1)
        ones = min(count, self.used - self.bits)
        return (high << count) + ((self.code_bits << ones) + (1 << ones) - 1 & (1 << count) - 1)

    def _renormalise(self) -> None:
        while not self.a & 0x8000:
            self.a <<= 1
            self.used += 1
            self.c = self._take(self.c, 1) & 0xFFFF

    def code(self, context: int, decision: int = 0) -> int:
        qe = STATES[self.contexts.index[context]][0]
        self.a -= qe
        exchanged = self.a < qe
        if self.c < qe:
            self.a = qe
            bit = self._move(context, exchanged)
        else:
            self.c -= qe
            if self.a & 0x8000:
                return self.contexts.mps[context]
            bit = self._move(context, not exchanged)
        self._renormalise()
        return bit


class RawDecoder:
    """T.800 D.6."""

    def __init__(self, data: bytes) -> None:
        self.bits = self._read(data)
        self.used = 0

    @staticmethod
    def _read(data: bytes) -> Iterator[int]:
        before = 0
        for byte in data:
            if before == 0xFF and byte > 0x8F:
                break
            yield from (byte >> n & 1 for n in range(6 if before == 0xFF else 7, -1, -1))
            before = byte
        while True:
            yield 1

    def code(self, context: int, decision: int = 0) -> int:
        self.used += 1
        return next(self.bits)


class Block:
    """Samples of a block and the passes over them, for whichever coder; `magnitudes` and `signs` are coded or found."""

    def __init__(self, width: int, height: int, style: int, band: str) -> None:
        self.width, self.height, self.style, self.band = width, height, style, band
        self.magnitudes = [[0] * width for _ in range(height)]
        self.signs = [[0] * width for _ in range(height)]
        self.significant = [[False] * width for _ in range(height)]
        self.visited = [[False] * width for _ in range(height)]
        self.refined = [[False] * width for _ in range(height)]
        self.lowest = [[0] * width for _ in range(height)]

    def scan(self) -> Iterator[tuple[int, int]]:
        for top in range(0, self.height, 4):
            for x in range(self.width):
                for y in range(top, min(top + 4, self.height)):
                    yield y, x

    def neighbour(self, y: int, x: int, dy: int, dx: int) -> tuple[bool, int]:
        """Significance of a neighbour, and its sign as 1 or -1."""
        outside = not (0 <= y + dy < self.height and 0 <= x + dx < self.width)
        below_stripe = dy == 1 and y % 4 == 3
        if outside or (below_stripe and self.style & CAUSAL):
            return False, 0
        return self.significant[y + dy][x + dx], 1 - 2 * self.signs[y + dy][x + dx]

    def count(self, y: int, x: int, places: list[tuple[int, int]]) -> int:
        return sum(self.neighbour(y, x, *place)[0] for place in places)

    def zero_context(self, y: int, x: int) -> int:
        horizontal = self.count(y, x, [(0, -1), (0, 1)])
        vertical = self.count(y, x, [(-1, 0), (1, 0)])
        diagonal = self.count(y, x, [(-1, -1), (-1, 1), (1, -1), (1, 1)])
        return ZERO_CODING[self.band, horizontal, vertical, diagonal]

    def contribution(self, y: int, x: int, places: list[tuple[int, int]]) -> int:
        return max(-1, min(1, sum(s * v for s, v in (self.neighbour(y, x, *place) for place in places))))

    def code_sign(self, coder: Coder, y: int, x: int, plane: int, raw: bool) -> None:
        context, flip = SIGN_CODING[
            self.contribution(y, x, [(0, -1), (0, 1)]), self.contribution(y, x, [(-1, 0), (1, 0)])
        ]
        if raw:
            context, flip = 0, 0
        self.signs[y][x] = coder.code(context, self.signs[y][x] ^ flip) ^ flip
        self.significant[y][x] = True
        self.magnitudes[y][x] |= 1 << plane
        self.lowest[y][x] = plane

    def bit(self, y: int, x: int, plane: int) -> int:
        return self.magnitudes[y][x] >> plane & 1

    def significance(self, coder: Coder, plane: int, raw: bool) -> None:
        for y, x in self.scan():
            context = self.zero_context(y, x)
            if self.significant[y][x] or context == 0:
                continue
            self.visited[y][x] = True
            if coder.code(context, self.bit(y, x, plane)):
                self.code_sign(coder, y, x, plane, raw)

    def refinement(self, coder: Coder, plane: int) -> None:
        for y, x in self.scan():
            if not self.significant[y][x] or self.visited[y][x]:
                continue
            context = 16 if self.refined[y][x] else 15 if self.zero_context(y, x) else 14
            self.magnitudes[y][x] |= coder.code(context, self.bit(y, x, plane)) << plane
            self.refined[y][x] = True
            self.lowest[y][x] = plane

    def may_run(self, y: int, x: int) -> bool:
        rows = range(y, y + 4)
        return (
            y % 4 == 0
            and y + 4 <= self.height
            and not any(self.significant[row][x] or self.visited[row][x] or self.zero_context(row, x) for row in rows)
        )

    def run(self, coder: Coder, y: int, x: int, plane: int) -> int:
        """Code how many samples from the top of a column on stay insignificant."""
        zeros = next((n for n in range(4) if self.bit(y + n, x, plane)), 4)
        if not coder.code(RUN, int(zeros < 4)):
            return 4
        high = coder.code(UNIFORM, zeros >> 1)
        return 2 * high + coder.code(UNIFORM, zeros & 1)

    def cleanup(self, coder: Coder, plane: int) -> None:
        skip_until = -1
        for y, x in self.scan():
            if y % 4 == 0:
                skip_until = -1
                if self.may_run(y, x):
                    zeros = self.run(coder, y, x, plane)
                    skip_until = y + zeros
                    if zeros < 4:
                        self.code_sign(coder, y + zeros, x, plane, raw=False)
            if y <= skip_until or self.significant[y][x] or self.visited[y][x]:
                continue
            if coder.code(self.zero_context(y, x), self.bit(y, x, plane)):
                self.code_sign(coder, y, x, plane, raw=False)
        self.visited = [[False] * self.width for _ in range(self.height)]
        if self.style & SEGMENTATION_SYMBOLS and [coder.code(UNIFORM, bit) for bit in (1, 0, 1, 0)] != [1, 0, 1, 0]:
            raise BadBlockError("segmentation symbol")

    def code_pass(self, coder: Coder, number: int, plane: int) -> None:
        raw = is_raw(self.style, number)
        if number % 3 == 1:
            self.significance(coder, plane, raw)
        elif number % 3 == 2:
            self.refinement(coder, plane)
        else:
            self.cleanup(coder, plane)


def is_raw(style: int, number: int) -> bool:
    return bool(style & BYPASS) and number >= 10 and number % 3 != 0


def ends_segment(style: int, number: int) -> bool:
    """Whether a codeword segment ends with the pass, if others follow. T.800 Table D.9."""
    if style & TERMALL:
        return True
    return bool(style & BYPASS) and number >= 9 and number % 3 != 1


def join(segments: list[Segment]) -> list[tuple[bytes, int]]:
    """Whole codeword segments and their passes."""
    joined: list[tuple[bytes, int]] = []
    for number, (data, passes, opens) in enumerate(segments):
        before = (b"", 0) if opens or not number else joined.pop()
        joined.append((before[0] + data, before[1] + passes))
    return joined


def decode(
    segments: list[Segment],
    *,
    width: int,
    height: int,
    missing_bitplanes: int,
    magnitude_bitplanes: int,
    style: int = 0,
    orientation: int = 0,
    decoder: type[MQDecoder] = MQDecoder,
) -> Block:
    """The block with what its segments hold."""
    block = Block(width, height, style, ["LL", "HL", "LH", "HH"][orientation])
    planes = magnitude_bitplanes - missing_bitplanes
    total = sum(passes for _, passes, _ in segments)
    if planes < 0 or total > max(0, 3 * planes - 2):
        raise BadBlockError("passes")
    contexts = Contexts()
    number = 0
    for data, passes in join(segments):
        coder: Any = RawDecoder(data) if is_raw(style, number) else decoder(data, contexts)
        for _ in range(passes):
            block.code_pass(coder, number, planes - 1 - (number + 2) // 3)
            number += 1
            if style & RESET:
                contexts.reset()
    return block
