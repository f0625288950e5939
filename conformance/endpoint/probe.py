"""What the plainest valid call of an operation shows: whether the endpoint implements it, and who refuses it if not.

A refusal shows something only where a valid call is accepted; so everything else about an operation waits for this.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from conformance.checks.diagnosis.bodies import not_an_object
from conformance.checks.diagnosis.gateways import summary_of, throttling_of
from conformance.checks.diagnosis.replies import cause_of
from conformance.contract.errors import NO_PERMISSION
from conformance.contract.model import Operation
from conformance.contract.wire import Exchange, Response
from conformance.endpoint.throttling import is_throttled

FORBIDDEN, NOT_FOUND, SERVER_ERROR = 403, 404, 500
_MISSING_TOKEN = "MissingAuthenticationToken"
_UNROUTED_NAMES = ("UnknownOperation", _MISSING_TOKEN)
_API_GATEWAYS_ID = "x-amz-apigw-id"
# Where the reply names no error of the operation.
_GATEWAY_STATUSES = frozenset({401, 407, 411, 421, 426, 431, 502, 503, 504})
_REDIRECTS = range(300, 400)


class Standing(StrEnum):
    """The state of an operation on the endpoint.

    `refused` is the endpoint's own refusal of a valid call; `blocked` that of a proxy, a gateway or a missing
    permission. `not-ready` says that the call could not be made, for lack of something that it needs.
    """

    WORKS = "works"
    UNSUPPORTED = "unsupported"
    REFUSED = "refused"
    BLOCKED = "blocked"
    UNANSWERED = "unanswered"
    NOT_READY = "not-ready"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the plainest call of one operation got, with the reason in a few words and the exchange if there is one.

    `not_given` is what the call needs and the run is without by its user's word. `reached` says of a call that could
    not be made that the operation itself answered one with made-up ids. `breaks` names the rule of the operation, such
    as bearer.unsigned-accepted, that a refused call shows to be broken, since it was accepted in `accepted_form`.
    `in_doubt` says that the refusal may be lawful: the chat may have been over, or a value was made up.
    """

    standing: Standing
    reason: str = ""
    exchange: Exchange | None = None
    not_given: Exception | None = field(default=None, compare=False)
    reached: bool = False
    breaks: str | None = None
    accepted_form: str | None = None
    in_doubt: bool = False

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The exchange that shows it, none where no call was made."""
        return (self.exchange,) if self.exchange is not None else ()

    @property
    def implemented(self) -> bool | None:
        """Whether the endpoint implements the operation; None where no reply shows that."""
        if self.standing is Standing.UNSUPPORTED:
            return False
        return True if self.standing in (Standing.WORKS, Standing.REFUSED) or self.reached else None


def finding(operation: Operation, exchange: Exchange, *, others_answered: bool = False) -> Finding:
    """What the plainest valid call of `operation` shows.

    `others_answered` says that other operations of its service got replies.
    """
    response = exchange.response
    if response is None:
        cause = cause_of(exchange, others_answered=others_answered)
        return Finding(Standing.UNANSWERED, f"no answer: {cause}", exchange)
    if response.truncated:
        return Finding(Standing.UNANSWERED, str(cause_of(exchange)), exchange)
    if response.succeeded:
        return Finding(Standing.WORKS, exchange=exchange)
    if is_throttled(exchange):
        return Finding(Standing.UNANSWERED, throttling_of(response), exchange)
    if is_unrouted(operation, response):
        return Finding(Standing.UNSUPPORTED, f"the plainest call got {summary_of(response)}", exchange)
    standing = Standing.REFUSED if is_own_refusal(operation, response) else Standing.BLOCKED
    return Finding(standing, f"the plainest valid call got {cause_of(exchange)}", exchange)


def may_have_lost_signature(operation: Operation, exchange: Exchange) -> bool:
    """Whether a reply that an unknown operation would get may as well say that no signature arrived.

    An API gateway, which says the same of a path that it does not know, adds its own id.
    """
    response = exchange.response
    if response is None or not operation.signed or response.header(_API_GATEWAYS_ID) is not None:
        return False
    return (response.error_name or "").startswith(_MISSING_TOKEN) or _speaks_of_token(response)


def is_own_refusal(operation: Operation, response: Response) -> bool:
    """Whether the operation itself refuses, rather than a router, a proxy, a gateway or a missing permission."""
    if _declares(operation, response):
        return True
    if response.is_limiters or _is_web_servers(response):
        return False
    status = response.status
    in_front = status in _REDIRECTS or status in _GATEWAY_STATUSES or status == FORBIDDEN
    return not (in_front or response.error_name in NO_PERMISSION or is_unrouted(operation, response))


def _is_web_servers(response: Response) -> bool:
    """Whether an error is one that any web server gives: without a name and a request id, and 5xx or no JSON object."""
    unsigned = response.error_name is None and response.header("x-amzn-RequestId") is None
    return unsigned and (response.status >= SERVER_ERROR or not_an_object(response) is not None)


def speaks_api(operation: Operation, exchange: Exchange) -> bool:
    """Whether the reply is one that `operation` itself may have given: a JSON object of success, or its own refusal.

    A page, an empty body, a server error, a missing permission, and what a router, a gateway or a limiter says are
    none.
    """
    response = exchange.response
    if response is None or response.truncated or not_an_object(response) is not None:
        return False
    if response.succeeded:
        return bool(response.body.strip())
    if is_throttled(exchange) or response.error_name in NO_PERMISSION:
        return False
    return response.status < SERVER_ERROR and is_own_refusal(operation, response)


def is_unrouted(operation: Operation, response: Response) -> bool:
    """Whether `response` is one of a router that does not know `operation`, as far as one reply can show.

    501, 405, an unknown operation, or 404/403 that names no error of the operation.
    """
    if says_unrouted(response):
        return True
    unknown = response.status == NOT_FOUND or _speaks_of_token(response)
    return unknown and not _declares(operation, response)


def says_unrouted(response: Response) -> bool:
    """Whether `response` says in so many words that there is no such operation: 501, 405 or an unknown operation."""
    return response.status in (501, 405) or (response.error_name or "").startswith(_UNROUTED_NAMES)


def _speaks_of_token(response: Response) -> bool:
    """Whether a 403 without a name says what API gateways say of paths that they do not know."""
    return response.status == FORBIDDEN and b"authentication token" in response.body[:500].lower()


def _declares(operation: Operation, response: Response) -> bool:
    """Whether the reply names an error that the operation declares."""
    return any(error.name == response.error_name for error in operation.errors)
