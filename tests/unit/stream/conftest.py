"""Objects of frames, and a server of them."""

import threading

import pytest

import pacscore as pc
from reference.coded_objects import dicom_file, picture
from reference.range_server import RangeServer


@pytest.fixture(scope="session")
def stack():
    return [picture(number) for number in range(40)]


@pytest.fixture(scope="session")
def files(stack):
    return {table: dicom_file(stack, table=table)[0] for table in ("basic", "extended", "none")}


@pytest.fixture
def server(files):
    serving = RangeServer(**files)
    yield serving
    serving.close()


@pytest.fixture
def remote(server):
    def opened(path="basic"):
        return pc.open(server.url(path), storage={"client_options": {"allow_http": True}})

    return opened


@pytest.fixture(autouse=True)
def _no_thread_is_left():
    yield
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("pacscore")] == []
