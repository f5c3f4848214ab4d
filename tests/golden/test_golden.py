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


@pytest.mark.parametrize("name", SAMPLES)
def test_reads_as_it_was_written(name: str) -> None:
    image = pacscore.decode(Path(__file__).with_name(f"{name}.j2c").read_bytes())
    assert hashlib.sha256(image.astype(image.dtype.newbyteorder("<")).tobytes()).hexdigest() == SAMPLES[name]
