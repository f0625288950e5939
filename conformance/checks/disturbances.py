"""Violations that the line may have caused: the endpoint is not blamed for them."""

from __future__ import annotations

from conformance.checks.diagnosis.gateways import throttling_of
from conformance.checks.errors import is_throttled
from conformance.checks.violation import ContractViolation, Inconclusive
from conformance.contract.wire import Exchange

_ON_PURPOSE = "hung up on purpose"
_ABOUT_LIMITS = (".quota.", ".throttling.")
_TWICE = "a request had to be sent again after a server error or a lost connection, and may have had its effect twice"


def disturbance_of(violation: ContractViolation) -> Inconclusive | None:
    """Why `violation` shows nothing: a call of it was throttled, got no reply, or may have had its effect twice.

    A connection that was closed again in the place of a reply is the endpoint's doing where the violation says so.
    """
    about_limits = any(part in violation.requirement for part in _ABOUT_LIMITS)
    for exchange in violation.exchanges:
        if exchange.repeated:
            return Inconclusive(_TWICE, exchange)
        closed = exchange.dropped and exchange is violation.exchanges[-1]
        if exchange.response is None and not closed and not (exchange.failure or "").startswith(_ON_PURPOSE):
            return Inconclusive(exchange.failure or "no answer", exchange)
        if exchange.response is not None and is_throttled(exchange.response) and not about_limits:
            return Inconclusive(throttling_of(exchange.response), exchange)
    return None


def dropping(requirement: str, exchange: Exchange) -> ContractViolation | None:
    """The violation that a call without a reply is: its connection was closed twice in a row. None for any other.

    It counts only where the endpoint serves a plain valid call of the same operation afterwards.
    """
    if not exchange.dropped:
        return None
    seen = "the connection was closed without a reply, and again when the request was sent once more"
    return ContractViolation(requirement, "a reply to the request", seen, (exchange,))
