"""Signature Version 4, by botocore, with a clock that can be moved."""

from __future__ import annotations

import time
from hashlib import sha256

from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials, ReadOnlyCredentials

from conformance.contract.model import CONNECT, PARTICIPANT
from conformance.contract.wire import Headers
from conformance.endpoint.local_time import local_time

# The names that both services sign under. The Participant Service requires no signature, but every SDK sends one.
SIGNING_NAMES = {CONNECT: "connect", PARTICIPANT: "execute-api"}

_SIGNATURE_HEADERS = frozenset({"authorization", "x-amz-date", "x-amz-security-token"})


def without_signature(headers: Headers) -> Headers:
    """`headers` without those that an earlier signature added."""
    return tuple((name, value) for name, value in headers if name.lower() not in _SIGNATURE_HEADERS)


class Signer:
    """Signs requests for one region.

    `clock_offset` is seconds that the endpoint's clock is ahead of this machine's; tests that move an endpoint's
    clock set it, so that signatures stay in date.
    """

    def __init__(self, credentials: Credentials, region: str) -> None:
        self.clock_offset = 0.0
        self._credentials = credentials
        self._region = region
        self._auths: dict[str, _Signature] = {}

    def sign(self, service: str, method: str, url: str, headers: Headers, body: bytes) -> Headers:
        """The headers that sign a request: time, session token where there is one, and Authorization.

        `headers` are all that the signature is to cover, Host among them, without an old signature. Raises
        botocore's BotoCoreError where real credentials cannot be refreshed, ValueError for a header that HTTP cannot
        carry.
        """
        "".join(value for _, value in headers).encode("latin-1")
        frozen = self._credentials.get_frozen_credentials()
        moment = time.strftime(SIGV4_TIMESTAMP, time.gmtime(local_time() + self.clock_offset))
        added: Headers = (("X-Amz-Date", moment),)
        if frozen.token:
            added = (*added, ("X-Amz-Security-Token", frozen.token))
        request = AWSRequest(method, url, data=body)
        for name, value in (*headers, *added):
            request.headers[name] = value
        request.context["timestamp"] = moment
        return (*added, ("Authorization", self._auth(service, frozen).authorization(request)))

    def _auth(self, service: str, credentials: ReadOnlyCredentials) -> _Signature:
        """The signature of `service`, kept as long as the credentials stay the same."""
        auth = self._auths.get(service)
        if auth is None or auth.credentials != credentials:
            auth = self._auths[service] = _Signature(credentials, SIGNING_NAMES[service], self._region)
        return auth


class _Signature(SigV4Auth):
    """botocore's signature as a header value, for the time in the request's context."""

    def authorization(self, request: AWSRequest) -> str:
        """The value of the Authorization header for `request`."""
        signed = self.signed_headers(self.headers_to_sign(request))
        signature = self.signature(self.string_to_sign(request, self.canonical_request(request)), request)
        return f"AWS4-HMAC-SHA256 Credential={self.scope(request)}, SignedHeaders={signed}, Signature={signature}"

    def payload(self, request: AWSRequest) -> str:
        """The digest of the body; botocore's own would prepare the whole request first."""
        return sha256(request.data or b"").hexdigest()
