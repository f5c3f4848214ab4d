"""Codecs of other packages, and the transfer syntaxes that nobody serves."""

from __future__ import annotations

import warnings

import pytest

import pacscore
from pacscore.codecs import codec_for, plug_ins, registry, transfer_syntaxes
from pacscore.codecs.rle import RLECodec

PREFIX = "1.2.840.10008.1.2."


class Other(RLECodec):
    """RLE under another name."""

    name = "other"
    transfer_syntaxes = encodes = frozenset({"1.2.3.4.5", f"{PREFIX}5"})


OTHER = Other()


@pytest.fixture
def installed(monkeypatch):
    """Let packages seem installed that have these entry points."""
    import importlib

    module = importlib.import_module("pacscore.codecs.entry_points")
    looked = []

    def install(**targets):
        points = [importlib.metadata.EntryPoint(name, target, module.GROUP) for name, target in targets.items()]
        monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: looked.append(group) or points)
        monkeypatch.setattr(module, "_found", None)
        monkeypatch.setattr(module, "_broken", {})
        monkeypatch.setattr(registry, "_registered", {})
        return looked

    return install


@pytest.mark.parametrize("target", ["OTHER", "Other"])
def test_a_plug_in_serves_what_is_not_built_in(installed, target):
    looked = installed(other=f"{__name__}:{target}")
    assert codec_for(f"{PREFIX}5").name == "RLE"
    assert looked == []  # not even looked for
    codec = codec_for("1.2.3.4.5")
    assert codec.name == "other"
    assert codec_for("1.2.3.4.5") is codec
    assert plug_ins() == {"other": codec}
    assert looked == ["pacscore.codecs"]


@pytest.mark.parametrize(
    "target", ["no_such_module:CODEC", f"{__name__}:NOTHING", "os:getcwd", "os:sep", f"{__name__}:PREFIX"]
)
def test_a_broken_one_harms_no_other(installed, target):
    installed(broken=target, other=f"{__name__}:OTHER")
    with pytest.warns(RuntimeWarning, match="'broken'"):
        assert codec_for("1.2.3.4.5") is OTHER
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # it was told once
        with pytest.raises(pacscore.NoCodecError, match="'broken' might have served it") as caught:
            codec_for("1.2.3.4.6")
    assert "broken" in caught.value.hint


@pytest.mark.parametrize(
    ("uid", "what"),
    [("4.94", "JPIP"), ("4.205", "JPIP"), ("7.1", "SMPTE"), ("7.3", "SMPTE"), ("4.52", "arithmetic"), ("4.66", "hier")],
)
def test_known_but_not_served(uid, what):
    with pytest.raises(pacscore.UnsupportedError, match=what) as caught:
        codec_for(PREFIX + uid)
    assert not isinstance(caught.value, pacscore.NoCodecError)
    assert PREFIX + uid not in transfer_syntaxes()
