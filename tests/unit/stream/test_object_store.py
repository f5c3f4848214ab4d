"""Streams from S3, as moto has it: how many requests a thousand frames take, and what they leave behind."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import pacscore as pc
from reference.coded_objects import RPCL, dicom_file, picture

pytestmark = pytest.mark.slow

COUNT = 1000


@pytest.fixture(scope="module")
def s3():
    """Where a bucket of two objects is, as options for both libraries."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    secrets = {"aws_access_key_id": "nobody", "aws_secret_access_key": "nothing"}
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", **secrets)
    client.create_bucket(Bucket="images")
    few = [picture(number, 32) for number in range(8)]
    data, _ = dicom_file([few[index % 8] for index in range(COUNT)], table="extended", coded=coded_in_turn(few))
    client.put_object(Bucket="images", Key="series/thousand.dcm", Body=data)
    large = picture(0, 1024)
    client.put_object(Bucket="images", Key="large.dcm", Body=dicom_file([large], syntax=RPCL, table="extended")[0])
    client.close()
    yield endpoint, few, large
    server.stop()


def coded_in_turn(few):
    coded = [pc.encode(frame, RPCL, bits_stored=12) for frame in few]
    return [coded[index % 8] for index in range(COUNT)]


def options(endpoint, library):
    if library == "fsspec":
        return {
            "library": "fsspec",
            "key": "nobody",
            "secret": "nothing",
            "client_kwargs": {"endpoint_url": endpoint, "region_name": "us-east-1"},
        }
    return {
        "endpoint": endpoint,
        "region": "us-east-1",
        "access_key_id": "nobody",
        "secret_access_key": "nothing",
        "client_options": {"allow_http": True},
    }


class Counted:
    """A reader that counts what it is asked for, and how much of that is under way at once."""

    def __init__(self, reader):
        self.reader, self.size = reader, reader.size
        self.requests = self.open = self.most = 0
        self.lock = threading.Lock()

    def read_range(self, start, length):
        return b"".join(self.pieces(start, length))

    def pieces(self, start, length, cancelled=None):
        with self.lock:
            self.requests += 1
            self.open += 1
            self.most = max(self.most, self.open)
        try:
            yield from self.reader.pieces(start, length, cancelled)
        finally:
            with self.lock:
                self.open -= 1


@pytest.mark.parametrize("together", [True, False])
def test_a_thousand_frames_take_few_requests_and_keep_their_order(s3, together):
    endpoint, few, _ = s3
    remote = pc.open("s3://images/series/thousand.dcm", storage=options(endpoint, "obstore")).reader._reader
    reader = Counted(remote)
    frames = pc.open(reader)
    # neighbours share requests; frames in an order in which nobody has neighbours do not
    order = list(range(COUNT)) if together else [(index * 7) % COUNT for index in range(COUNT)]
    most_held = 0
    with pc.stream_frames(frames, order, ahead=8) as stream:
        for number, frame in enumerate(stream):
            assert np.array_equal(frame, few[order[number] % 8])
            most_held = max(most_held, frames.reader.held)
    assert number == COUNT - 1
    assert reader.requests <= 1.1 * COUNT
    assert reader.most <= 8
    assert most_held <= 8 * 8 * 4096
    assert (reader.open, frames.reader.held) == (0, 0)


def test_fsspec_gives_the_same(s3):
    endpoint, few, _ = s3
    frames = pc.open("s3://images/series/thousand.dcm", storage=options(endpoint, "fsspec"))
    assert np.array_equal(list(pc.stream_frames(frames, range(500, 516))), few[4:] + few + few[:4])


def test_the_first_view_of_a_large_frame_takes_an_eighth_of_its_bytes(s3):
    endpoint, _, large = s3
    frames = pc.open("s3://images/large.dcm", storage=options(endpoint, "obstore"))
    reader = frames.reader._reader
    with pc.stream_frames(frames, progressive=True, ahead=1) as views:
        first = next(views)
        assert (first.reduce, first.view.report.complete) == (3, True)
        assert reader.fetched == 65_536  # the beginning has it already
    start, stop = frames.byte_range(0)
    assert (stop - start) / 8 > 65_536
    assert first.view.image.shape == (128, 128)
    assert np.array_equal(frames[0], large)


def test_an_object_that_is_not_there(s3):
    with pytest.raises(FileNotFoundError):
        pc.open("s3://images/nothing.dcm", storage=options(s3[0], "obstore"))
