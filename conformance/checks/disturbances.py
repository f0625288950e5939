"""When a violation may be the doing of the line, so that nobody is accused of it."""

from __future__ import annotations

from conformance.checks.errors import describe, is_throttled
from conformance.checks.violation import ContractViolation, Inconclusive

_ON_PURPOSE = "hung up on purpose"
_ABOUT_LIMITS = (".quota.", ".throttling.")
_TWICE = "a request had to be sent again after a server error or a lost connection, and may have had its effect twice"


def disturbance_of(violation: ContractViolation) -> Inconclusive | None:
    """Why `violation` shows nothing: a call of it was throttled, got no reply, or may have had its effect twice."""
    about_limits = any(part in violation.requirement for part in _ABOUT_LIMITS)
    for exchange in violation.exchanges:
        if exchange.repeated:
            return Inconclusive(_TWICE, exchange)
        if exchange.response is None and not (exchange.failure or "").startswith(_ON_PURPOSE):
            return Inconclusive(exchange.failure or "no answer", exchange)
        if exchange.response is not None and is_throttled(exchange.response) and not about_limits:
            return Inconclusive(f"throttled: {describe(exchange.response)}", exchange)
    return None
