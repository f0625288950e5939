"""HTTP and web sockets on one port around any `handle`. It moves bytes and decides nothing."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Any, cast
from urllib.parse import parse_qs

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from conformance.contract.wire import Request, Response
from conformance.reference.connections import SOCKET_PATH
from conformance.reference.errors import HangUp
from conformance.reference.service import Handler
from conformance.reference.sockets import Sockets
from conformance.reference.state import Ending

HOST = "127.0.0.1"
Delay = Callable[[], float]
HANG_UP = "conformance.hang_up"  # the key in a scope of what closes its connection
# Above every limit that the service itself states, so that its own answer is seen.
MOST_BYTES = 32 * 1024 * 1024
TOO_LARGE = Response(
    413, (("Content-Type", "application/json"), ("x-amzn-ErrorType", "RequestEntityTooLargeException"))
)


def listening_socket(port: int = 0, host: str = HOST) -> socket.socket:
    """A socket that listens on `host`, an IPv4 or IPv6 address; port 0 takes a free one.

    Raises OSError for a port in use, and for what is no address of this machine.
    """
    # asyncio switches Nagle's algorithm off only where the protocol is named; with it an exchange takes 44 ms.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(512)
    except OSError:
        listener.close()
        raise
    return listener


def origin_of(listener: socket.socket) -> str:
    """The URL of a listening socket. It names the address: clients refuse web socket URLs of localhost."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def application(handle: Handler, sockets: Callable[[], Sockets], delay: Delay | None = None) -> Starlette:
    """The endpoint as an ASGI application; `sockets` says at each new web socket whose it is.

    `delay` says how many seconds a reply is held back; others are served meanwhile.
    """
    routes = [
        WebSocketRoute(SOCKET_PATH, WebSocketEndpoint(sockets)),
        Route("/{path:path}", HttpEndpoint(handle, delay)),
    ]
    return Starlette(routes=routes)


class HttpEndpoint:
    """Every path and method, answered by one function."""

    def __init__(self, handle: Handler, delay: Delay | None) -> None:
        self._handle, self._delay = handle, delay

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reads a request whole, answers it, and writes the reply whole; half a request gets no reply."""
        try:
            body = await _body(receive)
        except ConnectionAbortedError:
            return
        try:
            response = TOO_LARGE if body is None else self._handle(_request(scope, body))
        except HangUp:
            scope[HANG_UP]()
            await asyncio.sleep(0)  # till the server has noticed; it would answer for a request without a reply
            return
        if self._delay is not None:
            await asyncio.sleep(self._delay())
        headers = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in response.headers]
        if response.header("Transfer-Encoding") is None:
            headers.append((b"content-length", str(len(response.body)).encode()))
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body})


async def _body(receive: Receive) -> bytes | None:
    """The whole body, or None where it is too large to be kept (it is read all the same, so that the reply is).

    Raises ConnectionAbortedError when the client hangs up before its end.
    """
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionAbortedError("the client hung up within its request")
        size += len(message.get("body", b""))
        if size <= MOST_BYTES:
            parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts) if size <= MOST_BYTES else None


def _request(scope: Scope, body: bytes) -> Request:
    path = scope["raw_path"].decode("latin-1")
    query = scope["query_string"].decode("latin-1")
    headers = tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"])
    return Request("", scope["method"], f"{path}?{query}" if query else path, headers, body)


class WebSocketEndpoint:
    """One web socket: frames of the client go in, frames of the service come out, each in its order."""

    def __init__(self, sockets: Callable[[], Sockets]) -> None:
        self._sockets = sockets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves the socket until one side closes it; an unusable URL is refused with 403 before it opens."""
        connection = WebSocket(scope, receive, send)
        outgoing: asyncio.Queue[str | Ending | None] = asyncio.Queue()
        token = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        sockets = self._sockets()
        opened = sockets.open(token, outgoing.put_nowait)
        if opened is None:
            await connection.close()
            return
        await connection.accept()
        writer = asyncio.create_task(_write(connection, outgoing))
        try:
            while (message := await connection.receive())["type"] == "websocket.receive":
                sockets.receive(opened, message.get("text") or "")
        finally:
            sockets.close(opened)
            writer.cancel()


async def _write(connection: WebSocket, outgoing: asyncio.Queue[str | Ending | None]) -> None:
    # The client may be gone already: then there is nobody to write to.
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while isinstance(frame := await outgoing.get(), str):
            await connection.send_text(frame)
        ending = frame or Ending()
        await connection.close(ending.code, ending.reason)


class _Protocol(HttpToolsProtocol):
    """HTTP in which a connection can be closed in the place of a reply."""

    def on_message_begin(self) -> None:
        """Hands the way to do so on with the request."""
        super().on_message_begin()
        cast("dict[str, Any]", self.scope)[HANG_UP] = self.transport.close


class Server(uvicorn.Server):
    """A uvicorn server that leaves signals to whoever runs it, where `quiet` says so."""

    def __init__(self, app: Starlette, *, leaves_signals: bool) -> None:
        config = uvicorn.Config(
            app,
            loop="asyncio",
            http=_Protocol,
            ws="websockets-sansio",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=1,
            workers=1,  # else uvicorn asks WEB_CONCURRENCY
            proxy_headers=False,  # and FORWARDED_ALLOW_IPS
        )
        super().__init__(config)
        self._leaves_signals = leaves_signals

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handles SIGINT and SIGTERM, unless they were left to the caller."""
        if self._leaves_signals:
            yield
        else:
            with super().capture_signals():
                yield
