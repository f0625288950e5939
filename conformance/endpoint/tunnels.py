"""Connections through a proxy of the environment, and what a proxy says that brings none about.

Everything goes through a tunnel (CONNECT, or SOCKS), plain HTTP too: inside one a proxy changes nothing and says
nothing, so that what comes out of it is the endpoint's. What the proxy itself answers is a `ProxyFailed`.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass

from conformance.contract.wire import Headers, Response
from conformance.endpoint.proxies import Proxy

PROXY_AUTHENTICATION = 407
_HEAD_LIMIT, _BODY_LIMIT = 2**16, 2**12  # bytes of a refusal that are read
_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})\b")

Remaining = Callable[[], float]  # the seconds that are left; raises TimeoutError when there are none


class ProxyFailed(OSError):
    """The proxy brought no connection about. Its text names the proxy and says what it did."""


class TunnelRefused(ProxyFailed):
    """The proxy answered CONNECT with `reply`, which opens no tunnel."""

    def __init__(self, proxy: Proxy, place: str, reply: Response) -> None:
        wants = " (it wants a user and a password)" if reply.status == PROXY_AUTHENTICATION else ""
        super().__init__(f"the proxy {proxy.address} answered {reply.status} to CONNECT {place}{wants}")
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Route:
    """The way to one host and port, through `proxy` if there is one."""

    host: str
    port: int
    proxy: Proxy | None = None

    def connect(self, remaining: Remaining) -> socket.socket:
        """A connection to the host. Raises ProxyFailed, or OSError where there is no proxy."""
        if self.proxy is None:
            return _connect(self.host, self.port, remaining)
        if self.proxy.scheme.startswith("socks"):
            return _through_socks(self.proxy, self.host, self.port, remaining)
        found = reach(self.proxy, remaining)
        try:
            _open_tunnel(found, self.proxy, self.host, self.port, remaining)
        except BaseException:
            found.close()
            raise
        return found


def reach(proxy: Proxy, remaining: Remaining) -> socket.socket:
    """A connection to `proxy` itself. Raises ProxyFailed."""
    try:
        return _connect(proxy.host, proxy.port, remaining)
    except OSError as wrong:
        raise _failure(proxy, wrong) from wrong


def _connect(host: str, port: int, remaining: Remaining) -> socket.socket:
    found = socket.create_connection((host, port), timeout=remaining())
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found


def _through_socks(proxy: Proxy, host: str, port: int, remaining: Remaining) -> socket.socket:
    from conformance.endpoint.socks import through_socks  # noqa: PLC0415 - few runs need it

    try:
        return through_socks(proxy, host, port, remaining())
    except OSError as wrong:
        raise _failure(proxy, wrong) from wrong


def _open_tunnel(to_proxy: socket.socket, proxy: Proxy, host: str, port: int, remaining: Remaining) -> None:
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}", "User-Agent: connect-chat-conformance"]
    if proxy.authorization:
        lines.append(f"Proxy-Authorization: {proxy.authorization}")
    try:
        to_proxy.settimeout(remaining())
        to_proxy.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        reply = _reply(to_proxy, remaining)
    except OSError as wrong:
        raise _failure(proxy, wrong) from wrong
    if reply is None:
        raise ProxyFailed(f"the proxy {proxy.address} answered CONNECT {place} with something that is no reply of HTTP")
    if not reply.succeeded:
        raise TunnelRefused(proxy, place, reply)


def _reply(to_proxy: socket.socket, remaining: Remaining) -> Response | None:
    """The reply to CONNECT, None for bytes that are no HTTP. Nothing after the head of a success is read."""
    head = _read(to_proxy, _HEAD_LIMIT, remaining, until=b"\r\n\r\n")
    found = _STATUS_LINE.match(head)
    if found is None or not head.endswith(b"\r\n\r\n"):
        return None
    headers = _headers(head)
    size = next((value for name, value in headers if name.lower() == "content-length"), "")
    wanted = int(size) if size.isdecimal() else 0
    refused = Response(int(found[1]), headers)
    if refused.succeeded:
        return refused
    return Response(refused.status, headers, _read(to_proxy, min(wanted, _BODY_LIMIT), remaining))


def _headers(head: bytes) -> Headers:
    pairs = (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:])
    return tuple((name, value.strip()) for name, colon, value in pairs if colon)


def _read(source: socket.socket, limit: int, remaining: Remaining, *, until: bytes = b"") -> bytes:
    found = bytearray()
    while len(found) < limit and not (until and found.endswith(until)):
        source.settimeout(remaining())
        piece = source.recv(1 if until else limit - len(found))
        if not piece:
            break
        found += piece
    return bytes(found)


def _failure(proxy: Proxy, wrong: Exception) -> ProxyFailed:
    if isinstance(wrong, TimeoutError):
        return ProxyFailed(f"time-out: the proxy {proxy.address} brought no connection about")
    if isinstance(wrong, ConnectionRefusedError) or "refused" in str(wrong).lower():
        return ProxyFailed(f"the proxy {proxy.address} cannot be reached: the connection was refused")
    if isinstance(wrong, socket.gaierror):
        return ProxyFailed(f"the proxy {proxy.address} cannot be reached: a host name has no address")
    reason = wrong.strerror if isinstance(wrong, OSError) and wrong.strerror else str(wrong) or type(wrong).__name__
    return ProxyFailed(f"the proxy {proxy.address} brought no connection about ({reason})")


_ITS_OWN = frozenset({502, 503, 504})  # what a forwarding proxy says of a host that it cannot reach


def is_of_proxy(reply: Response, refusal: Response) -> bool:
    """Whether a forwarded request may have been answered by the proxy itself, which answered CONNECT with `refusal`.

    A 502, 503 or 504 can be the proxy's or the endpoint's, so none of these is taken for the endpoint's.
    """
    if reply.status == PROXY_AUTHENTICATION or reply.status in _ITS_OWN:
        return True
    if reply.header("X-Squid-Error") or reply.header("Proxy-Authenticate"):
        return True
    server = refusal.header("Server")
    page = (reply.header("Content-Type") or "").startswith("text/html") and not reply.succeeded
    same_page = reply.status == refusal.status and reply.body[:_BODY_LIMIT] == refusal.body
    return same_page or (page and server is not None and reply.header("Server") == server)
