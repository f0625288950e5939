"""Files sent to and fetched from URLs that the endpoint hands out. They may lead anywhere; known hosts are asked."""

from __future__ import annotations

import time
from collections.abc import Mapping

import requests

from conformance.target.connections import BODY_LIMIT
from conformance.target.conversation import SetupFailed
from conformance.target.hosts import host_of, require_followed
from conformance.target.settings import Settings
from conformance.wire import Response

_PIECE = 2**16  # bytes


class Transfers:
    """Talks to where a signed URL of an attachment points, if that is a host of the endpoint or an allowed one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = settings.ca_bundle or True

    def put(self, url: str, headers: Mapping[str, str], content: bytes) -> None:
        """Upload `content`. What the endpoint answers shows only when the upload is completed.

        Raises SetupFailed for a URL that leaves the endpoint's hosts and for a transfer that breaks off.
        """
        self.fetch("PUT", url, headers, content)

    def fetch(self, method: str, url: str, headers: Mapping[str, str], content: bytes = b"") -> Response:
        """What `url` answers, whatever its status. Redirects are not followed, and a body is cut at 8 MiB or in time.

        Raises SetupFailed for a URL that leaves the endpoint's hosts and for a transfer that breaks off.
        """
        require_followed(self._settings, host_of(url), "a signed URL")
        try:
            with self._session.request(
                method,
                url,
                data=content,
                headers={"Accept-Encoding": "identity", **headers},
                timeout=self._settings.timeout,
                stream=True,
                allow_redirects=False,
            ) as reply:
                return _kept(reply, time.monotonic() + self._settings.timeout)
        except (requests.RequestException, ValueError) as wrong:
            raise SetupFailed(f"a transfer broke off: {type(wrong).__name__}") from wrong


def _kept(reply: requests.Response, deadline: float) -> Response:
    body, cut = bytearray(), False
    for piece in reply.iter_content(_PIECE):
        body += piece
        cut = len(body) > BODY_LIMIT or time.monotonic() > deadline
        if cut:
            break
    headers = tuple((str(name), str(value)) for name, value in reply.headers.items())
    return Response(reply.status_code, headers, bytes(body[:BODY_LIMIT]), truncated=cut)
