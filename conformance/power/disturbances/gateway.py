"""A gateway in front of an endpoint: a small reverse proxy on 127.0.0.1 that does what a `Line` says.

It hands on requests, one at a time on each connection, their replies, and web sockets. URLs in replies that lead to the
endpoint's own origin lead to the gateway instead, as those of an endpoint do that knows its public address.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from conformance.contract.wire import Request, Response
from conformance.power.disturbances.disturbance import Line, Loss
from conformance.power.disturbances.messages import (
    bytes_of_request,
    bytes_of_response,
    bytes_of_upgrade,
    is_upgrade,
    read_request,
    read_response,
)
from conformance.power.disturbances.signing import sign_again

HOST = "127.0.0.1"
_LARGEST_READ = 2**22
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(slots=True)
class Gateway:
    """A gateway to the endpoint at `upstream`, an origin. As a context manager it listens inside, on `url`.

    `certificate` is the PEM file of a certificate and its key, for a line with TLS.
    """

    upstream: str
    line: Line
    certificate: Path | None = None
    chance: Random = field(default_factory=lambda: Random(0))  # noqa: S311 - the same trouble in each run
    _port: Future[int] = field(default_factory=Future)
    _thread: threading.Thread | None = None
    _end: Callable[[], object] | None = None
    _serving: set[asyncio.Task[None] | None] = field(default_factory=set)

    @property
    def origin(self) -> str:
        """Scheme, host and port that it listens on."""
        return f"{'https' if self.line.tls else 'http'}://{HOST}:{self._port.result()}"

    @property
    def url(self) -> str:
        """The address to give to a run."""
        return f"{self.origin}{self.line.prefix}"

    def __enter__(self) -> Self:
        """Begin to listen. Raises OSError where that cannot be."""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        self._port.result()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        """Hang up on everybody."""
        if self._thread is not None and self._end is not None:
            self._end()
            self._thread.join()

    async def _run(self) -> None:
        """Listen until told to end. Whoever is served then is hung up on."""
        over = asyncio.Event()
        self._end = partial(asyncio.get_running_loop().call_soon_threadsafe, over.set)
        try:
            server = await asyncio.start_server(self._serve, HOST, 0, ssl=self._context(), limit=_LARGEST_READ)
        except OSError as wrong:
            self._port.set_exception(wrong)
            return
        self._port.set_result(server.sockets[0].getsockname()[1])
        await over.wait()
        server.close()

    def _context(self) -> ssl.SSLContext | None:
        if not self.line.tls or self.certificate is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        return context

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until either side ends it."""
        self._serving.add(asyncio.current_task())  # else only what it waits for knows the task, and it may be collected
        onward = _Onward(self.upstream)
        try:
            with suppress(ConnectionError, ssl.SSLError, asyncio.CancelledError):
                while (request := await read_request(reader)) is not None:
                    if is_upgrade(request):
                        await self._hand_on_socket(request, (reader, writer))
                        return
                    if not await self._answer(request, onward, writer):
                        return
        finally:
            self._serving.discard(asyncio.current_task())
            onward.close()
            writer.close()

    async def _answer(self, request: Request, onward: _Onward, writer: asyncio.StreamWriter) -> bool:
        """Answer one request. Whether the connection is kept for another one."""
        if self.line.delay is not None:
            await asyncio.sleep(self.line.delay(self.chance))
        own = self.line.instead(self.chance) if self.line.instead else None
        if own is Loss.OF_REQUEST:
            return False
        response = own if isinstance(own, Response) else await self._ask(request, onward)
        if own is Loss.OF_REPLY:
            return False
        writer.write(bytes_of_response(response, self.line.form, request.method))
        await writer.drain()
        return self.line.form.kept

    async def _ask(self, request: Request, onward: _Onward) -> Response:
        """What the endpoint answers to `request`, both as they are changed on their way."""
        inner = self._inner(request)
        changed = self.line.asked(inner) if self.line.asked else inner
        response = self._public(await onward.ask(changed))
        return self.line.answered(request, response) if self.line.answered else response

    def _inner(self, request: Request) -> Request:
        """`request` as the endpoint is to get it: without the prefix, and signed for what is left."""
        if not self.line.prefix:
            return request
        return sign_again(request, replace(request, path=request.path.removeprefix(self.line.prefix) or "/"))

    def _public(self, response: Response) -> Response:
        """`response` with URLs that lead to the gateway where they led to the endpoint."""
        web_socket, public = _web_socket(self.upstream), _web_socket(self.origin)
        body = response.body.replace(self.upstream.encode(), f"{self.origin}{self.line.prefix}".encode())
        return replace(response, body=body.replace(web_socket.encode(), f"{public}{self.line.prefix}".encode()))

    async def _hand_on_socket(self, request: Request, near: Streams) -> None:
        """Hand on a web socket: from its request on, whatever either side says."""
        far = await _connect(self.upstream)
        far[1].write(bytes_of_upgrade(replace(request, path=request.path.removeprefix(self.line.prefix))))
        try:
            await asyncio.gather(self._carry(near[0], far[1]), self._carry(far[0], near[1]))
        finally:
            far[1].close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while piece := await reader.read(2**16):
                if self.line.delay is not None:
                    await asyncio.sleep(self.line.delay(self.chance))
                writer.write(piece)
                await writer.drain()
        writer.close()


@dataclass(slots=True)
class _Onward:
    """The connection to the endpoint that belongs to one connection of a client: opened when needed, and kept."""

    upstream: str
    streams: Streams | None = None

    async def ask(self, request: Request) -> Response:
        """The endpoint's reply. A kept connection that the endpoint has closed meanwhile is opened again."""
        if self.streams is not None:
            try:
                return await self._exchange(request, self.streams)
            except ConnectionError:
                self.close()
        self.streams = await _connect(self.upstream)
        return await self._exchange(request, self.streams)

    @staticmethod
    async def _exchange(request: Request, streams: Streams) -> Response:
        reader, writer = streams
        writer.write(bytes_of_request(request))
        await writer.drain()
        return await read_response(reader, request.method)

    def close(self) -> None:
        """Hang up."""
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


async def _connect(origin: str) -> Streams:
    parts = urlsplit(origin)
    return await asyncio.open_connection(parts.hostname, parts.port, limit=_LARGEST_READ)


def _web_socket(origin: str) -> str:
    return origin.replace("http", "ws", 1)
