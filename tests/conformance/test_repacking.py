"""Every whole stream of the test data decodes to the same pixels however its packets are rearranged."""

from __future__ import annotations

from pathlib import Path

import pytest

import pacscore
from conformance.streams import QUICK_TILES, same, streams
from pacscore import RepackOptions

CHOICES = {
    "as it is": RepackOptions(),
    "LRCP": RepackOptions(progression="LRCP", tlm=True, plt=True, packed_headers="packets"),
    "RLCP": RepackOptions(progression="RLCP", tile_parts="resolution", sop=True, eph=True),
    "RPCL": RepackOptions(progression="RPCL", tile_parts="resolution", packed_headers="tile", sop=False, eph=False),
    "PCRL": RepackOptions(progression="PCRL", packed_headers="main", eph=True, file_format="codestream"),
    "CPRL": RepackOptions(progression="CPRL", tile_parts="component", layers=1),
    "reduced": RepackOptions(reduce=1),
    "reduced in layers": RepackOptions(reduce=1, layers=2, progression="LRCP", tile_parts="layer", plt=True),
}
FEW = ("RPCL", "reduced in layers")
"""For so many tiles that everything takes its time."""


@pytest.mark.parametrize("path", streams())
def test_rearranged_decodes_to_the_same_pixels(path: Path) -> None:
    data = path.read_bytes()
    if not pacscore.decode(data, on_damage="conceal").report.complete:
        with pytest.raises(pacscore.CodestreamError, match="tile"):
            pacscore.repack(data)
        return
    info = pacscore.inspect(data)
    levels, names = info.max_reduce, FEW if info.tiles > 10 * QUICK_TILES else CHOICES
    for name in names:
        options = CHOICES[name]
        if options.reduce > levels:
            with pytest.raises(pacscore.OptionError, match="decomposition levels"):
                pacscore.repack(data, options)
            continue
        rearranged = pacscore.repack(data, options)
        after = pacscore.decode(rearranged, on_damage="conceal")
        assert same(after.image, pacscore.decode(data, reduce=options.reduce, layers=options.layers)), name
        assert after.report.complete
        assert not after.report.notes
        assert pacscore.index(rearranged).missing is None
        assert pacscore.repack(rearranged) == rearranged
        half = (levels - options.reduce) // 2
        small = pacscore.decode(data, reduce=options.reduce + half, layers=options.layers)
        assert same(pacscore.decode(rearranged, reduce=half), small), name
