"""The hosts that a returned URL may lead to: the endpoint's, Amazon's for Amazon Connect, and allowed ones."""

from __future__ import annotations

from urllib.parse import urlsplit

from conformance.diagnosis.cause import beginning, quoted
from conformance.endpoint.conversation import SetupFailed
from conformance.endpoint.settings import Settings

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_AMAZON = ".amazonaws.com"  # where Amazon Connect's web sockets and stored files are


def host_of(url: str) -> str:
    """The host that `url` names, in lower case; empty where it names none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_own(settings: Settings, host: str) -> bool:
    """Whether `host` is one of the endpoint's addresses. All names of this machine are one."""
    own = {host_of(url) for url in (settings.target, settings.participant_target)}
    return host in own or (host in _LOOPBACK and not own.isdisjoint(_LOOPBACK))


def require_followed(settings: Settings, host: str, what: str) -> None:
    """Raises SetupFailed, naming the option, where `what` (such as "a web socket URL") may not lead to `host`."""
    amazon = settings.on_aws and host.endswith(_AMAZON)
    if not (is_own(settings, host) or amazon or host in settings.allow_hosts):
        raise SetupFailed(f"{what} leads to {quoted(host)}: give --allow-host {host} to follow it")


def require_http(url: str, what: str) -> None:
    """Raises SetupFailed where `url`, called `what`, is no http or https URL of a host."""
    if not url.lower().startswith(("http://", "https://")) or not host_of(url):
        raise SetupFailed(f"{what} is no http or https URL: it begins with {beginning(url)}")
