"""Why no reply came, in a few words. Says nothing that the request or the endpoint wrote, which may be secret."""

from __future__ import annotations

import errno
import http.client
import re
import socket
import ssl
from collections.abc import Iterator, Mapping

import urllib3.exceptions

from conformance.checks.diagnosis.failures import Failure
from conformance.contract.wire import Headers
from conformance.endpoint.connections import Attempt, HeadBrokenOff, HungUp
from conformance.endpoint.tunnels import ProxyFailed

NOT_CARRIED = "not sent: HTTP cannot carry the path or a header of the request"

# The first that matches anything in the chain of causes; a subclass precedes its base.
_BY_KIND: tuple[tuple[type[Exception], Failure], ...] = (
    (ssl.SSLEOFError, Failure.TLS_ENDED),
    (ssl.SSLError, Failure.TLS),
    (socket.gaierror, Failure.NO_ADDRESS),
    (ConnectionRefusedError, Failure.REFUSED),
    (http.client.RemoteDisconnected, Failure.CLOSED),
    (http.client.IncompleteRead, Failure.BODY_BROKEN_OFF),
    (http.client.BadStatusLine, Failure.NO_STATUS_LINE),
    (http.client.UnknownProtocol, Failure.OTHER_VERSION),
    (HeadBrokenOff, Failure.HEAD_BROKEN_OFF),
    (http.client.LineTooLong, Failure.LONG_LINE),
    (urllib3.exceptions.InvalidHeader, Failure.LENGTHS),
    (http.client.HTTPException, Failure.HEAD),
    (BrokenPipeError, Failure.CLOSED_SENDING),
    (ConnectionResetError, Failure.RESET),
)
# OpenSSL's codes for the defects of a certificate (X509_V_ERR_*).
_BY_CODE: Mapping[int, Failure] = {
    9: Failure.NOT_YET_VALID,
    10: Failure.EXPIRED,
    18: Failure.SELF_SIGNED,
    19: Failure.UNTRUSTED,
    20: Failure.UNTRUSTED,
    21: Failure.UNTRUSTED,
    62: Failure.OTHER_HOST,
    64: Failure.OTHER_HOST,
}
# Parts of OpenSSL's names for the failures of a handshake.
_BY_REASON: Mapping[str, Failure] = {
    "WRONG_VERSION_NUMBER": Failure.SPEAKS_NO_TLS,
    "RECORD_LAYER_FAILURE": Failure.SPEAKS_NO_TLS,
    "PACKET_LENGTH_TOO_LONG": Failure.SPEAKS_NO_TLS,
    "HTTP_REQUEST": Failure.SPEAKS_NO_TLS,
    "CERTIFICATE_REQUIRED": Failure.CLIENT_CERTIFICATE,
    "ALERT_BAD_CERTIFICATE": Failure.CLIENT_CERTIFICATE,
    "UNRECOGNIZED_NAME": Failure.UNKNOWN_NAME,
    "PROTOCOL_VERSION": Failure.NO_COMMON_TLS,
    "UNSUPPORTED_PROTOCOL": Failure.NO_COMMON_TLS,
    "HANDSHAKE_FAILURE": Failure.TLS_REFUSED,
    "NO_SHARED_CIPHER": Failure.NO_COMMON_TLS,
}
_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN})
_HTTP_2_SETTINGS = re.compile(r"\0[^\n]{2}\x04\0\0\0\0\0")  # the frame that an HTTP/2 server begins with
_TLS_RECORDS = ("\x15\x03", "\x16\x03")  # what a TLS server's alert or handshake begins with


def can_be_carried(headers: Headers) -> bool:
    """Whether HTTP can carry the values: Latin-1 text on one line."""
    try:
        values = [value.encode("latin-1") for _, value in headers]
    except UnicodeEncodeError:
        return False
    return not any(b"\n" in value or b"\r" in value for value in values)


def failure_of(error: BaseException, attempt: Attempt, timeout: float, status: int | None) -> str:
    """Why `attempt` brought no reply, `timeout` being its seconds and `status` that of its head, if it arrived."""
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
    return _precise(causes) or _known_failure(causes) or _unknown(causes)


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
    if attempt.received > attempt.body_limit:
        return "the head of the reply does not end"
    if not (attempt.cut or attempt.expired):
        return None
    return f"{Failure.NO_REPLY if attempt.reached else Failure.NO_CONNECTION} within {timeout:g} s"


def _precise(causes: list[BaseException]) -> str | None:
    """What the details of an error say where its type does not say enough; None where they say nothing more."""
    for cause in causes:
        found = _of_details(cause)
        if found is not None:
            return found
    return None


def _of_details(cause: BaseException) -> str | None:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _BY_CODE.get(cause.verify_code, Failure.NOT_VERIFIED).value
    if isinstance(cause, ssl.SSLError):
        reason = cause.reason or ""
        return next((failure.value for part, failure in _BY_REASON.items() if part in reason), None)
    if isinstance(cause, http.client.BadStatusLine) and str(cause).startswith(_TLS_RECORDS):
        return Failure.SPEAKS_TLS.value
    if isinstance(cause, http.client.BadStatusLine) and _HTTP_2_SETTINGS.match(str(cause)):
        return Failure.SPEAKS_HTTP_2.value
    if isinstance(cause, OSError) and cause.errno in _UNREACHABLE:
        return f"{Failure.UNREACHABLE} ({cause.strerror})"
    return None


def _known_failure(causes: list[BaseException]) -> str | None:
    for kind, failure in _BY_KIND:
        if any(isinstance(cause, kind) for cause in causes):
            return failure.value
    return None


def _unknown(causes: list[BaseException]) -> str:
    numbered = next((cause for cause in causes if isinstance(cause, OSError) and cause.errno), None)
    return f"the connection failed ({numbered.strerror if numbered else type(causes[-1]).__name__})"
