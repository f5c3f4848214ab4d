"""The list of codecs: what is built in, what plug-ins bring, and which of them are broken."""

from __future__ import annotations

import importlib
from importlib.metadata import EntryPoint, version

import numpy as np
import pytest

from pacscore.codecs import codec_for, entry_points, register, unregister
from pacscore.codecs.rle import RLECodec
from pacscore.errors import PacscoreError
from pacscore.pixel_format import PixelFormat
from pacscore.support.targets import available_targets


class Private(RLECodec):
    """RLE under a private UID."""

    name = "private"
    transfer_syntaxes = encodes = frozenset({"1.2.3.4.5"})


@pytest.fixture
def plug_ins(monkeypatch):
    """Let a good plug-in and a broken one seem installed."""
    points = [
        EntryPoint("good", f"{__name__}:Private", entry_points.GROUP),
        EntryPoint("broken", "no_such_module:CODEC", entry_points.GROUP),
    ]
    found = importlib.import_module("importlib.metadata")
    monkeypatch.setattr(
        found, "entry_points", lambda group, name=None: [point for point in points if name in (None, point.name)]
    )
    monkeypatch.setattr(entry_points, "_found", None)
    monkeypatch.setattr(entry_points, "_broken", {})


def _listed(run_json):
    status, document = run_json("codecs")
    assert status == 0
    (facts,) = document["results"]
    return facts, {codec["transfer_syntax"]: codec for codec in facts["codecs"]}


def test_what_is_listed_is_what_serves(run_json):
    _, listed = _listed(run_json)
    frame, stored = np.zeros((4, 4), np.uint8), PixelFormat(4, 4, 1, 8, 8)
    for uid, facts in listed.items():
        if not facts["reads"]:
            assert "1.2.840.10008.1.2.4.100" <= uid <= "1.2.840.10008.1.2.4.108"
            continue
        codec = codec_for(uid)
        assert facts["codec"] == codec.name
        try:
            written = bool(codec.encode(frame, stored, uid).data)
        except PacscoreError:
            written = False
        assert facts["writes"] is written
    assert len(listed) > 35


def test_where_codecs_come_from(run_json):
    _, listed = _listed(run_json)
    assert listed["1.2.840.10008.1.2.4.201"]["from"] == "pacscore"
    assert listed["1.2.840.10008.1.2.4.80"]["from"] == f"imagecodecs {version('imagecodecs')}"
    codec = Private()
    register(codec)
    try:
        assert _listed(run_json)[1]["1.2.3.4.5"]["from"] == "registered in this process"
    finally:
        unregister(codec)


@pytest.mark.usefixtures("plug_ins")
def test_plug_ins_are_listed_and_broken_ones_named(run, run_json):
    facts, listed = _listed(run_json)
    assert listed["1.2.3.4.5"]["from"] == "plug-in good"
    assert facts["broken_plug_ins"] == {"broken": "ModuleNotFoundError: No module named 'no_such_module'"}
    status, out, err = run("codecs")
    assert (status, err) == (0, "")
    assert "plug-in broken is left out: ModuleNotFoundError" in out


def test_the_target_is_told(run, run_json, monkeypatch):
    monkeypatch.setenv("PACSCORE_TARGET", "baseline")
    lowest = next(iter(available_targets()))
    facts, _ = _listed(run_json)
    assert facts["cpu_target"] == lowest
    assert facts["cpu_targets"] == list(available_targets())
    monkeypatch.setenv("PACSCORE_TARGET", "fastest")
    status, out, err = run("codecs")
    assert (status, out) == (2, "")
    assert "PACSCORE_TARGET" in err
