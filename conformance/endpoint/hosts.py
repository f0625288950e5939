"""The hosts that a returned URL may lead to: the endpoint's, Amazon's for Amazon Connect, and allowed ones."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import IPv6Address
from urllib.parse import urlsplit

from conformance.checks.diagnosis.cause import beginning, quote
from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.settings import Settings

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_AMAZON = ".amazonaws.com"  # where Amazon Connect's web sockets and stored files are


def host_of(url: str) -> str:
    """The host that `url` names, in the form that hosts are compared in; empty where it names none."""
    try:
        return normalise_host(urlsplit(url).hostname or "")
    except ValueError:
        return ""


def normalise_host(host: str) -> str:
    """`host` in the form that hosts are compared in: lower case, an IPv6 address without brackets and at its shortest.

    One address has many spellings: 0:0:0:0:0:0:0:1 is ::1.
    """
    host = host.lower().removeprefix("[").removesuffix("]")
    with suppress(ValueError):
        return str(IPv6Address(host))
    return host


def is_own(settings: Settings, host: str) -> bool:
    """Whether `host` is one of the endpoint's addresses. All names of this machine are one."""
    host, own = normalise_host(host), {host_of(url) for url in (settings.target, settings.participant_target)}
    return host in own or (host in _LOOPBACK and not own.isdisjoint(_LOOPBACK))


def require_followed(settings: Settings, host: str, what: str) -> None:
    """Raises SetupFailed, naming the option, where `what` (such as "a web socket URL") may not lead to `host`."""
    host = normalise_host(host)
    amazon = settings.on_aws and host.endswith(_AMAZON)
    if not (is_own(settings, host) or amazon or host in map(normalise_host, settings.allow_hosts)):
        raise SetupFailed(f"{what} leads to {quote(host)}: give --allow-host {host} to follow it")


def require_http(url: str, what: str) -> None:
    """Raises SetupFailed where `url`, called `what`, is no http or https URL of a host."""
    if not url.lower().startswith(("http://", "https://")) or not host_of(url):
        raise SetupFailed(f"{what} is no http or https URL: it begins with {beginning(url)}")
