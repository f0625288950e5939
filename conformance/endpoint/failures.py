"""Why no reply came, in a few words. Says nothing that the request or the endpoint wrote, which may be secret."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator

import urllib3.exceptions

from conformance.endpoint.connections import BODY_LIMIT, Attempt, HeadBrokenOff, HungUp
from conformance.endpoint.tunnels import ProxyFailed

NOT_CARRIED = "not sent: HTTP cannot carry the path or a header of the request"

# The first that fits anything in the chain of causes; a subclass stands before its base.
_SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    (ssl.SSLCertVerificationError, "the TLS certificate is not trusted (--ca-bundle gives another authority)"),
    (ssl.SSLError, "TLS failed"),
    (socket.gaierror, "the host name has no address"),
    (ConnectionRefusedError, "the connection was refused"),
    (http.client.RemoteDisconnected, "the connection was closed before a reply"),
    (http.client.IncompleteRead, "the body of the reply is broken off or wrongly chunked"),
    (http.client.BadStatusLine, "the reply does not begin with an HTTP status line"),
    (http.client.UnknownProtocol, "the reply is of another HTTP version"),
    (HeadBrokenOff, "the head of the reply is broken off"),
    (http.client.LineTooLong, "a line in the head of the reply is too long"),
    (urllib3.exceptions.InvalidHeader, "the reply has contradictory Content-Length headers"),
    (http.client.HTTPException, "the head of the reply is broken or has more than 100 headers"),
    (BrokenPipeError, "the connection was closed while sending"),
    (ConnectionResetError, "the connection was reset"),
)


def failure_of(error: BaseException, attempt: Attempt, timeout: float, status: int | None) -> str:
    """Why `attempt` brought no reply, `timeout` being its seconds and `status` what its head said, if that came."""
    causes = list(_causes(error))
    hung_up = next((cause for cause in causes if isinstance(cause, HungUp)), None)
    if hung_up is not None:
        return f"hung up on purpose, {hung_up}"
    if attempt.not_carried:
        return NOT_CARRIED
    of_proxy = next((cause for cause in causes if isinstance(cause, ProxyFailed)), None)
    if of_proxy is not None:
        return str(of_proxy)
    sentence = _limit(attempt, timeout) or sentence_of(error)
    if attempt.proxy is not None and attempt.refused is not None:
        sentence = f"through the proxy {attempt.proxy.address}, which forwards: {sentence}"
    return sentence if status is None else f"{sentence}, after status {status}"


def sentence_of(error: BaseException) -> str:
    """What kept a connection from working, in a few words."""
    causes = list(_causes(error))
    return _known(causes) or _unknown(causes)


def partial_body(error: BaseException) -> bytes:
    """What http.client had read of a body when it broke off."""
    partials = (getattr(cause, "partial", None) for cause in _causes(error))  # urllib3's own holds a number there
    return next((partial for partial in partials if isinstance(partial, bytes)), b"")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """`error` and what led to it: libraries keep that as cause, as `reason` or among the arguments."""
    while error is not None:
        yield error
        inner = [getattr(error, "reason", None), *error.args, error.__cause__, error.__context__]
        error = next((cause for cause in inner if isinstance(cause, BaseException)), None)


def _limit(attempt: Attempt, timeout: float) -> str | None:
    if attempt.received > BODY_LIMIT:
        return "the head of the reply does not end"
    if not (attempt.cut or attempt.expired):
        return None
    return f"time-out: no {'reply' if attempt.reached else 'connection'} within {timeout:g} s"


def _known(causes: list[BaseException]) -> str | None:
    for kind, sentence in _SENTENCES:
        if any(isinstance(cause, kind) for cause in causes):
            return sentence
    return None


def _unknown(causes: list[BaseException]) -> str:
    numbered = next((cause for cause in causes if isinstance(cause, OSError) and cause.errno), None)
    return f"the connection failed ({numbered.strerror if numbered else type(causes[-1]).__name__})"
