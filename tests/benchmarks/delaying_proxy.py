"""A TCP proxy on 127.0.0.1 that holds back all bytes for a while, in each direction, as a distance does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

_PIECE = 2**16


@contextmanager
def delaying_proxy(port: int, seconds: float) -> Iterator[int]:
    """Run a proxy to `port` whose bytes arrive `seconds` later, and yield its own port."""
    ready, found = Event(), list[int]()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        server = await asyncio.start_server(lambda r, w: _carry(r, w, port, seconds), "127.0.0.1", 0)
        found.append(server.sockets[0].getsockname()[1])
        ready.set()
        await server.serve_forever()

    def run() -> None:
        with suppress(RuntimeError):  # the loop was stopped
            loop.run_until_complete(serve())

    Thread(target=run, daemon=True).start()
    ready.wait()
    try:
        yield found[0]
    finally:
        loop.call_soon_threadsafe(loop.stop)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, seconds: float) -> None:
    to_server, at_server = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.gather(_pump(reader, at_server, seconds), _pump(to_server, writer, seconds))


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, seconds: float) -> None:
    """Hand on what comes, each piece `seconds` after it came; the end too."""
    loop, pieces = asyncio.get_running_loop(), asyncio.Queue[tuple[float, bytes]]()

    async def write() -> None:
        while True:
            due, piece = await pieces.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not piece:
                sink.close()
                return
            sink.write(piece)

    writing = asyncio.create_task(write())
    piece = b"-"
    while piece:
        try:
            piece = await source.read(_PIECE)
        except OSError:
            piece = b""
        pieces.put_nowait((loop.time() + seconds, piece))
    with suppress(OSError):
        await writing
