"""The HT block encoder, word for word and slowly.

Source: T.814 clause 7 read backwards. What the standard leaves to an encoder is chosen as `ht_encoder.c` states it:
of the codewords that fit, the one that says most of the exponents; streams end as short as can be; MEL and VLC share a
byte where they can.
"""

from __future__ import annotations

from reference.ht_block import (
    CODEWORDS,
    MEL_EXPONENTS,
    Plane,
    Quads,
    has_neighbour,
    low_first,
    sample_position,
    stripe_scan,
)

# ---- Bit streams, written ----


def forward_bytes(bits: list[int], fill: int) -> list[int]:
    """MagSgn and SigProp: low bit first, seven bits after FF."""
    out: list[int] = []
    at = 0
    while at < len(bits):
        room = 7 if out and out[-1] == 0xFF else 8
        chunk = bits[at : at + room]
        chunk += [fill] * (room - len(chunk))
        out.append(sum(bit << n for n, bit in enumerate(chunk)))
        at += room
    return out


def backward_bytes(bits: list[int]) -> tuple[list[int], list[int]]:
    """VLC and MagRef in reading order: whole bytes, and the bits left over."""
    out: list[int] = []
    at, before = 0, 0xFF
    while True:
        room = 7 if before > 0x8F and bits[at : at + 7] == [1] * 7 else 8
        chunk = bits[at : at + room]
        if len(chunk) < room:
            return out, chunk
        before = sum(bit << n for n, bit in enumerate(chunk))
        out.append(before)
        at += room


def mel_code(events: list[int]) -> list[int]:
    bits: list[int] = []
    state = run = 0
    for event in events:
        exponent = MEL_EXPONENTS[state]
        if event:
            bits += [0, *low_first(run, exponent)[::-1]]
            state, run = max(state - 1, 0), 0
        else:
            run += 1
            if run == 1 << exponent:
                bits.append(1)
                state, run = min(state + 1, 12), 0
    return [*bits, 1] if run else bits


def mel_bytes(bits: list[int]) -> tuple[list[int], list[int]]:
    """Whole bytes, and the bits used of the next one, high bit first, a stuffed zero among them."""
    out: list[int] = []
    chunk: list[int] = []
    for bit in bits:
        chunk.append(bit)
        if len(chunk) == 8:
            out.append(int("".join(map(str, chunk)), 2))
            chunk = [0] if out[-1] == 0xFF else []
    return out, chunk


def join_mel_and_vlc(mel: tuple[list[int], list[int]], vlc: tuple[list[int], list[int]]) -> list[int]:
    """MEL bytes, then VLC bytes turned round; their unfinished bytes as one if both can live with it."""
    mel_last = sum(bit << (7 - n) for n, bit in enumerate(mel[1]))
    vlc_last = sum(bit << n for n, bit in enumerate(vlc[1]))
    both = mel_last | vlc_last
    mel_kept = all(both >> (7 - n) & 1 == bit for n, bit in enumerate(mel[1]))
    vlc_kept = all(both >> n & 1 == bit for n, bit in enumerate(vlc[1]))
    if mel_kept and vlc_kept and both != 0xFF and vlc[0]:
        middle = [both] if mel[1] or vlc[1] else []
    else:
        middle = [mel_last, vlc_last] if vlc[1] else [mel_last]
    return mel[0] + middle + vlc[0][::-1]


# ---- Cleanup ----


def choose_codeword(table: int, context: int, rho: int, eps: int) -> dict[str, int]:
    fitting = [
        row
        for row in CODEWORDS
        if (row["table"], row["c_q"], row["rho"]) == (table, context, rho)
        and row["u_off"] == (eps > 0)
        and eps & row["e_k"] == row["e_1"]
    ]
    return max(fitting, key=lambda row: row["e_k"].bit_count())


def u_parts(u: int) -> tuple[list[int], list[int], list[int]]:
    """Prefix, suffix and extension of a value, 0 for none."""
    if u <= 2:
        return ([], [1], [0, 1])[u], [], []
    if u <= 4:
        return [0, 0, 1], low_first(u - 3, 1), []
    if u <= 32:
        return [0, 0, 0], low_first(u - 5, 5), []
    extension = (u - 33) // 4
    return [0, 0, 0], low_first(u - 5 - 4 * extension, 5), low_first(extension, 4)


