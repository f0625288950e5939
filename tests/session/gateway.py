"""A gateway before an endpoint, with the misconfigurations that gateways have."""

from __future__ import annotations

import gzip
import http.client
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from tests.endpoint.raw_endpoint import Peer, Received

_HOP_BY_HOP = frozenset({"connection", "content-length", "transfer-encoding", "keep-alive", "upgrade"})
Answer = Callable[[Received], bytes | None]


def answer(status: int, body: str = "", **headers: str) -> bytes:
    """A reply of the gateway's own; underscores in the names of `headers` stand for hyphens."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = "\r\n".join([f"HTTP/1.1 {status} X", "Server: gateway/1.0", *lines, f"Content-Length: {len(body)}"])
    return f"{head}\r\n\r\n{body}".encode()


@dataclass
class Gateway:
    """What is between the client and `upstream`, a URL.

    `host` replaces the Host header, `prefix` is taken off the path, `drops` are request headers that are not passed on
    (in lower case), `decodes` decodes the path and `encodes` encodes it once more, `cuts` ends bodies at so many bytes,
    `largest` refuses larger ones, `compresses` does so whether asked or not. Web sockets are not forwarded: their
    requests arrive as plain GETs.
    """

    upstream: str
    host: str | None = None
    prefix: str = ""
    drops: frozenset[str] = frozenset()
    decodes: bool = False
    encodes: bool = False
    cuts: int | None = None
    largest: int | None = None
    compresses: bool = False
    url: str = ""
    answers: Answer = field(default=lambda _: None)

    def __call__(self, peer: Peer) -> None:
        """Pass the requests of one connection on."""
        parts = urlsplit(self.upstream)
        upstream = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        try:
            while (request := peer.request()) is not None:
                own = self.answers(request)
                peer.send(own if own is not None else self._pass_on(upstream, request))
        finally:
            upstream.close()

    def _pass_on(self, upstream: http.client.HTTPConnection, request: Received) -> bytes:
        if self.largest is not None and len(request.body) > self.largest:
            return answer(413, "<html><h1>413 Request Entity Too Large</h1></html>", Content_Type="text/html")
        body = request.body[: self.cuts]
        path = request.target.removeprefix(self.prefix)
        upstream.putrequest(
            request.line.split(" ")[0],
            self._rewritten(path),
            skip_host=True,
            skip_accept_encoding=True,
        )
        for name, value in request.headers:
            if name.lower() not in _HOP_BY_HOP | self.drops:
                upstream.putheader(name, self.host if self.host and name.lower() == "host" else value)
        upstream.putheader("Content-Length", str(len(body)))
        upstream.endheaders(body)
        return self._reply(upstream.getresponse())

    def _rewritten(self, path: str) -> str:
        if self.encodes:
            return quote(path)
        return unquote(path) if self.decodes else path

    def _reply(self, reply: http.client.HTTPResponse) -> bytes:
        body = reply.read()
        headers = [(name, value) for name, value in reply.getheaders() if name.lower() not in _HOP_BY_HOP]
        if self.url:
            body = body.replace(self.upstream.encode(), self.url.encode())
            body = body.replace(
                self.upstream.replace("http", "ws", 1).encode(), self.url.replace("http", "ws", 1).encode()
            )
        if self.compresses:
            body = gzip.compress(body)
            headers.append(("Content-Encoding", "gzip"))
        lines = [f"HTTP/1.1 {reply.status} X", *(f"{name}: {value}" for name, value in headers)]
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode("latin-1") + body
