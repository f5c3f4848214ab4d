"""Lossless Part 1 codestreams are no longer than OpenJPEG's for the same options, but for half a percent."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pacscore as pc
from pacscore.j2k.codestream.reader import read_codestream

LOSSLESS = "1.2.840.10008.1.2.4.90"
DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
STYLE_BITS = {"bypass": 1, "reset": 2, "termall": 4, "causal": 8, "predictable": 16, "segsym": 32}
STYLED = sorted(
    path for path in (DATA / "j2k" / "derived").glob("CT_small_*.j2k") if not path.stem.endswith("_tiles_layers")
)
MOST = 1.005

needs_data = pytest.mark.skipif(not STYLED, reason=f"no test data in {DATA}: set PACSCORE_TEST_DATA")


@needs_data
@pytest.mark.parametrize("path", STYLED, ids=lambda path: path.stem)
def test_streams_of_every_style(path: Path) -> None:
    theirs = path.read_bytes()
    info, cod = pc.inspect(theirs), read_codestream(theirs).main.cod
    options = pc.J2KOptions(
        styles=tuple(name for name, bit in STYLE_BITS.items() if cod.spcod.style & bit),
        decomposition_levels=info.decomposition_levels,
        code_block_rows=info.code_block_rows,
        code_block_columns=info.code_block_columns,
        progression=info.progression,
        comment=info.comments[0],
    )
    array = pc.decode(theirs)
    ours = pc.encode(array, LOSSLESS, options, bits_stored=info.components[0].precision)
    assert read_codestream(ours).main.cod.spcod.style == cod.spcod.style
    assert np.array_equal(pc.decode(ours), array)
    assert len(ours) <= MOST * len(theirs)


def openjpeg(array: np.ndarray[Any, Any], code_block: int, progression: str, precinct: int | None) -> bytes:
    image = pytest.importorskip("PIL.Image").fromarray(array)
    stream = io.BytesIO()
    said = {} if precinct is None else {"precinct_size": (precinct, precinct)}
    image.save(
        stream,
        "JPEG2000",
        no_jp2=True,
        codeblock_size=(code_block, code_block),
        progression=progression,
        num_resolutions=6,
        irreversible=False,
        mct=int(array.ndim == 3),
        **said,
    )
    return stream.getvalue()


@needs_data
@pytest.mark.parametrize("name", ["CT1", "US1"])
@pytest.mark.parametrize(
    ("code_block", "progression", "precinct"), [(64, "RPCL", None), (32, "LRCP", None), (64, "CPRL", 128)]
)
def test_real_images(name: str, code_block: int, progression: Any, precinct: int | None) -> None:
    array = pc.decode((DATA / "htj2k" / "wg04" / f"{name}.j2c").read_bytes())
    assert isinstance(array, np.ndarray)
    if array.dtype.kind == "i":  # Pillow has no signed samples
        array = (array.astype(int) - int(array.min())).astype(np.uint16)
    theirs = openjpeg(array, code_block, progression, precinct)
    info = pc.inspect(theirs)
    assert np.array_equal(pc.decode(theirs), array)
    options = pc.J2KOptions(
        decomposition_levels=info.decomposition_levels,
        code_block_rows=info.code_block_rows,
        code_block_columns=info.code_block_columns,
        progression=progression,
        precincts=info.precincts if precinct else None,
    )
    assert len(pc.encode(array, LOSSLESS, options)) <= MOST * len(theirs)
