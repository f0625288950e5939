"""What is raised when an endpoint breaks a promise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from conformance.contract.wire import Exchange, Response, as_evidence

_LONGEST = 20_000  # code points of a sentence


@dataclass(frozen=True, slots=True)
class Breach:
    """The facts of a broken promise without its exchanges: what was expected, and what was seen.

    It goes from the check to the report as one value, and its fields are members of the ledger's entry and of
    compliance.json. Each new fact about a violation becomes a field here, which recorder, ledger and reports pass on.
    """

    expected: str
    actual: str

    def __str__(self) -> str:
        return f"expected {self.expected}; got {self.actual}"

    def with_texts(self, changed: Callable[[str], str]) -> Breach:
        """The same with each of its texts `changed`."""
        texts = {name: value for name, value in asdict(self).items() if isinstance(value, str)}
        return replace(self, **{name: changed(text) for name, text in texts.items()})

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Breach:
        """The breach in `entry`, an observation of the ledger; its reason, if `entry` has no breach."""
        values = {each.name: entry[each.name] for each in fields(cls) if entry.get(each.name) is not None}
        return cls(**{"expected": "", "actual": entry.get("reason") or "", **values})


class ContractViolation(AssertionError):
    """A promise was seen broken.

    The evidence travels inside: with two bugs at once, "the last exchange" may belong to the other one. What an
    endpoint made very long is cut, for the run keeps it to its end.
    """

    def __init__(
        self, requirement: str, expected: str, actual: str, exchanges: tuple[Exchange, ...], **more: Any
    ) -> None:
        """`more` are further fields of the breach."""
        self.requirement = requirement
        self.breach = Breach(expected, actual, **more).with_texts(_short)
        self.exchanges = tuple(map(as_evidence, exchanges))
        super().__init__(f"{requirement}: {self.breach}")

    @property
    def expected(self) -> str:
        """What was expected."""
        return self.breach.expected

    @property
    def actual(self) -> str:
        """What was seen."""
        return self.breach.actual

    def with_changes(self, *, exchanges: tuple[Exchange, ...] | None = None, **values: Any) -> ContractViolation:
        """The same violation, without its traceback, shown by other `exchanges` or with other fields of its breach."""
        shown = self.exchanges if exchanges is None else exchanges
        return ContractViolation(self.requirement, **{**asdict(self.breach), **values}, exchanges=shown)


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


def response_of(exchange: Exchange) -> Response:
    """The response of `exchange`. Raises Inconclusive when there is none."""
    if exchange.response is None:
        raise Inconclusive(exchange.failure or "no answer", exchange)
    return exchange.response
