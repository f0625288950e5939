"""When a violation shows nothing, for all that a run knows: the line, or something before the endpoint, was at fault.

A login that has expired, credentials that have, a page of maintenance: from some moment on every call is refused, with
or without what a test is about. Such a refusal counts only where a plain valid call is still served afterwards, or was
refused from the first while the same call in another form was accepted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from conformance.checks.diagnosis.replies import cause_of
from conformance.checks.disturbances import disturbance_of
from conformance.checks.errors import is_throttled
from conformance.checks.violation import ContractViolation, Inconclusive
from conformance.contract.model import operation, operations
from conformance.contract.wire import Exchange
from conformance.endpoint.probe import is_own_refusal


class PlainServer(Protocol):
    """Who knows whether plain calls are still served."""

    def serves(self, name: str) -> bool:
        """Whether a plain valid call of operation `name` is accepted now."""

    def is_broken_by_plain_call(self, requirement: str) -> bool:
        """Whether the plain call itself shows `requirement` to be broken, for it is accepted in another form alone."""


def disturbance(server: PlainServer, violation: ContractViolation) -> Inconclusive | None:
    """The reason why `violation` proves nothing; None if it counts."""
    return disturbance_of(violation) or _takeover(server, violation)


def _takeover(server: PlainServer, violation: ContractViolation) -> Inconclusive | None:
    """Why a violation is none of the endpoint's where something else has begun to answer all of its calls."""
    if server.is_broken_by_plain_call(violation.requirement):
        return None
    for name, refused in _refusals_in_front(violation.exchanges).items():
        if not server.serves(name):
            return Inconclusive(f"{name} got {cause_of(refused).brief}, and so did its plain call afterwards", refused)
    return None


def _refusals_in_front(exchanges: Iterable[Exchange]) -> dict[str, Exchange]:
    """The last call of each operation among `exchanges` that something else than the operation has refused."""
    return {exchange.request.operation: exchange for exchange in exchanges if _is_refused_in_front(exchange)}


def _is_refused_in_front(exchange: Exchange) -> bool:
    name, response = exchange.request.operation, exchange.response
    if response is None or response.succeeded or is_throttled(response):
        return False
    if name not in operations() or exchange.request.method == "OPTIONS":
        return False
    return not is_own_refusal(operation(name), response)
