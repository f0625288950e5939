"""Uploads to URLs that the endpoint hands out. They may lead anywhere, so only known hosts are followed."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import requests

from conformance.target.conversation import SetupFailed
from conformance.target.settings import Settings


class Transfers:
    """Sends files where a signed URL of an attachment points, if that is a host of the endpoint or an allowed one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = settings.ca_bundle or True

    def put(self, url: str, headers: Mapping[str, str], content: bytes) -> None:
        """Upload `content`. What the endpoint answers shows only when the upload is completed.

        Raises SetupFailed for a URL that leaves the endpoint's hosts and for a transfer that breaks off.
        """
        host = urlsplit(url).hostname or ""
        if not self._allowed(host):
            raise SetupFailed(f"an upload URL leads to {host!r}: give --allow-host {host} to follow it")
        try:
            self._session.put(
                url, data=content, headers=dict(headers), timeout=self._settings.timeout, stream=True
            ).close()
        except requests.RequestException as wrong:
            raise SetupFailed(f"the upload broke off: {type(wrong).__name__}") from wrong

    def _allowed(self, host: str) -> bool:
        own = {urlsplit(url).hostname for url in (self._settings.target, self._settings.participant_target)}
        return host in own or host in self._settings.allow_hosts
