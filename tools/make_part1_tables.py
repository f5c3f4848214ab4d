"""Write ``part1_tables.h``, the look-up tables of the Part 1 block coder, from the lists of its states and contexts.

The lists are ``mq_states.csv``, ``zc_contexts.csv`` and ``sc_contexts.csv`` in one folder.
Usage: ``make_part1_tables.py FOLDER HEADER.h``.

A sample's neighbourhood is 16 bits: significance of the neighbours UL UR DL DR U L R D from bit 0, then the signs of
U L R D from bit 8. Four of them, a column of a stripe, make a word of 64 bits, the top row lowest.

Source: T.800 Tables C.2, D.1 and D.3.
"""

from __future__ import annotations

import csv
import sys
from itertools import product
from pathlib import Path

NEIGHBOURS = {"UL": 0, "UR": 1, "DL": 2, "DR": 3, "U": 4, "L": 5, "R": 6, "D": 7}
SIGN_SHIFT = 4  # from the significance of U L R D to its sign
SIDES = ("L", "", "R")  # the column left of a sample, its own, the one to the right

Row = dict[str, str]
Values = list[int]


def read(path: Path) -> list[Row]:
    """Return the rows of a list."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def mq_words(states: list[Row]) -> list[Values]:
    """Return the words after an MPS and after an LPS, for each state and MPS.

    A word holds Q_e in its top 16 bits, the offset of its own row (of 16 bytes) from bit 4 on, and the MPS in bit 0.
    """

    def word(state: int, mps: int) -> int:
        return int(states[state]["qe"]) << 48 | (2 * state + mps) << 4 | mps

    return [
        [word(int(row["nmps"]), mps), word(int(row["nlps"]), mps ^ int(row["switch"]))]
        for row in states
        for mps in (0, 1)
    ]


def zero_coding(contexts: list[Row], band: str) -> Values:
    """Return the context by the significance of eight neighbours."""
    by_sums = {
        (int(row["sum_h"]), int(row["sum_v"]), int(row["sum_d"])): int(row["ctx"])
        for row in contexts
        if row["band"] == band
    }

    def count(bits: int, names: tuple[str, ...]) -> int:
        return sum(bits >> NEIGHBOURS[name] & 1 for name in names)

    return [
        by_sums[count(bits, ("L", "R")), count(bits, ("U", "D")), count(bits, ("UL", "UR", "DL", "DR"))]
        for bits in range(256)
    ]


def sign_coding(contexts: list[Row]) -> Values:
    """Return the context, and in bit 7 the bit to invert by, by significance and signs of U L R D."""
    entries = {(int(row["h_contribution"]), int(row["v_contribution"])): row for row in contexts}

    def contribution(bits: int, names: tuple[str, ...]) -> int:
        places = [NEIGHBOURS[name] - NEIGHBOURS["U"] for name in names]
        total = sum((bits >> place & 1) * (1 - 2 * (bits >> place + SIGN_SHIFT & 1)) for place in places)
        return max(-1, min(1, total))

    rows = [entries[contribution(bits, ("L", "R")), contribution(bits, ("U", "D"))] for bits in range(256)]
    return [int(row["ctx"]) | int(row["xor_bit"]) << 7 for row in rows]


def neighbour_bits(vertical: str, side: str, negative: int) -> int:
    """Return what a new sample is to a neighbour on the given side of it, seen from there."""
    seen = vertical + {"L": "R", "R": "L", "": ""}[side]
    if not seen:
        return 0
    bit = 1 << NEIGHBOURS[seen]
    return bit | (bit << SIGN_SHIFT if negative and len(seen) == 1 else 0)


def spread(row: int, negative: int, causal: int) -> list[Values]:
    """Return what a new sample adds to three columns of its own stripe, and of the stripe above or below."""
    own, outer = [], []
    for side in SIDES:
        word = neighbour_bits("", side, negative) << 16 * row
        if row > 0:
            word |= neighbour_bits("D", side, negative) << 16 * (row - 1)
        if row < 3:
            word |= neighbour_bits("U", side, negative) << 16 * (row + 1)
        own.append(word)
        above = 0 if causal else neighbour_bits("D", side, negative) << 48
        outer.append(above if row == 0 else neighbour_bits("U", side, negative) if row == 3 else 0)
    return [own, outer]


def later_neighbours(position: int) -> int:
    """Return the neighbours of a sample in a word of 16 columns that come later in the scan."""
    column, row = divmod(position, 4)
    places = [(column, row + 1), *((column + 1, row + step) for step in (-1, 0, 1))]
    return sum(1 << 4 * x + y for x, y in places if x < 16 and 0 <= y < 4)


def array(declaration: str, values: Values, width: int) -> str:
    """Return the definition of a table of numbers, wrapped."""
    cells = [f"{value:#0{width + 2}x}" if width else str(value) for value in values]
    per_line = 116 // (len(cells[0]) + 2 if width else 5)
    lines = [", ".join(cells[at : at + per_line]) for at in range(0, len(cells), per_line)]
    body = ",\n    ".join(lines)
    return f"static const {declaration} = {{\n    {body}}};\n"


def header(folder: Path) -> str:
    """Return the text of the C header."""
    zc_list = read(folder / "zc_contexts.csv")
    mq_flat = [word for pair in mq_words(read(folder / "mq_states.csv")) for word in pair]
    zc_flat = [context for band in ("LL", "HL", "LH", "HH") for context in zero_coding(zc_list, band)]
    spreads = product((0, 1), range(4), (0, 1))
    spread_flat = [word for causal, row, sign in spreads for words in spread(row, sign, causal) for word in words]
    tables = [
        "/* By state and MPS: the words after an MPS and after an LPS. T.800 Table C.2. */\n"
        + array(f"uint64_t part1_mq_rows[{len(mq_flat)}]", mq_flat, 16),
        "/* By orientation and significance of the neighbours: the context. T.800 Table D.1. */\n"
        + array("uint8_t part1_zero_coding[4 * 256]", zc_flat, 0),
        "/* By significance and signs of U L R D: the context, in bit 7 the bit to invert by. T.800 Table D.3. */\n"
        + array("uint8_t part1_sign_coding[256]", sign_coding(read(folder / "sc_contexts.csv")), 0),
        "/* By vertically causal, row and sign of a new significant sample: what it adds to the columns left of it,\n"
        " * its own, and right of it, in its stripe and in the one above or below. */\n"
        + array(f"uint64_t part1_spread[{len(spread_flat)}]", spread_flat, 16),
        "/* By position in a word: the neighbours in it that come later in the scan. */\n"
        + array("uint64_t part1_later[64]", [later_neighbours(position) for position in range(64)], 16),
    ]
    return (
        "/* Look-up tables of the Part 1 block coder, written by tools/make_part1_tables.py: do not edit.\n"
        " *\n * Source: T.800 Annexes C and D.\n */\n"
        "#ifndef PACSCORE_J2K_ENTROPY_PART1_TABLES_H\n#define PACSCORE_J2K_ENTROPY_PART1_TABLES_H\n\n"
        "#include <stdint.h>\n\n" + "\n".join(tables) + "\n#endif\n"
    )


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(header(Path(sys.argv[1])))
