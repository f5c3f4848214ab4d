"""The decoder without its front door: what the compiled code takes by itself, as a measure of what Python adds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from pacscore.j2k._tile_decoder import TileDecoder
from pacscore.j2k.codestream.reader import read_codestream
from pacscore.j2k.plan import plan_tile
from pacscore.j2k.view import choose_view
from pacscore.limits import DEFAULT_LIMITS
from pacscore.support.targets import active_target

__all__ = ["compiled_entry"]

_ALL_LAYERS = 65535


def compiled_entry(data: bytes, out: NDArray[Any]) -> Callable[[], None]:
    """Return a call that decodes a codestream of one tile into `out`, with everything planned before."""
    stream = read_codestream(memoryview(data), 0, len(data))
    parts = stream.by_tile()[0]
    segments = [segment for part in parts for segment in part.segments]
    plan = plan_tile(stream.main, segments, 0, DEFAULT_LIMITS.code_blocks)
    view = choose_view(stream.main.siz, 0, None)
    windows = view.windows(plan)
    arrays = [window.cut(plane) for window, plane in zip(windows, view.planes(view.allocate(out)), strict=True)]
    ranges = [(part.body_start, part.body_stop) for part in parts]
    target = active_target()

    def decode() -> None:
        decoder = TileDecoder(plan.compiled, target, DEFAULT_LIMITS.code_blocks)
        decoder.read(data, ranges, None, 0, _ALL_LAYERS)
        decoder.prepare(windows, arrays, 1)
        decoder.decode()

    return decode
