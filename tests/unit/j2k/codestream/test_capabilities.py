"""Ccap15 against the table of magnitude bounds and against fields that other encoders wrote."""

from __future__ import annotations

import pytest

from pacscore.errors import CodestreamError, OptionError
from pacscore.j2k.codestream.capabilities import HtCapabilities, bound_parameter, magnitude_bound

BOUNDS = [8, *range(9, 28), 31, 35, 39, 43, 47, 51, 55, 59, 63, 67, 71, 74]


def test_the_magnitude_bounds() -> None:
    assert [magnitude_bound(parameter) for parameter in range(32)] == BOUNDS
    assert [bound_parameter(bound) for bound in BOUNDS] == list(range(32))
    assert [bound_parameter(bound) for bound in (1, 28, 30, 72, 73)] == [0, 20, 20, 31, 31]
    with pytest.raises(OptionError, match="74"):
        bound_parameter(75)


@pytest.mark.parametrize(
    ("ccap15", "meaning"),
    [
        (0x0003, HtCapabilities(magnitude_bound=11)),
        (0x0025, HtCapabilities(irreversible=True, magnitude_bound=13)),
        (0x1803, HtCapabilities(regions_of_interest=True, heterogeneous=True, magnitude_bound=11)),
        (0xD800, HtCapabilities("mixed", regions_of_interest=True, heterogeneous=True)),
        (0xA01F, HtCapabilities("declared", several_sets=True, magnitude_bound=74)),
    ],
)
def test_fields_and_their_meaning(ccap15: int, meaning: HtCapabilities) -> None:
    assert HtCapabilities.from_ccap15(ccap15) == meaning
    assert meaning.ccap15 == ccap15
    assert (meaning.cap().pcap, meaning.cap().ccap15) == (0x00020000, ccap15)


def test_the_reserved_kind_of_blocks() -> None:
    with pytest.raises(CodestreamError, match="reserved"):
        HtCapabilities.from_ccap15(0x4000)
