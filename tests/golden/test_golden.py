"""What was once written must be readable for ever, to the same samples."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import pacscore

SAMPLES = {
    "grey12_rpcl": "2f6d24b4ef58df66202bf0666066da51ecf0b3272975e34cf8e8ae2d88c9a19c",
    "signed16": "aa326b031290c10066ad0131d7245d814fea8298883117934de08a94b3150976",
    "rgb8_tiles": "dbf079d00e18d00ab946e95e93dda7286173be64067b7b905dedf92d814d9b4b",
}
"""SHA-256 of the samples, little endian."""


ORIGINALS = {
    "openjpeg": "5ceda2136c26f86890a071dd4117cd613815137d1ce393d59304910ade136594",
    "layers": "192600ff5639841221c5790a79016f98e3655d6e7940ce9f6dade91c69010678",
    "rgb8_tiles": "d1b12d47ed3ed952fdd4836d16d6e0bee0ad40e068678ea5a117736a3bf8b6fe",
}
"""SHA-256 of what was recoded: Part 1 by OpenJPEG, Part 1 of three layers by pacscore, and the HT codestream above."""


@pytest.mark.parametrize("name", ORIGINALS)
def test_restores_what_was_recoded(name: str) -> None:
    """Recoding and its guesses are part of what a recipe means."""
    recoded, recipe = (Path(__file__).with_name(f"{name}.{kind}").read_bytes() for kind in ("recoded", "recipe"))
    assert hashlib.sha256(pacscore.restore(recoded, recipe)).hexdigest() == ORIGINALS[name]


@pytest.mark.parametrize("name", SAMPLES)
def test_reads_as_it_was_written(name: str) -> None:
    image = pacscore.decode(Path(__file__).with_name(f"{name}.j2c").read_bytes())
    assert hashlib.sha256(image.astype(image.dtype.newbyteorder("<")).tobytes()).hexdigest() == SAMPLES[name]
