"""``pacscore codecs``: which transfer syntaxes are read and written here, by what."""

from __future__ import annotations

import argparse
import warnings
from importlib import metadata
from typing import Any

import pacscore
from pacscore.cli.console import Console
from pacscore.cli.syntaxes import keyword
from pacscore.codecs.entry_points import GROUP, broken_plug_ins
from pacscore.codecs.registry import Served, served
from pacscore.support.targets import active_target, available_targets

__all__ = ["add_arguments", "run"]

DESCRIPTION = "List the transfer syntaxes that are read and written, the codec of each and where it comes from."
EPILOG = """\
examples:
  pacscore codecs
  pacscore codecs --json | jq -r '.results[0].codecs[] | select(.writes) | .transfer_syntax'
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the subcommand takes: nothing of its own."""
    del parser


def run(arguments: argparse.Namespace, console: Console) -> None:
    """List what serves transfer syntaxes, and plug-ins that do not."""
    del arguments
    with console.input("codecs"):
        targets = available_targets()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # broken plug-ins are listed instead
            codecs = [_facts(uid, entry) for uid, entry in served().items()]
        facts = {
            "version": pacscore.__version__,
            "cpu_target": {number: name for name, number in targets.items()}[active_target()],
            "cpu_targets": list(targets),
            "codecs": codecs,
            "broken_plug_ins": broken_plug_ins(),
        }
        console.result(facts, "\n".join(_lines(facts)))


def _facts(uid: str, entry: Served) -> dict[str, Any]:
    codec = entry.codec
    return {
        "transfer_syntax": uid,
        "keyword": keyword(uid),
        "codec": codec.name,
        "reads": entry.pixels,
        "writes": uid in codec.encodes,
        "from": _origin(entry),
    }


def _origin(entry: Served) -> str:
    """Return who made a codec, with the version of the package that does the coding."""
    if entry.plug_in is not None:
        return f"plug-in {entry.plug_in}{_package(entry.plug_in)}"
    if entry.registered:
        return "registered in this process"
    return f"imagecodecs {_version('imagecodecs')}" if entry.codec.third_party else "pacscore"


def _package(plug_in: str) -> str:
    """Return the package of a plug-in in brackets."""
    found = next((entry.dist for entry in metadata.entry_points(group=GROUP, name=plug_in)), None)
    return "" if found is None else f" ({found.name} {found.version})"


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _lines(facts: dict[str, Any]) -> list[str]:
    lines = [f"pacscore {facts['version']}, CPU target {facts['cpu_target']} of {', '.join(facts['cpu_targets'])}"]
    rows = [["transfer syntax", "keyword", "read", "written", "from", "codec"]]
    for codec in facts["codecs"]:
        named = codec["keyword"] if codec["keyword"] != codec["transfer_syntax"] else "-"
        read, written = ("yes" if codec["reads"] else "stream"), ("yes" if codec["writes"] else "no")
        rows.append([codec["transfer_syntax"], named, read, written, codec["from"], codec["codec"]])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines += ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines += [f"plug-in {name} is left out: {reason}" for name, reason in facts["broken_plug_ins"].items()]
    return lines
