"""The rows that are measured, and the tables that the docs show of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

__all__ = ["MemoryRow", "Row", "markdown_table", "memory_table", "pair_table", "speed_tables"]

OURSELVES = "pacscore"


@dataclass(frozen=True)
class Row:
    """One comparison of speed: times in seconds, least and median of the rounds; sizes in bytes."""

    image: str
    operation: str
    peer: str
    threads: int
    raw_size: int
    our_size: int
    peer_size: int
    our_least: float
    our_median: float
    peer_least: float
    peer_median: float

    @property
    def ratio(self) -> float:
        """How many times as fast pacscore is."""
        return self.peer_least / self.our_least

    def cells(self) -> list[str]:
        """Return what the console shows: megabytes of pixels a second, and kilobytes of codestream."""
        sizes = [self.our_size] if self.our_size == self.peer_size else [self.our_size, self.peer_size]
        return [
            self.image,
            self.operation,
            self.peer,
            str(self.threads),
            f"{self.raw_size / self.our_least / 1e6:,.0f}",
            f"{self.raw_size / self.peer_least / 1e6:,.0f}",
            f"{self.ratio:.2f}",
            " / ".join(f"{size / 1000:,.0f}" for size in sizes),
        ]


class MemoryRow(NamedTuple):
    """How much memory one call took, in bytes and in multiples of the picture."""

    operation: str
    peer: str
    threads: int
    growth: int
    multiple: float


def markdown_table(headings: list[str], rows: Iterable[list[str]], words: int = 2) -> str:
    """Return a table as Markdown; all columns but the first ones, of words, are numbers."""
    marks = ["---"] * words + ["---:"] * (len(headings) - words)
    return "".join("| " + " | ".join(cells) + " |\n" for cells in (headings, marks, *rows))


def _cell(row: Row | None) -> str:
    if row is None:
        return ""
    text = f"{row.raw_size / row.peer_least / 1e6:,.0f} ({row.ratio:.2f})"
    return f"**{text}**" if row.ratio < 1 else text


def _pivot(rows: list[Row]) -> str:
    """Put the peers side by side: a line for each operation and picture. Of our speeds beside each peer, the lowest."""
    peers = list(dict.fromkeys(row.peer for row in rows))
    images = dict.fromkeys(row.image for row in rows)
    lines = []
    for operation, image in product(dict.fromkeys(row.operation for row in rows), images):
        if group := {row.peer: row for row in rows if (row.operation, row.image) == (operation, image)}:
            ours = min(row.raw_size / row.our_least / 1e6 for row in group.values())
            lines.append([operation, image, f"{ours:,.0f}", *(_cell(group.get(peer)) for peer in peers)])
    return markdown_table(["operation", "picture", OURSELVES, *peers], lines)


def _against_ourselves(rows: list[Row]) -> str:
    cells = ([row.operation, row.image, row.peer, f"{row.ratio:.2f}"] for row in rows)
    return markdown_table(["operation", "picture", "against", "times as fast"], cells, words=3)


def speed_tables(machine: str, rows: list[Row]) -> str:
    """Return the tables as Markdown: megabytes of pixels a second, and how many times as fast pacscore is."""
    parts = [machine + "."]
    for threads in dict.fromkeys(row.threads for row in rows):
        clock = "One thread, process CPU time" if threads == 1 else f"{threads} threads, wall time"
        here = [row for row in rows if row.threads == threads]
        peers = [row for row in here if not row.peer.startswith(OURSELVES)]
        ourselves = [row for row in here if row.peer.startswith(OURSELVES)]
        if peers:
            parts += [f"{clock}:", _pivot(peers).rstrip()]
        if ourselves:
            parts += [f"{clock}, against pacscore itself:"]
            parts += [_against_ourselves(ourselves).rstrip()]
    return "\n\n".join(parts) + "\n"


def pair_table(machine: str, rows: list[Row]) -> str:
    """Return a table as Markdown of rows that have each a peer of its own: milliseconds."""
    cells = (
        [
            row.operation,
            row.image,
            row.peer,
            f"{1e3 * row.our_least:.2f}",
            f"{1e3 * row.peer_least:.2f}",
            f"{row.ratio:.2f}",
        ]
        for row in rows
    )
    headings = ["operation", "picture", "against", f"{OURSELVES}, ms", "the other, ms", "times as fast"]
    return f"{machine}. One thread, process CPU time:\n\n" + markdown_table(headings, cells, words=3)


def memory_table(rows: list[MemoryRow]) -> str:
    """Return the table as Markdown."""
    cells = (
        [row.operation, row.peer, str(row.threads), f"{row.growth / 1e6:.1f}", f"{row.multiple:.2f}"] for row in rows
    )
    return markdown_table(["operation", "library", "threads", "MB", "times the pixels"], cells)
