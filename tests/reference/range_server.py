"""A web server of byte ranges in memory, which counts requests and can be made to fail."""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class RangeServer:
    """Serves ``contents`` by path; ``url(path)`` says where.

    Attributes
    ----------
    asked : list of (int, int)
        First byte and byte behind the last, of each request.
    busy : int
        How many of the next requests are answered by 503.
    cut : int
        How many of the next answers break off in the middle.
    dribble : float
        Seconds between two pieces of 16 KiB of an answer.
    tells : bool
        Whether ETag and Last-Modified are told.
    open_requests, most_open : int
        Answers that are being sent, and how many there were at once.
    """

    def __init__(self, **contents: bytes) -> None:
        self.contents = dict(contents)
        self.asked: list[tuple[int, int]] = []
        self.busy = self.cut = 0
        self.dribble = 0.0
        self.tells = True
        self.open_requests = self.most_open = 0
        self.lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                with server.counted():
                    server.answer(self)

            def do_HEAD(self) -> None:
                server.answer(self)

            def log_message(self, *arguments: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *arguments: object) -> None:
                pass  # somebody hung up

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def etag(self, path: str) -> str:
        return f'"{hashlib.md5(self.contents[path]).hexdigest()}"'

    @contextlib.contextmanager
    def counted(self) -> Iterator[None]:
        with self.lock:
            self.open_requests += 1
            self.most_open = max(self.most_open, self.open_requests)
        try:
            yield
        finally:
            with self.lock:
                self.open_requests -= 1

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.lstrip("/").split("?")[0]
        if path not in self.contents:
            return empty(request, 404)
        if request.headers.get("Authorization") == "Bearer wrong":
            return empty(request, 403)
        with self.lock:
            busy, self.busy = self.busy > 0, max(0, self.busy - 1)
        if busy:
            return empty(request, 503)
        data = self.contents[path]
        if request.headers.get("If-Match", self.etag(path)) != self.etag(path):
            return empty(request, 412)
        return self.send(request, path, data)

    def send(self, request: BaseHTTPRequestHandler, path: str, data: bytes) -> None:
        told = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("Range", ""))
        start, stop = (int(told[1]), min(int(told[2]) + 1, len(data))) if told else (0, len(data))
        request.send_response(206 if told else 200)
        if told:
            request.send_header("Content-Range", f"bytes {start}-{stop - 1}/{len(data)}")
        if self.tells:
            request.send_header("ETag", self.etag(path))
        request.send_header("Accept-Ranges", "bytes")
        request.send_header("Content-Length", str(stop - start))
        request.end_headers()
        if request.command == "HEAD":
            return
        with self.lock:
            self.asked.append((start, stop))
            cut, self.cut = self.cut > 0, max(0, self.cut - 1)
        if cut:
            request.wfile.write(data[start : (start + stop) // 2])
            request.close_connection = True
            return
        step = 1 << 14 if self.dribble else max(stop - start, 1)
        for first in range(start, stop, step):
            request.wfile.write(data[first : min(first + step, stop)])
            if self.dribble:
                time.sleep(self.dribble)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def empty(request: BaseHTTPRequestHandler, status: int) -> None:
    request.send_response(status)
    request.send_header("Content-Length", "0")
    request.end_headers()
