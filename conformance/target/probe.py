"""One plainest valid call for each operation, to learn whether the endpoint implements it at all.

A refusal shows something only where a valid call is accepted; so everything else about an operation waits for this.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from conformance.contract.model import Operation
from conformance.wire import Exchange, Response

FORBIDDEN, NOT_FOUND = 403, 404
_UNROUTED_NAMES = ("UnknownOperation", "MissingAuthenticationToken")


class Standing(StrEnum):
    """How an operation stands on the endpoint."""

    WORKS = "works"
    UNSUPPORTED = "unsupported"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    NOT_READY = "not-ready"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the probe of one operation found, with the reason in a few words and the exchange if there is one."""

    standing: Standing
    reason: str = ""
    exchange: Exchange | None = None
    option: str | None = None


def finding(operation: Operation, exchange: Exchange) -> Finding:
    """What the plainest valid call of `operation` shows."""
    response = exchange.response
    if response is None:
        return Finding(Standing.UNANSWERED, f"no answer: {exchange.failure}", exchange)
    if response.truncated:
        return Finding(Standing.UNANSWERED, "the reply was cut: it was too long or did not end in time", exchange)
    if response.succeeded:
        return Finding(Standing.WORKS, exchange=exchange)
    if is_unrouted(operation, response):
        return Finding(Standing.UNSUPPORTED, f"the plainest call got {response.status}", exchange)
    return Finding(Standing.REFUSED, f"the plainest valid call got {response.status}", exchange)


def is_unrouted(operation: Operation, response: Response) -> bool:
    """Whether `response` is one of a router that does not know `operation`, as far as one reply can tell.

    501, 405, an unknown operation, or 404/403 that names no error of the operation.
    """
    if says_unrouted(response):
        return True
    name = response.error_name
    declared = any(e.name == name for e in operation.errors)
    missing_token = "authentication token" in response.body[:500].decode("latin-1").lower()
    return not declared and (response.status == NOT_FOUND or (response.status == FORBIDDEN and missing_token))


def says_unrouted(response: Response) -> bool:
    """Whether `response` says in so many words that there is no such operation: 501, 405 or an unknown operation."""
    return response.status in (501, 405) or (response.error_name or "").startswith(_UNROUTED_NAMES)
