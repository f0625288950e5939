"""Connections through a SOCKS proxy of the environment."""

from __future__ import annotations

import socket

from python_socks import ProxyError, ProxyType
from python_socks.sync import Proxy as SocksProxy

from conformance.endpoint.proxies import Proxy

_KINDS = {
    "socks5": ProxyType.SOCKS5,
    "socks5h": ProxyType.SOCKS5,
    "socks4": ProxyType.SOCKS4,
    "socks4a": ProxyType.SOCKS4,
}
_RESOLVING = frozenset({"socks5h", "socks4a"})  # the proxy finds the address of a name, not this machine


def through_socks(proxy: Proxy, host: str, port: int, seconds: float) -> socket.socket:
    """A connection to `host` through `proxy`, within so many `seconds`. Raises OSError where there is none."""
    way = SocksProxy(
        _KINDS[proxy.scheme], proxy.host, proxy.port, proxy.user, proxy.password, rdns=proxy.scheme in _RESOLVING
    )
    try:
        return way.connect(host, port, timeout=seconds)
    except ProxyError as wrong:
        raise OSError(str(wrong) or type(wrong).__name__) from wrong
