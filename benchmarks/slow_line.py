"""Measure how soon a large frame is seen over a slow line: at an eighth of its rows and columns, and whole.

    python -m benchmarks.slow_line [--bits 30e6] [--latency 0.04] [--repeats 3] [--markdown FILE]

A radiograph of 10 megapixels lies in a store of moto, on this machine, behind a line of 30 Mbit/s and 40 ms. Each time
is from opening the source, with nothing known of it, to the decoded picture: the first view of `stream_frames` with
``progressive=True``, and a frame as `open` gives it. The first view must be whole at its resolution. Times are
the least of the repeats; bytes are those that had come through the line.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread, examples
from pydicom.encaps import encapsulate
from pydicom.uid import UID

import pacscore
from benchmarks.images import load
from benchmarks.lines import SlowLine
from benchmarks.tables import markdown_table

CODINGS = {
    "HTJ2K RPCL": ("1.2.840.10008.1.2.4.202", None),
    "JPEG 2000 RPCL": ("1.2.840.10008.1.2.4.90", pacscore.J2KOptions(progression="RPCL")),
    "JPEG 2000 LRCP": ("1.2.840.10008.1.2.4.90", pacscore.J2KOptions(progression="LRCP")),
}
"""All lossless."""
SIZE = (3840, 2688)
"""Rows and columns: 10.3 megapixels."""
SECRETS = {"access_key_id": "nobody", "secret_access_key": "nothing"}


class Row(NamedTuple):
    """What one coding took through one kind of URL, in seconds, and of how many bytes."""

    source: str
    coding: str
    size: int
    first: float
    first_bytes: int
    whole: float


def radiograph() -> tuple[NDArray[np.uint16], int]:
    """Return a radiograph enlarged to ten megapixels, with some noise, as enlarging has none; and its bits."""
    small, bits, _ = load("large")
    rows, columns = (
        np.linspace(0, have - 1, want).round().astype(np.intp) for have, want in zip(small.shape, SIZE, strict=False)
    )
    enlarged = small[np.ix_(rows, columns)].astype(np.int64)
    noise = np.random.default_rng(1).integers(-4, 5, SIZE)
    return np.clip(enlarged + noise, 0, (1 << bits) - 1).astype(np.uint16), bits


def dicom_file(picture: NDArray[np.uint16], bits: int, coding: str) -> bytes:
    """Return a DICOM file of one frame."""
    syntax, options = CODINGS[coding]
    data = pacscore.encode(picture, syntax, options, bits_stored=bits)
    dataset = dcmread(str(examples.get_path("ct")))
    dataset.Rows, dataset.Columns = picture.shape
    dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = bits, bits - 1, 0
    dataset.file_meta.TransferSyntaxUID = UID(syntax)
    dataset.PixelData = encapsulate([data])
    dataset["PixelData"].is_undefined_length = True
    file = io.BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    return file.getvalue()


@contextmanager
def store(**objects: bytes) -> Iterator[int]:
    """Serve objects in a bucket that everybody may read, and yield the port."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        region_name="us-east-1",
        aws_access_key_id="nobody",
        aws_secret_access_key="nothing",
    )
    client.create_bucket(Bucket="images")
    for name, data in objects.items():
        client.put_object(Bucket="images", Key=name, Body=data, ACL="public-read")
    client.close()
    try:
        yield port
    finally:
        server.stop()


def sources(port: int, name: str) -> dict[str, Callable[[], pacscore.FrameSource]]:
    """Return how an object is opened, by the kinds of URL."""
    web = {"client_options": {"allow_http": True}}
    endpoint = f"http://127.0.0.1:{port}"
    bucket: dict[str, Any] = {**web, **SECRETS, "endpoint": endpoint, "region": "us-east-1"}
    return {
        "http": lambda: pacscore.open(f"{endpoint}/images/{name}", storage=web),
        "s3": lambda: pacscore.open(f"s3://images/{name}", storage=bucket),
    }


def first_view(opened: Callable[[], pacscore.FrameSource]) -> tuple[float, NDArray[Any]]:
    """Return the seconds to the first view, and the view."""
    begin = time.perf_counter()
    with pacscore.stream_frames(opened(), progressive=True, ahead=1) as views:
        view = next(views)
        seconds = time.perf_counter() - begin
    if view.reduce != 3 or not view.view.report.complete:
        raise RuntimeError("the first view is not a whole one at an eighth")
    return seconds, view.view.image


def measure(bits_per_second: float, latency: float, repeats: int) -> list[Row]:
    """Return a row for each coding and kind of URL; raise if a picture is not what it should be."""
    picture, bits = radiograph()
    files = {coding: dicom_file(picture, bits, coding) for coding in CODINGS}
    names = {coding: coding.replace(" ", "-") + ".dcm" for coding in CODINGS}
    rows = []
    with store(**{names[coding]: data for coding, data in files.items()}) as port:
        for coding, data in files.items():
            with pacscore.open(data) as frames:
                eighth = np.asarray(frames.frame(0, reduce=3))
            for source in ("http", "s3"):
                firsts, wholes, passed = [], [], 0
                for _ in range(repeats):
                    line = SlowLine(port, bits_per_second=bits_per_second, latency=latency)
                    opened = sources(line.port, names[coding])[source]
                    seconds, view = first_view(opened)
                    firsts.append(seconds)
                    passed = line.passed
                    line.close()
                    line = SlowLine(port, bits_per_second=bits_per_second, latency=latency)
                    opened = sources(line.port, names[coding])[source]
                    begin = time.perf_counter()
                    whole = opened()[0]
                    wholes.append(time.perf_counter() - begin)
                    line.close()
                    if not (np.array_equal(view, eighth) and np.array_equal(whole, picture)):
                        raise RuntimeError(f"{source}, {coding}: a picture is wrong")
                rows.append(Row(source, coding, len(data), min(firsts), passed, min(wholes)))
    return rows


def table(rows: list[Row]) -> str:
    """Return the rows as a table for the docs."""
    cells = (
        [
            row.source,
            row.coding,
            f"{row.size / 1e6:.2f}",
            f"{row.first_bytes / 1e6:.2f}",
            f"{row.first:.3f}",
            f"{row.whole:.3f}",
            f"{row.first / row.whole:.3f}",
        ]
        for row in rows
    )
    headings = ["Source", "Coding", "File, MB", "First view, MB", "First view, s", "Whole, s", "Ratio"]
    return markdown_table(headings, cells, words=2)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bits", type=float, default=30e6, help="a second")
    parser.add_argument("--latency", type=float, default=0.04, help="in seconds")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write a table there, for the docs")
    options = parser.parse_args(arguments)
    shown = table(measure(options.bits, options.latency, options.repeats))
    print(shown, end="")
    if options.markdown:
        options.markdown.write_text(shown, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
