"""The proxy between this machine and an address, from the settings of the environment.

The rules are those of requests: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY in either letter case, and where none
of them is set what the operating system says. A web socket goes the way of an HTTP request to its host. This machine
itself is never reached through a proxy: to a proxy its names mean the proxy's own machine.
"""

from __future__ import annotations

import socket
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv6Address, ip_address
from urllib.parse import unquote, urlsplit

from requests.utils import get_environ_proxies, select_proxy

from conformance.endpoint.addresses import SettingsError

TUNNELLING = {"http": 80, "socks4": 1080, "socks4a": 1080, "socks5": 1080, "socks5h": 1080}  # with their usual ports
_ALIKE = {"ws": "http", "wss": "https"}


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy of the environment. `address` is its URL without credentials; `url` holds them and is never shown."""

    scheme: str
    host: str
    port: int
    address: str
    url: str = field(repr=False)
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @property
    def authorization(self) -> str | None:
        """The value of a Proxy-Authorization header, or None for a proxy that was named without a user."""
        if self.user is None:
            return None
        return "Basic " + b64encode(f"{self.user}:{self.password or ''}".encode()).decode("ascii")


def proxy_for(url: str) -> Proxy | None:
    """The proxy that the environment names for `url` (http, https, ws or wss), or None for the direct way.

    Raises SettingsError for one that cannot be used.
    """
    parts = urlsplit(url)
    asked = parts._replace(scheme=_ALIKE.get(parts.scheme, parts.scheme)).geturl()
    named = select_proxy(asked, get_environ_proxies(asked))
    if not named or is_this_machine(parts.hostname or ""):
        return None
    return _proxy(named, parts.hostname or "")


@cache
def is_this_machine(host: str) -> bool:
    """Whether `host` is a loopback address or a name that this machine knows as one."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    with suppress(ValueError):
        return _is_loopback(name)
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # behind a proxy the names of others need no address here
        return False
    return all(_is_loopback(str(address[0])) for *_, address in found)


def _is_loopback(text: str) -> bool:
    """Raises ValueError for a text that is no address."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    return address.is_loopback or address.is_unspecified


def _proxy(named: str, host: str) -> Proxy:
    url = named if "://" in named else f"http://{named}"
    try:
        parts = urlsplit(url)
        port = parts.port or TUNNELLING.get(parts.scheme, 0)
    except ValueError as wrong:
        raise SettingsError(f"the environment names a proxy for {host} that is no address: {_OTHERWISE}") from wrong
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    address = f"{parts.scheme}://{name}:{port}" if port else f"{parts.scheme}://{name}"
    if parts.scheme not in TUNNELLING or not name:
        raise SettingsError(
            f"the environment names {address} as the proxy for {host}, which cannot be used: {_OTHERWISE}"
        )
    user = None if parts.username is None else unquote(parts.username)
    password = None if parts.password is None else unquote(parts.password)
    return Proxy(parts.scheme, parts.hostname or "", port, address, url, user, password)


_OTHERWISE = "name one as http://host:port or socks5h://host:port, or let NO_PROXY name the host"
