"""What installing changes in pydicom, and that uninstalling takes it back."""

import subprocess
import sys
import threading

import pytest
from pydicom.pixels import get_decoder, get_encoder
from pydicom.pixels.decoders import base as decoders
from pydicom.pixels.encoders import base as encoders
from pydicom.uid import HTJ2K, JPEG2000, UID, JPEGBaseline8Bit, RLELossless, UID_dictionary

from pacscore.codecs import codec_for, transfer_syntaxes
from pacscore.errors import UnsupportedError
from pacscore.integrations.pydicom import PLUGIN, install, uninstall

JPEG_XL, DEFLATED_FRAME = UID("1.2.840.10008.1.2.4.110"), UID("1.2.840.10008.1.2.8.1")


def state():
    """The plug-ins of every coder in their order, and the UIDs that pydicom knows."""
    tables = decoders._PIXEL_DATA_DECODERS, encoders._PIXEL_DATA_ENCODERS
    plugins = [{uid: list(entry[0]._available.items()) for uid, entry in table.items()} for table in tables]
    return plugins, dict(UID_dictionary)


def test_every_encapsulated_transfer_syntax_of_a_codec_is_served():
    install(newer_uids=True)
    served = {uid for uid in transfer_syntaxes() if UID(uid).is_encapsulated}
    assert {uid for uid in served if PLUGIN in get_decoder(uid).available_plugins} == served
    encoded = {uid for uid in served if uid in codec_for(uid).encodes}
    assert {uid for uid in encoded if PLUGIN in get_encoder(uid).available_plugins} == encoded
    assert len(encoded) > 10


@pytest.mark.parametrize("options", [{}, {"first": True}, {"newer_uids": True}, {"first": True, "newer_uids": True}])
def test_uninstalling_restores_pydicom(options):
    before = state()
    install(**options)
    assert state() != before
    uninstall()
    assert state() == before
    uninstall()
    assert state() == before


def test_installing_twice_is_installing_once():
    install(first=True)
    once = state()
    install(first=True)
    assert state() == once


def test_others_keep_their_order_before_or_behind():
    others = list(get_decoder(JPEGBaseline8Bit)._available)
    install()
    assert list(get_decoder(JPEGBaseline8Bit)._available) == [*others, PLUGIN]
    install(first=True)
    assert list(get_decoder(JPEGBaseline8Bit)._available) == [PLUGIN, *others]
    install()
    assert list(get_decoder(JPEGBaseline8Bit)._available) == [*others, PLUGIN]


def test_newer_uids_are_known_only_when_asked_for():
    known = dict(UID_dictionary)
    install()
    assert UID_dictionary == known
    install(newer_uids=True)
    assert JPEG_XL.is_encapsulated
    assert DEFLATED_FRAME.is_encapsulated
    assert UID("1.2.840.10008.1.2.4.111").name == "JPEG XL JPEG Recompression"
    uninstall()
    assert UID_dictionary == known


def test_what_somebody_else_made_known_stays_known(monkeypatch):
    theirs = ("Theirs", "Transfer Syntax", "", "", "JPEGXLLossless")
    monkeypatch.setitem(UID_dictionary, str(JPEG_XL), theirs)
    install()
    assert PLUGIN in get_decoder(JPEG_XL).available_plugins
    install(newer_uids=True)
    uninstall()
    assert UID_dictionary[JPEG_XL] is theirs


def test_another_plug_in_of_an_added_coder_stays():
    install()
    encoder = get_encoder(HTJ2K)
    encoder.add_plugin("another", ("pacscore.integrations.pydicom_encoder", "encode_frame"))
    uninstall()
    assert get_encoder(HTJ2K).available_plugins == ("another",)
    install()
    assert set(get_encoder(HTJ2K).available_plugins) == {"another", PLUGIN}
    encoder.remove_plugin("another")
    uninstall()
    with pytest.raises(NotImplementedError):
        get_encoder(HTJ2K)


@pytest.mark.parametrize("table", [None, {HTJ2K: "something else"}])
def test_an_unknown_pydicom_is_left_alone(monkeypatch, table):
    monkeypatch.setattr(encoders, "_PIXEL_DATA_ENCODERS", table)
    before = {uid: list(entry[0]._available) for uid, entry in decoders._PIXEL_DATA_DECODERS.items()}
    with pytest.raises(UnsupportedError, match="pydicom"):
        install(first=True, newer_uids=True)
    monkeypatch.undo()
    after = {uid: list(entry[0]._available) for uid, entry in decoders._PIXEL_DATA_DECODERS.items()}
    assert (before, str(JPEG_XL) in UID_dictionary) == (after, False)


def test_threads_may_install_at_once():
    before = state()
    go = threading.Barrier(8)
    failed = []

    def work(first):
        go.wait()
        try:
            for _ in range(20):
                install(first=first, newer_uids=True)
                get_decoder(JPEG2000)._validate_plugins()
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number % 2 == 0,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    install(first=True)
    assert next(iter(get_decoder(RLELossless)._available)) == PLUGIN
    uninstall()
    assert state() == before


def test_pacscore_itself_installs_nothing():
    ask = "from pydicom.pixels import get_decoder as d; print(*d('1.2.840.10008.1.2.5')._available)"
    command = [sys.executable, "-c", f"import pacscore; pacscore.open; {ask}"]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    assert ran.stdout.split() == list(get_decoder(RLELossless)._available)
    assert PLUGIN not in ran.stdout
