"""HTTP messages as a gateway reads and writes them, on asyncio's streams."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import httptools

from conformance.contract.wire import Headers, Request, Response
from conformance.power.disturbances.disturbance import Form

_PIECE = 65_536  # bytes that are read at once
_CHUNKS = 3  # a chunked body is written in so many
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})
_REASONS = {200: "OK", 429: "Too Many Requests", 503: "Service Unavailable"}


@dataclass(slots=True)
class _Parts:
    """Takes in what httptools' parsers find."""

    url: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)
    head_is_read: bool = False
    is_read: bool = False

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        self.head_is_read = True

    def on_body(self, piece: bytes) -> None:
        self.body += piece

    def on_message_complete(self) -> None:
        self.is_read = True


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request of a connection; None at its end. Raises ConnectionError where it ends within a request."""
    parts = _Parts()
    parser = httptools.HttpRequestParser(parts)
    if not await _read(reader, parser, parts, lambda: parts.is_read):
        return None
    method, path = parser.get_method().decode(), parts.url.decode("latin-1")
    return Request("", method, path, tuple(parts.headers), bytes(parts.body))


async def read_response(reader: asyncio.StreamReader, method: str) -> Response:
    """The reply to a request of `method`. Raises ConnectionError where the connection ends before the reply does."""
    parts = _Parts()
    parser = httptools.HttpResponseParser(parts)
    bodiless = method == "HEAD"
    if not await _read(reader, parser, parts, lambda: parts.is_read or (bodiless and parts.head_is_read)):
        raise ConnectionError("the endpoint closed the connection before its reply")
    return Response(parser.get_status_code(), tuple(parts.headers), bytes(parts.body))


async def _read(
    reader: asyncio.StreamReader,
    parser: httptools.HttpRequestParser | httptools.HttpResponseParser,
    parts: _Parts,
    is_over: Callable[[], bool],
) -> bool:
    """Read one message. False where the connection had ended before it began."""
    begun = False
    while not is_over():
        piece = await reader.read(_PIECE)
        if not piece and not begun:
            return False
        if not piece:
            raise ConnectionError("the connection ended within a message")
        begun = True
        try:
            parser.feed_data(piece)
        except httptools.HttpParserUpgrade:
            parts.is_read = True
        except httptools.HttpParserError as wrong:
            raise ConnectionError(f"what arrived is no HTTP: {wrong}") from wrong
    return True


def without_framing(headers: Headers) -> Headers:
    """Those of `headers` that a gateway hands on: the others are about one connection."""
    return tuple((name, value) for name, value in headers if name.lower() not in _HOP_BY_HOP)


def bytes_of_request(request: Request) -> bytes:
    """A request as it travels, with the length of its body."""
    headers = [*without_framing(request.headers), ("Content-Length", str(len(request.body)))]
    return _head(f"{request.method} {request.path} HTTP/1.1", headers) + request.body


def bytes_of_response(response: Response, form: Form, method: str) -> bytes:
    """A reply to a request of `method` as it travels in `form`."""
    length = str(len(response.body))
    if method == "HEAD":
        length = response.header("content-length") or length
    headers = [*without_framing(response.headers), *_framing(form, length)]
    spelled = [(form.spelled(name), value) for name, value in headers]
    status = f"{form.version} {response.status} {_REASONS.get(response.status, 'Other')}"
    body = b"" if method == "HEAD" else response.body
    before = _head(f"{form.version} 103 Early Hints", [("Link", "</style.css>; rel=preload")]) if form.interim else b""
    return before + _head(status, spelled) + (_chunks(body, extended=form.extended) if form.chunked else body)


def _framing(form: Form, length: str) -> Headers:
    size = ("Transfer-Encoding", "chunked") if form.chunked else ("Content-Length", length)
    return (size,) if form.kept or not form.announced else (size, ("Connection", "close"))


def _chunks(body: bytes, *, extended: bool) -> bytes:
    size = max(1, -(-len(body) // _CHUNKS))
    pieces = [body[first : first + size] for first in range(0, len(body), size)]
    extension, trailer = (b';part="a;b"', b"X-Checksum: 7\r\n") if extended else (b"", b"")
    chunks = (b"%x%s\r\n%s\r\n" % (len(piece), extension, piece) for piece in pieces)
    return b"".join(chunks) + b"0%s\r\n%s\r\n" % (extension, trailer)


def _head(first_line: str, headers: list[tuple[str, str]]) -> bytes:
    lines = [first_line, *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def is_upgrade(request: Request) -> bool:
    """Whether a request asks for a web socket."""
    return (request.header("upgrade") or "").lower() == "websocket"


def bytes_of_upgrade(request: Request) -> bytes:
    """A request for a web socket as it travels: what is about the connection is handed on here."""
    return _head(f"{request.method} {request.path} HTTP/1.1", list(request.headers))
