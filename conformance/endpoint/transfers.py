"""Uploads to and downloads from URLs that the endpoint returns. They may lead anywhere; only known hosts are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import SplitResult, urlsplit

from requests.utils import requote_uri

from conformance.checks.diagnosis.failures import cause_of_failure
from conformance.contract.wire import SIGNED_URL, Exchange, Headers, Request, Response
from conformance.endpoint.addresses import SettingsError
from conformance.endpoint.content_encoding import decode
from conformance.endpoint.hosts import host_of, require_followed, require_http
from conformance.endpoint.line_faults import is_passing
from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.settings import Settings
from conformance.endpoint.throttling import is_throttled
from conformance.endpoint.transport import Address, Transport, address_of

FILE_LIMIT = 4 * 2**20  # bytes of a file that are read; the longest that the suite sends has 2 million
_ALWAYS = {"User-Agent": "connect-chat-conformance", "Accept": "*/*", "Accept-Encoding": "identity"}


class Transfers:
    """Talks to where a signed URL of an attachment points, if that is a host of the endpoint or an allowed one."""

    def __init__(
        self, settings: Settings, admit: Callable[[], None] = lambda: None, transport: Transport | None = None
    ) -> None:
        """`admit` is called before each request is sent, and may raise. `transport` is by default HTTP."""
        self._settings, self._admit = settings, admit
        self._transport = transport or Transport(
            timeout=settings.timeout, ca_bundle=settings.ca_bundle, body_limit=FILE_LIMIT
        )

    def put(self, url: str, headers: Mapping[str, str], content: bytes) -> None:
        """Upload `content`. What the endpoint answers shows only when the upload is completed.

        Raises SetupFailed for a URL that leaves the endpoint's hosts and for a transfer that breaks off.
        """
        self.fetch("PUT", url, headers, content)

    def fetch(self, method: str, url: str, headers: Mapping[str, str], content: bytes = b"") -> Response:
        """What `url` answers, whatever its status, with the body as a client sees it that decodes gzip and deflate.

        Redirects are not followed, and a body is cut at FILE_LIMIT bytes or in time. After a single server error,
        throttling or closed connection the same is asked once more: an upload or a download has the same effect twice.
        Raises SetupFailed for a URL that leaves the endpoint's hosts and for a transfer that breaks off.
        """
        require_http(url, "a signed URL")
        require_followed(self._settings, host_of(url), "a signed URL")
        address = _address(urlsplit(requote_uri(url)))
        request = Request(SIGNED_URL, method, url, _headers(address, headers, method, content), content)
        exchange, may_pass = self._once(request, address)
        if may_pass:
            exchange, _ = self._once(request, address, fresh=True)
        if exchange.response is None:
            cause = cause_of_failure(exchange.failure or "no reply", "the URL")
            raise SetupFailed(f"a signed URL brought no whole reply: {cause}", exchange)
        return decode(exchange.response, FILE_LIMIT)

    def _once(self, request: Request, address: Address, *, fresh: bool = False) -> tuple[Exchange, bool]:
        """One attempt, and whether another one may get another answer."""
        self._admit()
        parts = urlsplit(requote_uri(request.path))
        path = parts._replace(scheme="", netloc="", path=parts.path or "/", fragment="").geturl()
        attempt = self._transport.attempt(address, path, fresh=fresh)
        response, failure = self._transport.carry(attempt, address, request.method, request.headers, request.body)
        exchange = Exchange(request, response, failure=failure)
        lost = response is None and attempt.stale
        return exchange, lost or is_throttled(exchange) or is_passing(exchange, attempt)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()


def _address(parts: SplitResult) -> Address:
    """Raises SetupFailed where nothing can be sent to."""
    try:
        return address_of(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}")
    except SettingsError as wrong:
        raise SetupFailed(f"a signed URL cannot be reached: {wrong}") from wrong


def _headers(address: Address, given: Mapping[str, str], method: str, content: bytes) -> Headers:
    """The headers that the endpoint requires, and those that HTTP needs in addition."""
    names = {name.lower() for name in given}
    needed = {"Host": address.host, **_ALWAYS}
    if content or method != "GET":
        needed["Content-Length"] = str(len(content))
    return (*given.items(), *((name, value) for name, value in needed.items() if name.lower() not in names))
