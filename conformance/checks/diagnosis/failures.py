"""Calls that brought no reply: what kept it away, and what mends that."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from conformance.checks.diagnosis.cause import Cause


class Failure(StrEnum):
    """What kept a reply away, in the words that an exchange's `failure` begins with or holds."""

    NO_ADDRESS = "the host name has no address"
    REFUSED = "the connection was refused"
    UNREACHABLE = "the host cannot be reached"
    CLOSED = "the connection was closed before a reply"
    CLOSED_SENDING = "the connection was closed while sending"
    RESET = "the connection was reset"
    NO_CONNECTION = "time-out: no connection"
    NO_REPLY = "time-out: no reply"

    UNTRUSTED = "the TLS certificate is of an authority that is not trusted here"
    SELF_SIGNED = "the TLS certificate is self-signed and not trusted here"
    EXPIRED = "the TLS certificate has expired"
    NOT_YET_VALID = "the TLS certificate is not valid yet"
    OTHER_HOST = "the TLS certificate is for another host name"
    NOT_VERIFIED = "the TLS certificate is not trusted"
    SPEAKS_NO_TLS = "the port does not speak TLS"
    SPEAKS_TLS = "the port speaks TLS, not plain HTTP"
    SPEAKS_HTTP_2 = "the port speaks HTTP/2 alone"
    CLIENT_CERTIFICATE = "the endpoint wants a TLS client certificate"
    UNKNOWN_NAME = "the TLS server does not know this host name"
    NO_COMMON_TLS = "no TLS version or cipher in common"
    TLS_REFUSED = "the TLS handshake was refused"
    TLS_ENDED = "the connection was closed within the TLS handshake"
    TLS = "TLS failed"

    PROXY = "the proxy"

    BODY_BROKEN_OFF = "the body of the reply is broken off or wrongly chunked"
    NO_STATUS_LINE = "the reply does not begin with an HTTP status line"
    OTHER_VERSION = "the reply is of another HTTP version"
    HEAD_BROKEN_OFF = "the head of the reply is broken off"
    LONG_LINE = "a line in the head of the reply is too long"
    LENGTHS = "the reply has contradictory Content-Length headers"
    HEAD = "the head of the reply is broken or has more than 100 headers"


_TRUST = "give the authority's certificate with --ca-bundle FILE"
_REACH = "is there a way to it from here (network, VPN, firewall)?"
_SPEAKS_HTTP = "is {option} the address of an HTTP/1.1 endpoint?"
_CLOSES_ONE = (
    "other operations get replies there: does the endpoint, or a gateway before it, close the line of this one?"
)
# What to do, `{option}` being the option that gives the address.
ADVICE: Mapping[Failure, str] = {
    Failure.NO_ADDRESS: "is the name in {option} spelled right, and does this machine have a name server?",
    Failure.REFUSED: "is it running, and is {option} its address?",
    Failure.UNREACHABLE: _REACH,
    Failure.CLOSED: _SPEAKS_HTTP,
    Failure.CLOSED_SENDING: _SPEAKS_HTTP,
    Failure.RESET: _SPEAKS_HTTP,
    Failure.NO_CONNECTION: _REACH,
    Failure.NO_REPLY: "does it answer other clients? --timeout S waits longer",
    Failure.UNTRUSTED: _TRUST,
    Failure.SELF_SIGNED: "give that certificate with --ca-bundle FILE",
    Failure.NOT_VERIFIED: _TRUST,
    Failure.EXPIRED: "renew it on the endpoint",
    Failure.NOT_YET_VALID: "set the clocks of this machine and of the endpoint right",
    Failure.OTHER_HOST: "give {option} by a name that stands in the certificate",
    Failure.SPEAKS_NO_TLS: "give {option} with http://, or with the port that speaks TLS",
    Failure.SPEAKS_TLS: "give {option} with https://",
    Failure.SPEAKS_HTTP_2: "let the endpoint take HTTP/1.1 too, or judge it through a gateway that does",
    Failure.CLIENT_CERTIFICATE: "this suite sends none: judge it without one, or through a TLS client such as stunnel",
    Failure.UNKNOWN_NAME: "give {option} by a name that the server knows",
    Failure.NO_COMMON_TLS: "let the endpoint offer TLS 1.2 or 1.3",
    Failure.TLS_REFUSED: "it may want a client certificate, which this suite does not send, or other ciphers",
    Failure.TLS_ENDED: "does that port speak TLS?",
    Failure.TLS: "does that port speak TLS 1.2 or 1.3?",
    Failure.PROXY: "see to its address and login (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY), or let NO_PROXY name the host",
    Failure.BODY_BROKEN_OFF: "does a gateway before the endpoint cut replies?",
    Failure.NO_STATUS_LINE: _SPEAKS_HTTP,
    Failure.OTHER_VERSION: _SPEAKS_HTTP,
}


def failure_in(text: str) -> Failure | None:
    """The failure that the words `text` name, the most precise one; None for none of these.

    A proxy that cannot be reached is the proxy's failure, whatever kept it from that.
    """
    if text.startswith((Failure.PROXY, f"time-out: {Failure.PROXY}")):
        return Failure.PROXY
    return max((failure for failure in Failure if failure in text), key=len, default=None)


def cause_of_failure(text: str, option: str, *, others_answered: bool = False) -> Cause:
    """What kept a reply away, `text` being the exchange's own words and `option` what gave the address.

    `others_answered` says that other operations got replies from there.
    """
    failure = failure_in(text)
    remedy = ADVICE.get(failure, "") if failure is not None else ""
    if remedy == _SPEAKS_HTTP and others_answered:
        remedy = _CLOSES_ONE
    return Cause(text, "", remedy.format(option=option))
