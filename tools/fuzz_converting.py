"""What must hold whatever bytes are recoded, restored, rearranged, indexed, or come piece by piece.

A fuzz input is `CHOICES` bytes that choose what is done, then the codestream or file.
"""

from __future__ import annotations

from itertools import pairwise

import pacscore
from fuzz_choices import Choices
from fuzz_decoding import LIMITS, attempt, equal

__all__ = ["CHOICES", "check"]

CHOICES = 24
PREFIX = "1.2.840.10008.1.2.4."
SOP = b"\xff\x91\x00\x04"


def _concealed(stream: bytes, reduce: int = 0, layers: int | None = None) -> pacscore.Partial | pacscore.PacscoreError:
    return attempt(lambda: pacscore.decode(stream, reduce=reduce, layers=layers, on_damage="conceal", limits=LIMITS))


def _check_same(made: bytes, before: pacscore.Partial | pacscore.PacscoreError, what: str) -> None:
    """Check that what was made of a codestream decodes, without damage, to what the codestream decodes to."""
    if isinstance(before, pacscore.LimitError):
        return
    assert isinstance(before, pacscore.Partial), f"{what}, but not decoded: {before}"
    after = _concealed(made)
    assert isinstance(after, pacscore.Partial), f"{what}, and then not decoded: {after}"
    assert equal(after.image, before.image), f"{what}: another picture"


def check_recoding(choices: Choices, stream: bytes) -> None:
    """Check that recoding keeps the picture, says whether it is exact, and that a recipe gives the original back."""
    syntax = PREFIX + choices.one_of(("201", "203", "90", "91", "202"))
    recoded = attempt(lambda: pacscore.recode(stream, syntax, limits=LIMITS))
    if isinstance(recoded, pacscore.PacscoreError):
        return
    before = _concealed(stream)
    if isinstance(before, pacscore.Partial):
        assert recoded.report.exact == before.report.complete, f"{recoded.report}, but decoding: {before.report}"
    _check_same(recoded.data, before, "recoded")
    assert pacscore.restore(recoded.data, recoded.recipe, limits=LIMITS) == stream, "restored otherwise"
    at = choices.below(1 << 16) % len(recoded.recipe)
    broken = recoded.recipe[:at] + bytes([recoded.recipe[at] ^ (1 << choices.below(8))]) + recoded.recipe[at + 1 :]
    restored = attempt(lambda: pacscore.restore(recoded.data, broken, limits=LIMITS))
    assert restored == stream or isinstance(restored, pacscore.RecipeError | pacscore.LimitError), "a broken recipe"


def check_rearranging(choices: Choices, stream: bytes) -> None:
    """Check that what is rearranged decodes to what the resolutions and layers that were kept decode to."""
    options = attempt(lambda: pacscore.RepackOptions(**choices.fields(pacscore.RepackOptions)))
    if isinstance(options, pacscore.PacscoreError):
        return
    made = attempt(lambda: pacscore.repack(stream, options, limits=LIMITS))
    if not isinstance(made, pacscore.PacscoreError):
        _check_same(made, _concealed(stream, options.reduce, options.layers), f"rearranged by {options}")


def check_arriving(choices: Choices, stream: bytes) -> None:
    """Check that pieces in any order give what the whole gives, and that no picture says it is whole too early."""
    cuts = sorted({0, len(stream), *(choices.below(1 << 16) % (len(stream) + 1) for _ in range(choices.below(4)))})
    pieces = list(pairwise(cuts))
    if choices.below(2):
        pieces.reverse()
    reduce = choices.one_of((0, 0, 1, 2))
    whole = _concealed(stream, reduce)
    decoder = pacscore.ProgressiveDecoder(size=choices.one_of((None, len(stream))), limits=LIMITS)
    for start, stop in pieces:
        decoder.feed(stream[start:stop], start)
        now = attempt(lambda: decoder.image(reduce))
        if isinstance(now, pacscore.Partial) and now.report.complete:
            assert isinstance(whole, pacscore.Partial), f"whole in part, and then: {whole}"
            assert equal(now.image, whole.image), "a picture that was called whole has changed"
    decoder.finish()
    last = attempt(lambda: decoder.image(reduce))
    if isinstance(whole, pacscore.Partial):
        assert isinstance(last, pacscore.Partial), f"decoded, but not piece by piece: {last}"
        assert equal(last.image, whole.image), "another picture when it comes piece by piece"
        assert last.report.complete == whole.report.complete, f"{last.report}, but {whole.report}"
    else:
        assert isinstance(last, pacscore.PacscoreError), f"decoded piece by piece, but not at once: {whole}"


def check_index(choices: Choices, stream: bytes) -> None:
    """Check that the ranges of a view lie in the codestream, and are all that its picture needs."""
    index = attempt(lambda: pacscore.index(stream, limits=LIMITS))
    reduce, layers = choices.below(4), choices.one_of((None, 1, 2))
    if isinstance(index, pacscore.PacscoreError):
        return
    ranges = attempt(lambda: index.ranges(reduce=reduce, layers=layers))
    if isinstance(ranges, pacscore.PacscoreError):
        return
    assert all(0 <= start < stop <= len(stream) for start, stop in ranges), f"{ranges} leave {len(stream)} bytes"
    assert all(stop < start for (_, stop), (start, _) in pairwise(ranges)), f"{ranges} touch"
    index.completeness(ranges)
    if layers is None and SOP not in stream:  # where headers are packed, SOP must be there to be passed over
        decoder = pacscore.ProgressiveDecoder(index=index, limits=LIMITS)
        for start, stop in ranges:
            decoder.feed(stream[start:stop], start)
        seen, whole = attempt(lambda: decoder.image(reduce)), _concealed(stream, reduce)
        if isinstance(whole, pacscore.Partial) and whole.report.complete:
            assert isinstance(seen, pacscore.Partial), f"decoded, but not from its ranges: {seen}"
            assert seen.report.complete, f"decoded, but not from its ranges: {seen.report}"
            assert equal(seen.image, whole.image), "another picture from the ranges of the view"


def check(data: bytes) -> None:
    """Convert a codestream in one way; raise AssertionError where something does not hold."""
    choices, stream = Choices(data[:CHOICES]), data[CHOICES:]
    if stream:
        choices.one_of((check_recoding, check_rearranging, check_arriving, check_index))(choices, stream)
