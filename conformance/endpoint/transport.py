"""How a request reaches its endpoint: by an adapter of requests, no retries, no redirects, no cookies, no surprises."""

from __future__ import annotations

import http.client
import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse

from conformance.contract.wire import BODY_LIMIT, Headers, Response
from conformance.endpoint.connections import Attempt, BoundedPool, BoundedTlsPool, HangUp, carrying
from conformance.endpoint.failures import failure_of, partial_body
from conformance.endpoint.proxies import Proxy, proxy_for
from conformance.endpoint.tunnels import TunnelRefused, is_of_proxy

_PIECE = 2**16  # bytes that are read at once
_POOL_SIZE = 80  # as many calls as are in flight, and as a test makes at once beside them
_POOLS = {"http": BoundedPool, "https": BoundedTlsPool}
_BROKEN = (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Address:
    """A base address taken apart once: `origin` is scheme and authority, `base` the path, `host` the Host header.

    `proxy` is the one that the environment names for it.
    """

    url: str
    origin: str
    base: str
    host: str
    proxy: Proxy | None = None


def address_of(url: str) -> Address:
    """The address behind `url`, which has no slash at its end. Raises SettingsError for a proxy that cannot be used."""
    parts = urlsplit(url)
    default_port = {"http": ":80", "https": ":443"}[parts.scheme]
    host = parts.netloc.lower().removesuffix(default_port)
    return Address(url, f"{parts.scheme}://{parts.netloc}", parts.path, host, proxy_for(url))


class Transport:
    """The way to one or more addresses. Thread-safe."""

    def __init__(self, *, timeout: float, ca_bundle: str | None = None, body_limit: int = BODY_LIMIT) -> None:
        """`timeout` is in seconds, for a whole exchange; a TLS handshake may take as long again.

        `body_limit` is how many bytes of a reply's body are read.
        """
        self._timeout, self._body_limit = timeout, body_limit
        self._verify = ca_bundle or True
        self._adapter = _Adapter(pool_maxsize=_POOL_SIZE)
        self._refused: dict[str, TunnelRefused] = {}  # by origin: its proxy opens no tunnel there, and forwards
        # What these two warn of is caused by the endpoint: it becomes a finding, not a line in a log.
        for name in ("urllib3.connection", "urllib3.connectionpool"):
            logging.getLogger(name).setLevel(logging.ERROR)

    def attempt(self, address: Address, path: str, *, fresh: bool = False, hang_up: HangUp | None = None) -> Attempt:
        """A new attempt to reach `path` below the base of `address`; its time runs from now."""
        now = time.monotonic()
        return Attempt(
            address.base + path,
            address.origin,
            now,
            now + self._timeout,
            self._body_limit,
            fresh=fresh,
            hang_up=hang_up,
            proxy=address.proxy,
            refused=self._refused.get(address.origin),
        )

    def carry(
        self, attempt: Attempt, address: Address, method: str, headers: Headers, body: bytes
    ) -> tuple[Response | None, str | None]:
        """The reply, or why there is none. Never raises for what an endpoint or a network does.

        The headers go out as they stand, after those that HTTP itself needs. The body comes back as it was sent,
        not decompressed, cut at the limit of bytes or at the attempt's end.
        """
        raw: BaseHTTPResponse | None = None
        with carrying(attempt):
            try:
                raw = self._send(_prepare(address, method, headers, body))
                return self._judgeable(_reply(raw, attempt), attempt)
            except _BROKEN as broken:
                return None, failure_of(broken, attempt, self._timeout, raw.status if raw else None)

    def _send(self, prepared: requests.PreparedRequest) -> BaseHTTPResponse:
        reply = self._adapter.send(prepared, stream=True, timeout=self._timeout, verify=self._verify)
        raw: BaseHTTPResponse = reply.raw
        return raw

    def _judgeable(self, reply: Response, attempt: Attempt) -> tuple[Response | None, str | None]:
        """The reply, unless a proxy that forwards may have given it itself."""
        if attempt.proxy is None or attempt.refused is None:
            return reply, None
        self._refused[attempt.origin] = attempt.refused
        if not is_of_proxy(reply, attempt.refused.reply):
            return reply, None
        attempt.reached = False
        return None, f"the proxy {attempt.proxy.address} answered {reply.status} itself, so far as can be told"

    def close(self) -> None:
        """Close the connections."""
        self._adapter.close()


def _prepare(address: Address, method: str, headers: Headers, body: bytes) -> requests.PreparedRequest:
    """Prepared by hand: requests' own preparation costs more than the call, and would change path and headers."""
    prepared = requests.PreparedRequest()
    prepared.method = method
    prepared.url = address.origin  # picks the connection; the attempt has the target itself
    prepared.headers = _ExactHeaders(headers)  # type: ignore[assignment]
    prepared.body = body or None
    return prepared


def _reply(raw: BaseHTTPResponse, attempt: Attempt) -> Response:
    body, limit = bytearray(), attempt.body_limit
    try:
        while len(body) <= limit and (piece := raw.read(_PIECE, decode_content=False)):
            body += piece
    except _BROKEN as broken:
        if not attempt.cut:
            raise
        body += partial_body(broken)
    truncated = attempt.cut or len(body) > limit
    if truncated:
        raw.close()
    del body[limit:]
    return Response(raw.status, tuple(raw.headers.items()), bytes(body), truncated)


class _Adapter(HTTPAdapter):
    """Sends without a session, which would follow redirects, keep cookies and read the proxies and a .netrc."""

    def __init__(self, pool_maxsize: int) -> None:
        self._of_origins: dict[tuple[str | None, object], Any] = {}
        super().__init__(pool_maxsize=pool_maxsize)

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        super().init_poolmanager(*sizes, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def get_connection_with_tls_context(self, request: Any, verify: Any, *others: Any, **more: Any) -> Any:
        """The connections to the origin of `request`; requests would take its address apart for each call."""
        key = (request.url, verify)
        if key not in self._of_origins:
            self._of_origins[key] = super().get_connection_with_tls_context(request, verify, *others, **more)
        return self._of_origins[key]

    def request_url(self, request: Any, proxies: Any) -> str:  # noqa: ARG002 - requests' form
        """Any path: a connection sends the target of its attempt."""
        return "/"

    def close(self) -> None:
        """Close the connections."""
        self._of_origins.clear()
        super().close()

    def build_response(self, req: requests.PreparedRequest, resp: BaseHTTPResponse) -> requests.Response:  # noqa: ARG002
        """Only what the transport reads: requests' own would parse cookies and guess an encoding."""
        response = requests.Response()
        response.raw = resp
        return response


class _ExactHeaders(Mapping[str, str]):
    """Headers that go out in their order and letter case, also where a name occurs twice."""

    def __init__(self, pairs: Headers) -> None:
        self._pairs = pairs

    def __getitem__(self, name: str) -> str:
        wanted = name.lower()
        for key, value in self._pairs:
            if key.lower() == wanted:
                return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def items(self) -> Any:
        """The pairs, which a view over names would merge."""
        return self._pairs

    def copy(self) -> _ExactHeaders:
        """urllib3 copies them, to add a proxy's."""
        return _ExactHeaders(self._pairs)

    def update(self, more: Mapping[str, str]) -> None:
        """Add `more` at the end."""
        self._pairs = (*self._pairs, *more.items())
