"""Which protocol a port speaks, tried where a call got no reply: TLS to plain HTTP looks like plain HTTP to TLS.

Nothing of the API is sent. No certificate is verified, for nothing depends on who answers.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from urllib.parse import urlsplit

from conformance.checks.diagnosis.failures import Failure, failure_in

_DEFAULT_PORTS = {"http": 80, "https": 443}
# What plain HTTP may meet where TLS is spoken, and TLS where it is not.
_PERHAPS_TLS = frozenset({Failure.CLOSED, Failure.RESET, Failure.CLOSED_SENDING, Failure.NO_STATUS_LINE})
_PERHAPS_PLAIN = frozenset({Failure.TLS_ENDED, Failure.TLS, Failure.RESET})


def other_protocol(url: str, failure: str, timeout: float) -> Failure | None:
    """What the port of `url` speaks instead of its scheme, where `failure` may come of that; None where it does not.

    Opens one connection that takes at most `timeout` seconds for each step.
    """
    parts, known = urlsplit(url), failure_in(failure)
    place = (parts.hostname or "", parts.port or _DEFAULT_PORTS[parts.scheme])
    if parts.scheme == "http" and known in _PERHAPS_TLS and speaks_tls(place, timeout):
        return Failure.SPEAKS_TLS
    if parts.scheme == "https" and known in _PERHAPS_PLAIN and speaks_http(place, timeout):
        return Failure.SPEAKS_NO_TLS
    return None


def speaks_tls(place: tuple[str, int], timeout: float) -> bool:
    """Whether a TLS handshake at `place` (host, port) succeeds, or is refused in the words of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection(place, timeout) as plain, context.wrap_socket(plain, server_hostname=place[0]):
            return True
    except ssl.SSLError as refused:
        return "ALERT" in (refused.reason or "")
    except (OSError, ValueError):
        return False


def speaks_http(place: tuple[str, int], timeout: float) -> bool:
    """Whether plain HTTP is answered at `place` (host, port)."""
    with suppress(OSError), socket.create_connection(place, timeout) as plain:
        host = f"[{place[0]}]" if ":" in place[0] else place[0]
        plain.sendall(f"HEAD / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("ascii", "replace"))
        return plain.recv(5) == b"HTTP/"
    return False
