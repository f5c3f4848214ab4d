"""Write ``ht_tables.h``, the look-up tables of the HT block coder, from the list of its codewords.

The list is a CSV with one codeword a row: ``table`` (0 first row of quads, 1 others), ``c_q``, ``rho``, ``u_off``,
``e_k``, ``e_1``, ``cwd_len``, ``cwd_lsb_first``. Usage: ``make_ht_tables.py LIST.csv HEADER.h``.

Source: T.814 Annex C (CxtVLC code tables) and 7.3.6 (U-VLC code).
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import NamedTuple

CODE_BITS = 7
CONTEXTS = 8


class Codeword(NamedTuple):
    """One row of a CxtVLC table; ``bits`` is read low bit first."""

    table: int
    context: int
    rho: int
    u_off: int
    e_k: int
    e_1: int
    length: int
    bits: int


def read_codewords(path: Path) -> list[Codeword]:
    """Return the codewords of a list in CSV."""
    names = ["table", "c_q", "rho", "u_off", "e_k", "e_1", "cwd_len", "cwd_lsb_first"]
    with path.open(newline="") as file:
        return [Codeword(*(int(row[name]) for name in names)) for row in csv.DictReader(file)]


def quad_table(codewords: list[Codeword], table: int) -> list[int]:
    """Return the entries of one table by ``event << 10 | context << 7 | next seven bits``.

    From the low end: length:6, 0:2, u_off:1, share of the next context:3 (in table 1 two bits, then u_off again), 0:4,
    rho:4, e_k:4, e_1:4, then a bit (four times) that is set where rho has more than one. Context 0 without an event has
    no codeword: its entries are 0.
    """
    entries = [0] * (2 * CONTEXTS << CODE_BITS)
    for word in codewords:
        if word.table != table:
            continue
        s = [word.rho >> n & 1 for n in range(4)]
        right = s[0] | s[1] | s[2] << 1 | s[3] << 2 if table == 0 else (s[2] | s[3]) << 1
        entry = (
            word.length
            | word.u_off << 8
            | right << 9
            | (word.u_off << 11) * table
            | word.rho << 16
            | word.e_k << 20
            | word.e_1 << 24
        )
        entry |= 0xF0000000 * (sum(s) > 1)
        for event in (0, 1) if word.context else (1,):
            for rest in range(1 << (CODE_BITS - word.length)):
                entries[(event * CONTEXTS + word.context) << CODE_BITS | rest << word.length | word.bits] = entry
    return entries


def best_codeword(codewords: list[Codeword], eps: int) -> Codeword:
    """Return the codeword of a context and rho that says most of the exponent pattern ``eps``."""
    fitting = [word for word in codewords if word.u_off == (eps > 0) and eps & word.e_k == word.e_1]
    return max(fitting, key=lambda word: word.e_k.bit_count())


def encoding_table(codewords: list[Codeword], table: int) -> list[int]:
    """Return entries by ``context << 8 | rho << 4 | eps``: codeword; its length from bit 16, e_k from bit 24."""
    entries = [0] * (CONTEXTS << 8)
    for context in range(CONTEXTS):
        for rho in range(16):
            rows = [word for word in codewords if word[:3] == (table, context, rho)]
            for eps in range(16):
                if rows and eps & ~rho == 0:
                    word = best_codeword(rows, eps)
                    entries[context << 8 | rho << 4 | eps] = word.bits | word.length << 16 | word.e_k << 24
    return entries


def prefix(bits: int) -> tuple[int, int, int]:
    """Return (length, value, suffix length) of the U-VLC prefix at the low end of ``bits``."""
    if bits & 1:
        return 1, 1, 0
    if bits & 2:
        return 2, 2, 0
    return (3, 3, 1) if bits & 4 else (3, 5, 5)


def pair_table() -> list[int]:
    """Return entries by ``mode << 6 | next six bits`` for the two prefixes of a pair of quads.

    Mode bit 0 and 1: u_off of the first and second quad; mode 4: both, first row, MEL event 0. From the low end:
    length of both prefixes, length of both suffixes, length of the first suffix, first value, second value.
    """
    entries = []
    for mode in range(5):
        for bits in range(64):
            first = prefix(bits) if mode in (1, 3, 4) else (0, 0, 0)
            rest = bits >> first[0]
            second = prefix(rest) if mode in (2, 3, 4) else (0, 0, 0)
            if mode == 4 and first[0] == 3:
                second = 1, 1 + (rest & 1), 0
            suffixes = first[2] + second[2]
            entries.append(first[0] + second[0] | suffixes << 3 | first[2] << 7 | first[1] << 10 | second[1] << 13)
    return entries


def value_table() -> list[int]:
    """Return entries by ``mode << 8 | next eight bits`` for both u of a pair, mode as in `pair_table`.

    From the low end: length:6, bit 6 set where a prefix 000 needs more than these bits, 0:9, first u:8, second u:8.
    """
    entries = []
    for mode in range(5):
        for bits in range(256):
            first = prefix(bits) if mode in (1, 3, 4) else (0, 0, 0)
            second = prefix(bits >> first[0]) if mode in (2, 3, 4) else (0, 0, 0)
            if mode == 4 and first[0] == 3:
                second = 1, 1 + (bits >> 3 & 1), 0
            if 5 in (first[2], second[2]):
                entries.append(1 << 6)
                continue
            rest = bits >> (first[0] + second[0])
            u = first[1] + (rest & first[2]), second[1] + (rest >> first[2] & second[2])
            entries.append(first[0] + second[0] + first[2] + second[2] | u[0] << 16 | u[1] << 24)
    return entries


def u_parts(u: int) -> tuple[tuple[int, int], ...]:
    """Return the U-VLC prefix, suffix and extension of u, each with its length."""
    if u == 0:
        return (0, 0), (0, 0), (0, 0)
    suffix = (0, 0) if u < 3 else (u - 3, 1) if u < 5 else (min(u - 5, 28 + (u - 33) % 4), 5)
    return ((1, 1), (2, 2), (4, 3), (4, 3), (0, 3))[min(u, 5) - 1], suffix, ((u - 33) // 4, 4) if u >= 33 else (0, 0)


def u_codes() -> list[int]:
    """Return the parts of the U-VLC code by u, 0 to 96.

    From the low end: prefix, its length, suffix, its length, extension, its length.
    """
    entries = []
    for u in range(97):
        entry = shift = 0
        for (value, length), (value_bits, length_bits) in zip(u_parts(u), ((3, 2), (5, 3), (4, 3)), strict=True):
            entry |= value << shift | length << shift + value_bits
            shift += value_bits + length_bits
        entries.append(entry)
    return entries


def u_pair_codes(table: int) -> list[tuple[int, int, int]]:
    """Return the whole U-VLC code of a pair by ``second u << 4 | first u``, both below 16.

    Its bits, their number, and 2 or 3 where a MEL event 0 or 1 of the first row goes with it.
    """
    entries = []
    for pair in range(256):
        u = pair & 15, pair >> 4
        has_event = table == 0 and min(u) > 0
        event = has_event and min(u) > 2
        parts = [u_parts(value - 2 * event) for value in u]
        if has_event and not event and u[0] > 2:
            parts[1] = (u[1] - 1, 1), (0, 0), (0, 0)
        code = length = 0
        for bits, count in (part[kind] for kind in range(2) for part in parts):
            code |= bits << length
            length += count
        entries.append((code, length, 2 * has_event + event))
    return entries


def u_pair_array(name: str, entries: list[tuple[int, int, int]]) -> str:
    """Return the C text of a table of U-VLC codes of pairs."""
    texts = [f"{{0x{code:04x}, {length}, {event}}}" for code, length, event in entries]
    body = ",\n".join(f"    {', '.join(texts[at : at + 7])}" for at in range(0, len(texts), 7))
    return f"/* second u << 4 | first u */\nstatic const ht_u_pair_code {name}[{len(entries)}] = {{\n{body},\n}};\n"


def array(name: str, entries: list[int], comment: str, bits: int = 16, size: int = 0) -> str:
    """Return the C text of one table, whose size may exceed its entries: zeros follow."""
    texts = [f"0x{entry:0{bits // 4}x}" for entry in entries]
    count = 14 if bits == 16 else 11
    rows = [", ".join(texts[at : at + count]) for at in range(0, len(texts), count)]
    body = ",\n".join(f"    {row}" for row in rows)
    return f"/* {comment} */\nstatic const uint{bits}_t {name}[{max(len(entries), size)}] = {{\n{body},\n}};\n"


def header(codewords: list[Codeword]) -> str:
    """Return the whole header."""
    decoding = (
        "event << 10 | context << 7 | next 7 bits -> length:6, 0:2, u_off:1, share of the next context:3 (in table 1:\n"
        " * two bits, then u_off again), 0:4, rho:4, e_k:4, e_1:4, more than one in rho:4 from the low end; then no\n"
        " * codeword, for quads beyond the edge"
    )
    values = "mode << 8 | next 8 bits -> length:6, not here:1, 0:9, values 8 and 8"
    encoding = "context << 8 | rho << 4 | eps -> codeword, length from bit 16, e_k from bit 24"
    pair = "mode << 6 | next 6 bits -> prefixes' length:3, suffixes' length:4, first suffix's:3, values 3 and 3"
    codes = "u -> prefix:3, its length:2, suffix:5, its length:3, extension:4, its length:3 from the low end"
    parts = [
        "/* Look-up tables of the HT block coder. Source: T.814 Annex C and 7.3.6.\n"
        " * Written by tools/make_ht_tables.py; do not edit. Table 0 serves the first row of quads, 1 the others.\n"
        " */\n"
        "/* clang-format off */\n"
        "#ifndef PACSCORE_J2K_ENTROPY_HT_TABLES_H\n#define PACSCORE_J2K_ENTROPY_HT_TABLES_H\n\n#include <stdint.h>\n",
        array("ht_decode_0", quad_table(codewords, 0), decoding, 32, 4096),
        array("ht_decode_1", quad_table(codewords, 1), decoding, 32, 4096),
        array("ht_encode_0", encoding_table(codewords, 0), encoding, 32),
        array("ht_encode_1", encoding_table(codewords, 1), encoding, 32),
        array("ht_u_pairs", pair_table(), pair),
        array("ht_u_values", value_table(), values, 32),
        array("ht_u_codes", u_codes(), codes, 32),
        "/* U-VLC code of a pair; event: 2 or 3 where a MEL event 0 or 1 goes with it. */\n"
        "typedef struct {\n    uint16_t code;\n    uint8_t length, event;\n} ht_u_pair_code;\n",
        u_pair_array("ht_u_pair_codes_0", u_pair_codes(0)),
        u_pair_array("ht_u_pair_codes_1", u_pair_codes(1)),
        "#endif\n",
    ]
    return "\n".join(parts)


def main() -> None:
    """Write the header named last from the list named first."""
    source, target = map(Path, sys.argv[1:3])
    target.write_text(header(read_codewords(source)))


if __name__ == "__main__":
    main()
