"""Web sockets that do not open: whether the endpoint refused or a gateway did not forward the upgrade."""

from __future__ import annotations

from conformance.checks.diagnosis.cause import Cause

_FORWARD = "have it forward the upgrade (nginx: proxy_http_version 1.1, proxy_set_header Upgrade and Connection)"
_NOT_FORWARDED = "a gateway before it does not forward the upgrade, so that a plain GET arrives"
_BY_STATUS = {
    401: ("something before it asks who calls", "clients open it by its URL alone: let that in"),
    403: ("the URL was refused: it is used up, expired or of a chat that has ended, or a gateway forbids it", ""),
    407: ("a proxy asks for authentication", "let web sockets past it"),
    429: ("fewer connections are asked for", "send more slowly with --rate N"),
    502: ("a gateway got no usable reply from the endpoint behind it", _FORWARD),
    503: ("what stands behind a gateway is not ready or is overloaded", "run again when it is up"),
    504: ("a gateway waited in vain for the endpoint behind it", _FORWARD),
}
_PLAIN_GET = frozenset({200, 204, 400, 404, 405, 426, 501})
_REDIRECTIONS = range(300, 400)


def cause_of_refused_upgrade(status: int) -> Cause:
    """Why the request that opens a web socket got `status` instead of 101."""
    seen = f"it was refused with status {status}"
    if status in _PLAIN_GET:
        return Cause(seen, _NOT_FORWARDED, _FORWARD)
    if status in _REDIRECTIONS:
        return Cause(seen, "it is served at another address", "have the endpoint hand out the URL that opens it")
    likely, remedy = _BY_STATUS.get(status, ("", ""))
    return Cause(seen, likely, remedy)


def is_gateways(status: int) -> bool:
    """Whether `status` is one that something before the endpoint gives where it does not forward an upgrade."""
    return status in _PLAIN_GET
