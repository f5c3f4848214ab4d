"""The HT block coder, word for word and slowly: the yardstick of the C kernels.

Bits are Python integers in lists and generators; nothing is packed or looked up ahead. Samples are pairs of lists
(magnitudes, signs) by row. `ht_codewords.csv` lists the CxtVLC codewords of T.814 Annex C.

Source: T.814 clause 7.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

MEL_EXPONENTS = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5]
Plane = list[list[int]]


class BadBlockError(Exception):
    """The block contradicts the standard."""


def _read_codewords() -> list[dict[str, int]]:
    with Path(__file__).with_name("ht_codewords.csv").open(newline="") as file:
        return [{name: int(text) for name, text in row.items()} for row in csv.DictReader(file)]


CODEWORDS = _read_codewords()
BY_CODE = {(row["table"], row["c_q"], row["cwd_len"], row["cwd_lsb_first"]): row for row in CODEWORDS}


def low_first(byte: int, count: int) -> list[int]:
    return [byte >> n & 1 for n in range(count)]


def high_first(byte: int, count: int) -> list[int]:
    return low_first(byte, count)[::-1]


# ---- Bit streams, read ----


def forward_bits(data: bytes, past_end: int) -> Iterator[int]:
    """MagSgn and SigProp."""
    before = 0
    for byte in data:
        yield from low_first(byte, 7 if before == 0xFF else 8)
        before = byte
    yield from repeat(past_end)


def mel_bits(data: bytes) -> Iterator[int]:
    before = 0
    for byte in chain(data, repeat(0xFF)):
        yield from high_first(byte, 7 if before == 0xFF else 8)
        before = byte


def backward_bits(data: bytes) -> Iterator[int]:
    """VLC and MagRef."""
    before = 0xFF
    for byte in reversed(data):
        yield from low_first(byte, 7 if before > 0x8F and byte & 0x7F == 0x7F else 8)
        before = byte
    yield from repeat(0)


def mel_events(bits: Iterator[int]) -> Iterator[int]:
    state = 0
    while True:
        exponent = MEL_EXPONENTS[state]
        if next(bits):
            yield from repeat(0, 1 << exponent)
            state = min(state + 1, 12)
        else:
            run = 0
            for _ in range(exponent):
                run = run << 1 | next(bits)
            yield from repeat(0, run)
            yield 1
            state = max(state - 1, 0)


def number(bits: Iterator[int], count: int) -> int:
    return sum(next(bits) << n for n in range(count))


# ---- Quads ----


class Quads:
    """rho of every quad and the exponents of every sample, with what lies outside taken as insignificant."""

    def __init__(self) -> None:
        self.rho: dict[tuple[int, int], int] = {}
        self.exponents: dict[tuple[int, int], int] = {}

    def significant(self, x: int, y: int, n: int) -> int:
        return self.rho.get((x, y), 0) >> n & 1

    def context(self, x: int, y: int) -> int:
        if y == 0:
            s = [self.significant(x - 1, 0, n) for n in range(4)]
            return (s[0] | s[1]) + 2 * s[2] + 4 * s[3]
        nw, n = self.significant(x - 1, y - 1, 3), self.significant(x, y - 1, 1)
        ne, nf = self.significant(x, y - 1, 3), self.significant(x + 1, y - 1, 1)
        w, sw = self.significant(x - 1, y, 2), self.significant(x - 1, y, 3)
        return (nw | n) + 2 * (w | sw) + 4 * (ne | nf)

    def kappa(self, x: int, y: int) -> int:
        if y == 0 or self.rho[x, y].bit_count() < 2:
            return 1
        largest = max(self.exponents.get((column, 2 * y - 1), 0) for column in range(2 * x - 1, 2 * x + 3))
        return max(1, largest - 1)


def sample_position(x: int, y: int, n: int) -> tuple[int, int]:
    return 2 * x + (n >> 1), 2 * y + (n & 1)


# ---- Decoder ----


def read_codeword(vlc: Iterator[int], table: int, context: int) -> dict[str, int]:
    code = 0
    for length in range(8):
        if (row := BY_CODE.get((table, context, length, code))) is not None:
            return row
        code |= next(vlc) << length
    raise AssertionError("the codes of a context are complete")


def read_prefix(vlc: Iterator[int]) -> tuple[int, int]:
    """Value and number of suffix bits."""
    if next(vlc):
        return 1, 0
    if next(vlc):
        return 2, 0
    return (3, 1) if next(vlc) else (5, 5)


def read_u_pair(vlc: Iterator[int], mel: Iterator[int], u_off: list[int], first_row: bool) -> list[int]:
    both = first_row and all(u_off)
    event = next(mel) if both else 0
    first = read_prefix(vlc) if u_off[0] else (0, 0)
    second = (0, 0)
    if both and not event and first[0] > 2:
        second = 1 + next(vlc), 0
    elif u_off[1]:
        second = read_prefix(vlc)
    suffixes = [number(vlc, first[1]), number(vlc, second[1])]
    extensions = [number(vlc, 4) if suffix >= 28 else 0 for suffix in suffixes]
    values = [first[0], second[0]]
    return [values[i] + suffixes[i] + 4 * extensions[i] + 2 * event for i in range(2)]


def read_magnitudes(
    magsgn: Iterator[int], quads: Quads, row: dict[str, int], place: tuple[int, int], bound: int
) -> dict[tuple[int, int], tuple[int, int]]:
    """Magnitude and sign of the significant samples of a quad."""
    samples = {}
    for n in range(4):
        if not row["rho"] >> n & 1:
            continue
        length = bound - (row["e_k"] >> n & 1)
        v = number(magsgn, length) + ((row["e_1"] >> n & 1) << length)
        magnitude = (v >> 1) + 1
        position = sample_position(*place, n)
        samples[position] = magnitude, v & 1
        quads.exponents[position] = (2 * magnitude - 1).bit_length()
    return samples


NO_CODEWORD = {"rho": 0, "u_off": 0, "e_k": 0, "e_1": 0}


def decode_cleanup(cleanup: bytes, width: int, height: int, largest_bound: int) -> tuple[Plane, Plane]:
    """Magnitudes and signs at the cleanup plane."""
    length = len(cleanup)
    suffix = (cleanup[-1] << 4) | (cleanup[-2] & 15)
    if not 2 <= suffix <= 4079 or suffix > length:
        raise BadBlockError("Scup")
    codes = bytearray(cleanup[length - suffix : -1])
    codes[-1] |= 15
    magsgn = forward_bits(cleanup[: length - suffix], 1)
    mel = mel_events(mel_bits(bytes(codes)))
    vlc = backward_bits(bytes(codes))
    number(vlc, 4)
    quads = Quads()
    magnitudes, signs = ([[0] * width for _ in range(height)] for _ in range(2))
    for y in range((height + 1) // 2):
        across = (width + 1) // 2
        for x in range(0, across, 2):
            rows = []
            for column in range(x, min(x + 2, across)):
                context = quads.context(column, y)
                coded = context > 0 or next(mel)
                rows.append(read_codeword(vlc, min(y, 1), context) if coded else NO_CODEWORD)
                quads.rho[column, y] = rows[-1]["rho"]
            u_off = [row["u_off"] for row in rows] + [0] * (2 - len(rows))
            u = read_u_pair(vlc, mel, u_off, y == 0)
            for i, row in enumerate(rows):
                bound = quads.kappa(x + i, y) + u[i]
                if bound > largest_bound:
                    raise BadBlockError("U")
                for (column, line), (magnitude, sign) in read_magnitudes(magsgn, quads, row, (x + i, y), bound).items():
                    if column < width and line < height:
                        magnitudes[line][column], signs[line][column] = magnitude, sign
    return magnitudes, signs


def stripe_scan(width: int, height: int, group: int) -> Iterator[list[tuple[int, int]]]:
    """Samples in stripes of four rows, by groups of columns; in a group column by column."""
    for top in range(0, height, 4):
        for left in range(0, width, group):
            columns, rows = range(left, min(left + group, width)), range(top, min(top + 4, height))
            yield [(x, y) for x in columns for y in rows]


def has_neighbour(reached: set[tuple[int, int]], x: int, y: int, causal: bool) -> bool:
    below = 0 if causal and y % 4 == 3 else 1
    return any((x + dx, y + dy) in reached for dy in range(-1, below + 1) for dx in (-1, 0, 1) if (dx, dy) != (0, 0))


def decode_refinement(
    refinement: bytes, significant: set[tuple[int, int]], size: tuple[int, int], passes: int, causal: bool
) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
    """Signs of the samples that SigProp makes significant; the bits of those that MagRef refines."""
    reached, fresh = set(significant), {}
    bits = forward_bits(refinement, 0)
    for group in stripe_scan(*size, 4):
        found = []
        for x, y in group:
            if (x, y) not in reached and has_neighbour(reached, x, y, causal) and next(bits):
                reached.add((x, y))
                found.append((x, y))
        for position in found:
            fresh[position] = next(bits)
    refined = {}
    if passes == 3:
        bits = backward_bits(refinement)
        for column in stripe_scan(*size, 1):
            for position in column:
                if position in significant:
                    refined[position] = next(bits)
    return fresh, refined


def decode(
    cleanup: bytes,
    refinement: bytes,
    *,
    width: int,
    height: int,
    missing_bitplanes: int,
    magnitude_bitplanes: int,
    passes: int,
    vertically_causal: bool = False,
) -> tuple[Plane, Plane]:
    """Magnitudes with one fraction bit, and signs."""
    plane = magnitude_bitplanes - 1 - missing_bitplanes
    if plane < 0 or not 1 <= passes <= 3 or not 2 <= len(cleanup) < 65535:
        raise BadBlockError("planes or lengths")
    magnitudes, signs = decode_cleanup(cleanup, width, height, missing_bitplanes + 2)
    values = [[(2 * mu + 1) << plane if mu else 0 for mu in row] for row in magnitudes]
    if passes == 1 or plane == 0 or not refinement:
        return values, signs
    significant = {(x, y) for y in range(height) for x in range(width) if magnitudes[y][x]}
    fresh, refined = decode_refinement(refinement, significant, (width, height), passes, vertically_causal)
    for (x, y), sign in fresh.items():
        values[y][x], signs[y][x] = 3 << (plane - 1), sign
    for (x, y), bit in refined.items():
        values[y][x] = (4 * magnitudes[y][x] + 2 * bit + 1) << (plane - 1)
    return values, signs
