"""The marker codes of T.800 and T.814, and where each one is defined."""

from __future__ import annotations

from typing import Final

SOC: Final = 0xFF4F
CAP: Final = 0xFF50
SIZ: Final = 0xFF51
COD: Final = 0xFF52
COC: Final = 0xFF53
TLM: Final = 0xFF55
PRF: Final = 0xFF56
PLM: Final = 0xFF57
PLT: Final = 0xFF58
CPF: Final = 0xFF59
QCD: Final = 0xFF5C
QCC: Final = 0xFF5D
RGN: Final = 0xFF5E
POC: Final = 0xFF5F
PPM: Final = 0xFF60
PPT: Final = 0xFF61
CRG: Final = 0xFF63
COM: Final = 0xFF64
SOT: Final = 0xFF90
SOP: Final = 0xFF91
EPH: Final = 0xFF92
SOD: Final = 0xFF93
EOC: Final = 0xFFD9

CLAUSES: Final[dict[str, str]] = {
    "SOC": "T.800 A.4.1",
    "SOT": "T.800 A.4.2",
    "SOD": "T.800 A.4.3",
    "EOC": "T.800 A.4.4",
    "SIZ": "T.800 A.5.1",
    "CAP": "T.800 A.5.2",
    "PRF": "T.800 A.5.3",
    "CPF": "T.814 A.6",
    "COD": "T.800 A.6.1",
    "COC": "T.800 A.6.2",
    "RGN": "T.800 A.6.3",
    "QCD": "T.800 A.6.4",
    "QCC": "T.800 A.6.5",
    "POC": "T.800 A.6.6",
    "TLM": "T.800 A.7.1",
    "PLM": "T.800 A.7.2",
    "PLT": "T.800 A.7.3",
    "PPM": "T.800 A.7.4",
    "PPT": "T.800 A.7.5",
    "SOP": "T.800 A.8.1",
    "EPH": "T.800 A.8.2",
    "CRG": "T.800 A.9.1",
    "COM": "T.800 A.9.2",
}

_NAMES: Final[dict[int, str]] = {globals()[name]: name for name in CLAUSES}

DELIMITERS: Final = frozenset({SOC, SOT, SOP, EPH, SOD, EOC})
"""Markers that never stand among the segments of a header, unless as the one that ends it."""

PART_2: Final = range(0xFF72, 0xFF7A)
"""DFS ADS MCT MCC NLT MCO CBD ATK: they change how the samples are made, so they cannot be skipped."""

WITHOUT_LENGTH: Final = range(0xFF30, 0xFF40)
"""Reserved markers that have no segment."""


def name_of(marker: int) -> str:
    """Return a marker's name, ``"COD"``, or its code in hexadecimal, ``"0xFF30"``."""
    return _NAMES.get(marker) or f"0x{marker:04X}"


def clause_of(marker: int) -> str:
    """Return the clause that defines a marker."""
    return CLAUSES.get(name_of(marker), "T.800 A.2")