def u_pair_bits(u: list[int], events: list[int], first_row: bool) -> list[int]:
    parts = [u_parts(value) for value in u]
    if first_row and min(u) > 0:
        events.append(int(min(u) > 2))
        if events[-1]:
            parts = [u_parts(value - 2) for value in u]
        elif u[0] > 2:
            parts[1] = [u[1] - 1], [], []
    return [bit for kind in range(3) for part in parts for bit in part[kind]]


class CleanupEncoder:
    """Events and bits of a block, collected quad by quad."""

    def __init__(self, magnitudes: Plane, signs: Plane) -> None:
        self.samples = {(x, y): (mu, signs[y][x]) for y, row in enumerate(magnitudes) for x, mu in enumerate(row) if mu}
        self.quads = Quads()
        self.quads.exponents = {place: (2 * mu - 1).bit_length() for place, (mu, _) in self.samples.items()}
        self.events: list[int] = []
        self.vlc: list[int] = [1, 1, 1, 1]
        self.magsgn: list[int] = []

    def quad(self, x: int, y: int) -> int:
        """Code a quad and return its u."""
        places = [sample_position(x, y, n) for n in range(4)]
        exponents = [self.quads.exponents.get(place, 0) for place in places]
        rho = sum((exponent > 0) << n for n, exponent in enumerate(exponents))
        context = self.quads.context(x, y)
        self.quads.rho[x, y] = rho
        if context == 0:
            self.events.append(int(rho > 0))
            if rho == 0:
                return 0
        kappa = self.quads.kappa(x, y)
        bound = max(*exponents, kappa)
        u = bound - kappa
        eps = sum((exponent == bound) << n for n, exponent in enumerate(exponents)) if u else 0
        row = choose_codeword(min(y, 1), context, rho, eps)
        self.vlc += low_first(row["cwd_lsb_first"], row["cwd_len"])
        for n, place in enumerate(places):
            if rho >> n & 1:
                mu, sign = self.samples[place]
                self.magsgn += low_first(2 * (mu - 1) + sign, bound - (row["e_k"] >> n & 1))
        return u

    def segment(self) -> bytes:
        magsgn = forward_bytes(self.magsgn, 1)
        if magsgn and magsgn[-1] == 0xFF:
            magsgn.pop()
        codes = [*join_mel_and_vlc(mel_bytes(mel_code(self.events)), backward_bytes(self.vlc)), 0]
        codes[-1] = len(codes) >> 4
        codes[-2] = codes[-2] & 0xF0 | len(codes) & 15
        return bytes(magsgn + codes)


def encode(magnitudes: Plane, signs: Plane) -> bytes:
    """One cleanup segment."""
    height, width = len(magnitudes), len(magnitudes[0])
    encoder = CleanupEncoder(magnitudes, signs)
    across = (width + 1) // 2
    for y in range((height + 1) // 2):
        for x in range(0, across, 2):
            u = [encoder.quad(column, y) for column in range(x, min(x + 2, across))]
            encoder.vlc += u_pair_bits([*u, 0][:2], encoder.events, y == 0)
    return encoder.segment()


# ---- Refinement ----


def encode_refinement(magnitudes: Plane, signs: Plane, passes: int, causal: bool = False) -> bytes:
    """SigProp and MagRef of samples that have one plane more than cleanup coded."""
    size = len(magnitudes[0]), len(magnitudes)
    reached = {(x, y) for y in range(size[1]) for x in range(size[0]) if magnitudes[y][x] > 1}
    magref = [magnitudes[y][x] & 1 for column in stripe_scan(*size, 1) for x, y in column if (x, y) in reached]
    sigprop: list[int] = []
    for group in stripe_scan(*size, 4):
        found = []
        for x, y in group:
            if (x, y) not in reached and has_neighbour(reached, x, y, causal):
                sigprop.append(magnitudes[y][x] & 1)
                if magnitudes[y][x] & 1:
                    reached.add((x, y))
                    found.append(signs[y][x])
        sigprop += found
    front = forward_bytes(sigprop, 0)
    if front and front[-1] == 0xFF:
        front.append(0)
    whole, rest = backward_bytes(magref if passes == 3 else [])
    back = [*whole, sum(bit << n for n, bit in enumerate(rest))] if rest else whole
    return bytes(front + back[::-1])
