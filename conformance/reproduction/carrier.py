"""What a printed script sends, carried as all traffic of a run is: the same way and within the same bounds."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers

from conformance.contract.wire import BODY_LIMIT, Headers, Response
from conformance.endpoint.addresses import SettingsError
from conformance.endpoint.content_encoding import decode
from conformance.endpoint.transport import Transport, address_of

SECONDS = 30.0  # that one exchange of a script may take


@dataclass(slots=True)
class Carrier:
    """Sends prepared requests. `ca_bundle` is what the run trusts besides the usual authorities."""

    ca_bundle: str | None = None
    _transport: Transport | None = field(default=None, init=False)

    def trust(self, ca_bundle: str | None) -> None:
        """Trust the certificates at `ca_bundle` from now on."""
        if ca_bundle != self.ca_bundle and self._transport is not None:
            self._transport.close()
            self._transport = None
        self.ca_bundle = ca_bundle

    def carry(self, request: requests.PreparedRequest) -> Response:
        """The reply to `request`, as it came. Raises requests' ConnectionError where none does."""
        parts = urlsplit(request.url or "")
        self._transport = self._transport or Transport(timeout=SECONDS, ca_bundle=self.ca_bundle)
        try:
            address = address_of(f"{parts.scheme}://{parts.netloc}")
        except SettingsError as wrong:
            raise requests.ConnectionError(str(wrong)) from wrong
        path = parts._replace(scheme="", netloc="", path=parts.path or "/", fragment="").geturl()
        headers: Headers = (("Host", address.host), *((str(n), str(v)) for n, v in request.headers.items()))
        body = request.body or b""
        content = body.encode() if isinstance(body, str) else bytes(body)
        attempt = self._transport.attempt(address, path)
        reply, failure = self._transport.carry(attempt, address, request.method or "GET", headers, content)
        if reply is None:
            raise requests.ConnectionError(failure)
        return reply


def as_requests(request: requests.PreparedRequest, reply: Response) -> requests.Response:
    """`reply` as a script expects it of requests: with its body decoded."""
    response = requests.Response()
    response.status_code, response.headers = reply.status, CaseInsensitiveDict(reply.headers)
    response.encoding = get_encoding_from_headers(response.headers)
    response.raw = io.BytesIO(decode(reply, BODY_LIMIT).body)
    response.request, response.url = request, request.url or ""
    return response
