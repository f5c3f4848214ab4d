"""``pacscore info``: what is inside a file, without decoding its pixels."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
from pathlib import Path
from typing import Any

import pacscore
from pacscore.cli.console import Console
from pacscore.cli.inputs import is_codestream, read_codestream
from pacscore.cli.syntaxes import keyword
from pacscore.errors import PacscoreError
from pacscore.pixels.lookup import LookupTable

__all__ = ["add_arguments", "run"]

DESCRIPTION = "Read the headers of codestreams (.j2k .j2c .jph .jp2) and DICOM files, and say what they promise."
EPILOG = """\
examples:
  pacscore info scan.dcm
  pacscore info --json *.j2k | jq '.results[].codestream.decomposition_levels'
"""

_JPEG_2000 = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (90, 91, 92, 93, 201, 202, 203))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the subcommand takes."""
    parser.add_argument("inputs", nargs="+", type=Path, metavar="FILE", help="codestream, JP2, JPH or DICOM file")


def run(arguments: argparse.Namespace, console: Console) -> None:
    """Say what is inside each input."""
    for path in arguments.inputs:
        with console.input(path):
            facts = codestream_facts(read_codestream(path)) if is_codestream(path) else dicom_facts(path)
            console.result({"input": str(path), **facts}, f"{path}\n" + "\n".join(_lines(facts, "  ")))


def codestream_facts(data: bytes) -> dict[str, Any]:
    """Return what the main header of a codestream says, and of a JP2 or JPH file the boxes."""
    info = pacscore.inspect(data)
    facts = dataclasses.asdict(info)
    if info.file is not None:
        facts["file"] = file_facts(info)
    return {"bytes": len(data), "codestream": facts}


def file_facts(info: pacscore.CodestreamInfo) -> dict[str, Any]:
    """Return what the boxes of a file say, and how it would be rendered."""
    file = info.file
    if file is None:
        return {}
    facts: dict[str, Any] = {"boxes": [box.kind for box in file.boxes]}
    try:
        facts["color_space"] = info.color_space
        facts["channels"] = [f"{channel.kind}, {channel.precision} bits" for channel in info.rendered_channels]
    except PacscoreError as error:
        facts["not_rendered"] = str(error)
    if file.palette is not None:
        facts["palette"] = f"{len(file.palette.entries)} entries of {len(file.palette.b)} columns"
    if file.resolution is not None:
        facts["samples_a_metre"] = dataclasses.asdict(file.resolution)
    return facts


def dicom_facts(path: Path) -> dict[str, Any]:
    """Return what a DICOM file says about its frames, and its first codestream about itself."""
    with pacscore.open(path) as frames:
        uid = str(frames.transfer_syntax)
        facts: dict[str, Any] = {
            "bytes": path.stat().st_size,
            "sop_class": str(getattr(frames.dataset.get("SOPClassUID"), "name", "")),
            "modality": str(frames.dataset.get("Modality", "")),
            "transfer_syntax": uid,
            "transfer_syntax_keyword": keyword(uid),
            "frames": len(frames),
            "pixel_format": dataclasses.asdict(frames.pixel_format),
        }
        if frames.encoded_format != frames.pixel_format:
            facts["encoded_format"] = dataclasses.asdict(frames.encoded_format)
        if uid in _JPEG_2000 and len(frames):
            facts["codestream"] = codestream_facts(frames.encoded(0))["codestream"]
        with contextlib.suppress(PacscoreError):  # whoever renders it is told
            facts["windows"] = [_window_text(choice) for choice in frames.pipeline(0).voi_choices]
            facts["overlays"] = [overlay.label or f"{overlay.group:04X}" for overlay in frames.overlays(0)]
    return facts


def _window_text(choice: pacscore.Window | LookupTable) -> str:
    """Tell a window or table of the first frame, as ``render --voi`` counts them."""
    if isinstance(choice, LookupTable):
        what = f"table of {len(choice.entries)} entries"
    else:
        what = f"{choice.center:g} {choice.width:g} {choice.function}"
    return f"{choice.explanation}: {what}" if choice.explanation else what


def _lines(facts: dict[str, Any], indent: str) -> list[str]:
    lines: list[str] = []
    for name, value in facts.items():
        label = f"{indent}{name.replace('_', ' ')}"
        if isinstance(value, dict):
            lines += [label, *_lines(value, indent + "  ")]
        elif name == "components" and isinstance(value, (list, tuple)):
            lines += _component_lines(label, value)
        else:
            lines.append(f"{label:<30} {_text(value)}")
    return lines


def _component_lines(label: str, components: list[Any] | tuple[Any, ...]) -> list[str]:
    """Tell equal neighbours together: files may have 16,384 components."""
    texts = [", ".join(f"{name} {_text(value)}" for name, value in component.items()) for component in components]
    lines: list[str] = []
    first = 0
    for number, text in enumerate(texts):
        if number + 1 < len(texts) and texts[number + 1] == text:
            continue
        span = f"{first}" if first == number else f"{first}-{number}"
        lines.append(f"{f'{label} {span}':<30} {text}")
        first = number + 1
    return lines


def _text(value: Any) -> str:
    if value is True or value is False:
        return "yes" if value else "no"
    if value is None or value in ("", (), []):
        return "-"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, (list, tuple)):
        return ", ".join(" x ".join(map(str, one)) if isinstance(one, tuple) else _text(one) for one in value)
    # A file's own words must not steer the terminal.
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in str(value))
