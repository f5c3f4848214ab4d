"""From components to channels: what the component mapping, the palette and the channel definitions make of them.

Source: T.800 I.5.3.4 to I.5.3.6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pacscore.errors import CodestreamError
from pacscore.j2k.boxes.records import ChannelDefinition, ChannelMapping, Palette, Wrapper

__all__ = ["Channel", "order_channels"]

_COLOUR, _OPACITY, _PREMULTIPLIED, _UNSPECIFIED = 0, 1, 2, 65535
_NO_ASSOCIATION: Final = 65535
Kind = Literal["colour", "opacity", "premultiplied opacity", "unspecified"]
_KINDS: Final[dict[int, Kind]] = {_COLOUR: "colour", _OPACITY: "opacity", _PREMULTIPLIED: "premultiplied opacity"}


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel of a rendered image.

    Attributes
    ----------
    kind : "colour", "opacity", "premultiplied opacity" or "unspecified"
        "premultiplied opacity": the colours have been multiplied by it already.
    association : int or None
        The number of the colour, from 1 on, that it is or belongs to; 0 the whole image, None nothing.
    precision : int, in bits
    signed : bool
    component : int
        Where it comes from.
    column : int or None
        The column of the palette that the component's values choose from; None where they are used directly.
    """

    kind: Kind
    association: int | None
    precision: int
    signed: bool
    component: int
    column: int | None = None


def order_channels(
    wrapper: Wrapper, components: Sequence[tuple[int, bool]], colours: int | None
) -> tuple[Channel, ...]:
    """Return the channels of a file: colours in their order, then opacities, then the others.

    Parameters
    ----------
    wrapper : Wrapper
    components : sequence of (precision, signed)
        What SIZ says.
    colours : int or None
        How many colours the colour space has; None if it is not known.

    Raises
    ------
    CodestreamError
        If a box points to what is not there, contradicts itself, or a colour is missing.
    """
    mapping = _mapping(wrapper.mapping, wrapper.palette, len(components))
    meanings = _meanings(wrapper.channels, len(mapping), colours)
    channels = [
        _channel(meaning, mapped, wrapper.palette, components)
        for meaning, mapped in zip(meanings, mapping, strict=True)
    ]
    found = [channel for channel in channels if channel.kind == "colour"]
    found.sort(key=lambda channel: channel.association or _NO_ASSOCIATION)
    if colours is not None and len(found) != colours:
        raise _wrong("colr", "I.5.3.3", f"the colour space has {colours} colours, the file {len(found)} such channels")
    opacities = [channel for channel in channels if "opacity" in channel.kind]
    return (*found, *opacities, *(channel for channel in channels if channel.kind == "unspecified"))


def _wrong(box: str, clause: str, what: str) -> CodestreamError:
    return CodestreamError(f"box {box!r}: {what} (T.800 {clause})", clause=f"T.800 {clause}")


def _mapping(
    mapping: tuple[ChannelMapping, ...], palette: Palette | None, components: int
) -> tuple[ChannelMapping, ...]:
    """Return the component mapping, checked; without one, each component is a channel."""
    if not mapping:
        if palette is not None:
            raise _wrong("pclr", "I.5.3.4", "a palette needs a component mapping, and there is no box 'cmap'")
        return tuple(ChannelMapping(component, 0, 0) for component in range(components))
    columns = 0 if palette is None else len(palette.b)
    for number, channel in enumerate(mapping):
        if channel.cmp >= components:
            what = f"channel {number} is component {channel.cmp}, the image has {components}"
            raise _wrong("cmap", "I.5.3.5", what)
        if channel.mtyp and channel.pcol >= columns:
            what = f"channel {number} is column {channel.pcol} of the palette, it has {columns}"
            raise _wrong("cmap", "I.5.3.5", what)
    return mapping


def _meanings(
    definitions: tuple[ChannelDefinition, ...], count: int, colours: int | None
) -> list[tuple[Kind, int | None]]:
    """Return kind and association of each channel; without definitions the first ones are the colours."""
    if not definitions:
        first = count if colours is None else colours
        return [("colour", number + 1) if number < first else ("unspecified", None) for number in range(count)]
    meanings: list[tuple[Kind, int | None]] = [("unspecified", None)] * count
    defined: set[int] = set()
    taken: set[int] = set()
    for definition in definitions:
        number, association = definition.cn, definition.asoc
        if number >= count or number in defined:
            what = "is defined twice" if number in defined else f"is defined, there are {count} channels"
            raise _wrong("cdef", "I.5.3.6", f"channel {number} {what}")
        defined.add(number)
        _check_association(definition, taken, colours)
        kind = _KINDS.get(definition.typ, "unspecified")
        meanings[number] = kind, None if association == _NO_ASSOCIATION else association
    return meanings


def _check_association(definition: ChannelDefinition, taken: set[int], colours: int | None) -> None:
    association = definition.asoc
    if association in (0, _NO_ASSOCIATION):
        return
    if colours is not None and association > colours:
        what = f"channel {definition.cn} belongs to colour {association}, the colour space has {colours}"
        raise _wrong("cdef", "I.5.3.6", what)
    if definition.typ == _COLOUR:
        if association in taken:
            raise _wrong("cdef", "I.5.3.6", f"two channels are colour {association}")
        taken.add(association)


def _channel(
    meaning: tuple[Kind, int | None],
    mapped: ChannelMapping,
    palette: Palette | None,
    components: Sequence[tuple[int, bool]],
) -> Channel:
    if palette is not None and mapped.mtyp:
        depth = palette.b[mapped.pcol]
        return Channel(*meaning, (depth & 0x7F) + 1, depth >= 0x80, mapped.cmp, mapped.pcol)
    return Channel(*meaning, *components[mapped.cmp], mapped.cmp)
