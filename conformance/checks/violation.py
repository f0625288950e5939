"""What is raised when an endpoint breaks a promise."""

from __future__ import annotations

from conformance.wire import Exchange, Response, as_evidence

_LONGEST = 20_000  # code points of a sentence


class ContractViolation(AssertionError):
    """A promise was seen broken.

    The evidence travels inside: with two bugs at once, "the last exchange" may belong to the other one. What an
    endpoint made very long is cut, for the run keeps it to its end.
    """

    def __init__(self, requirement: str, expected: str, actual: str, exchanges: tuple[Exchange, ...]) -> None:
        self.requirement = requirement
        self.expected = _short(expected)
        self.actual = _short(actual)
        self.exchanges = tuple(map(as_evidence, exchanges))
        super().__init__(f"{requirement}: expected {self.expected}; got {self.actual}")


def _short(sentence: str) -> str:
    left_out = len(sentence) - _LONGEST
    if left_out <= 0:
        return sentence
    return f"{sentence[: _LONGEST // 2]} [{left_out:,} characters left out] {sentence[-_LONGEST // 2 :]}"


class Inconclusive(Exception):
    """No judgement is possible: no answer came, or the endpoint asks for fewer requests. `reason` says which."""

    def __init__(self, reason: str, exchange: Exchange) -> None:
        super().__init__(reason)
        self.reason = reason
        self.exchange = as_evidence(exchange)


def answered(exchange: Exchange) -> Response:
    """The response of `exchange`. Raises Inconclusive when there is none."""
    if exchange.response is None:
        raise Inconclusive(exchange.failure or "no answer", exchange)
    return exchange.response
