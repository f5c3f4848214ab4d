"""Recipes: what they need, what they refuse, and what they do with originals that are odd or damaged."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

import pacscore
from pacscore import J2KOptions, RecipeError

HT, PART_1 = "1.2.840.10008.1.2.4.203", "1.2.840.10008.1.2.4.91"
RANDOM = np.random.default_rng(5)
IMAGE = (np.add.outer(np.arange(70), np.arange(90)) * 9 + RANDOM.integers(0, 30, (70, 90))).astype(np.uint16)
PLAIN = pacscore.encode(IMAGE, PART_1)
LAYERED = pacscore.encode(IMAGE, PART_1, J2KOptions(layers=3, rate=(2, 4, 16), reversible=True, tile_rows=32, sop=True))


@pytest.mark.parametrize("data", [PLAIN, LAYERED], ids=["plain", "layered"])
def test_recipe_restores(data: bytes) -> None:
    """The SHA-256 in the recipe is the original's."""
    recoded = pacscore.recode(data, HT)
    assert hashlib.sha256(data).digest() in recoded.recipe
    assert pacscore.restore(recoded.data, recoded.recipe) == data
    assert pacscore.restore(bytearray(recoded.data), recoded.recipe, threads=2) == data


def test_own_encoder_needs_next_to_nothing() -> None:
    """What recoding makes again needs two SHA-256 and a few bytes for headers."""
    recoded = pacscore.recode(PLAIN, HT)
    assert len(recoded.recipe) < 64 + 60


@pytest.mark.parametrize("data", [PLAIN, LAYERED], ids=["plain", "layered"])
@pytest.mark.parametrize("left", [0.3, 0.6, 0.99])
def test_cut_original_comes_back(data: bytes, left: float) -> None:
    """The bytes of the packet that was cut are in the recipe, and so is what was there of the rest."""
    cut = data[: int(len(data) * left)]
    recoded = pacscore.recode(cut, HT)
    assert not recoded.report.exact
    assert pacscore.restore(recoded.data, recoded.recipe) == cut


def test_bytes_around_the_codestream_come_back() -> None:
    """Bytes behind EOC, a missing EOC, a tile-part length of zero."""
    psot = PLAIN.index(b"\xff\x90\x00\x0a") + 6
    zero = PLAIN[:psot] + bytes(4) + PLAIN[psot + 4 :]
    for data in (PLAIN + b"behind", PLAIN[:-2], zero):
        recoded = pacscore.recode(data, HT)
        assert pacscore.restore(recoded.data, recoded.recipe) == data


def test_recipe_of_another_codestream_is_refused() -> None:
    """The recipe knows the SHA-256 of the codestream that it belongs to."""
    recoded, other = pacscore.recode(PLAIN, HT), pacscore.recode(LAYERED, HT)
    with pytest.raises(RecipeError, match="another codestream"):
        pacscore.restore(other.data, recoded.recipe)
    with pytest.raises(RecipeError, match="another codestream"):
        pacscore.restore(recoded.data + b"\0", recoded.recipe)


def test_every_changed_byte_of_a_recipe_is_noticed() -> None:
    """Whichever byte it is, and whatever becomes of it."""
    recoded = pacscore.recode(LAYERED, HT)
    for place in range(len(recoded.recipe)):
        changed = bytearray(recoded.recipe)
        changed[place] ^= int(RANDOM.integers(1, 256))
        with pytest.raises((RecipeError, pacscore.LimitError)):
            pacscore.restore(recoded.data, bytes(changed))


def test_every_cut_of_a_recipe_is_noticed() -> None:
    """Down to nothing."""
    recoded = pacscore.recode(LAYERED, HT)
    for length in range(len(recoded.recipe)):
        with pytest.raises((RecipeError, pacscore.LimitError)):
            pacscore.restore(recoded.data, recoded.recipe[:length])


def test_no_thread_is_an_error_of_the_caller() -> None:
    """As everywhere."""
    recoded = pacscore.recode(PLAIN, HT)
    with pytest.raises(pacscore.OptionError, match="threads"):
        pacscore.restore(recoded.data, recoded.recipe, threads=0)
