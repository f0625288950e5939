"""What is raised when an endpoint breaks a promise."""

from __future__ import annotations

from conformance.wire import Exchange, Response


class ContractViolation(AssertionError):
    """A promise was seen broken.

    The evidence travels inside: with two bugs at once, "the last exchange" may belong to the other one.
    """

    def __init__(self, requirement: str, expected: str, actual: str, exchanges: tuple[Exchange, ...]) -> None:
        super().__init__(f"{requirement}: expected {expected}; got {actual}")
        self.requirement = requirement
        self.expected = expected
        self.actual = actual
        self.exchanges = exchanges


class Inconclusive(Exception):
    """No judgement is possible: no answer came, or the endpoint asks for fewer requests. `reason` says which."""

    def __init__(self, reason: str, exchange: Exchange) -> None:
        super().__init__(reason)
        self.reason = reason
        self.exchange = exchange


def answered(exchange: Exchange) -> Response:
    """The response of `exchange`. Raises Unjudgeable when there is none."""
    if exchange.response is None:
        raise Inconclusive(exchange.failure or "no answer", exchange)
    return exchange.response
