"""A line between a client and a server on this machine, as slow as somebody else's."""

from __future__ import annotations

import asyncio
import contextlib
import threading

__all__ = ["SlowLine"]


class SlowLine:
    """A line to a port on this machine, of so many bits and seconds: one for all connections together.

    What comes back is late by the latency, and so is the first byte of a connection; it comes no faster than the line.

    Parameters
    ----------
    port : int
        Where the server listens, on this machine.
    bits_per_second, latency : float
        Latency in seconds.

    Attributes
    ----------
    port : int
        Where to connect to.
    passed : int, in bytes
        What came back so far, of all connections.
    """

    def __init__(self, port: int, *, bits_per_second: float = 30e6, latency: float = 0.040) -> None:
        self._target = port
        self._bytes_per_second = bits_per_second / 8
        self._latency = latency
        self._free = 0.0
        self.passed = 0
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(asyncio.start_server(self._connect, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    async def _connect(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self._latency)
        server, requests = await asyncio.open_connection("127.0.0.1", self._target)
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)
        with contextlib.suppress(OSError):
            await asyncio.gather(self._up(client, requests), self._down(server, queue), self._late(queue, answers))
        for writer in (answers, requests):
            writer.close()

    async def _up(self, client: asyncio.StreamReader, requests: asyncio.StreamWriter) -> None:
        while data := await client.read(1 << 14):
            requests.write(data)
            await requests.drain()
        requests.close()

    async def _down(self, server: asyncio.StreamReader, queue: asyncio.Queue[tuple[float, bytes]]) -> None:
        while True:
            data = await server.read(1 << 13)
            self._free = max(self._free, self._loop.time()) + len(data) / self._bytes_per_second
            await queue.put((self._free + self._latency, data))
            if not data:
                return
            await asyncio.sleep(max(0.0, self._free - self._loop.time()))

    async def _late(self, queue: asyncio.Queue[tuple[float, bytes]], answers: asyncio.StreamWriter) -> None:
        while True:
            due, data = await queue.get()
            await asyncio.sleep(max(0.0, due - self._loop.time()))
            if not data:
                answers.close()
                return
            self.passed += len(data)
            answers.write(data)
            await answers.drain()

    def close(self) -> None:
        """Cut all connections, and listen no more."""

        async def end() -> None:
            self._server.close()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
