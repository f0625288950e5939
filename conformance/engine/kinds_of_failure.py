"""Which violations are worth more requests: the first few of each kind are sent again and made smaller, no others.

An endpoint that refuses nothing breaks hundreds of limits, each in the same way; what the first three show, the rest
show too. One that showed each violation again whenever it was repeated shows the next ones again, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field

from conformance.checks.violation import ContractViolation
from conformance.contract.catalogue import catalogue
from conformance.results.findings import Finding, failure_kind
from conformance.results.observation import Repetitions

LOOKED_INTO = 3  # violations of one kind
STEADY = 12  # violations that were repeated and shown again each time, after which none is repeated


@dataclass(slots=True)
class KindsOfFailure:
    """Counts the violations of a run by what makes their causes alike."""

    _seen: Counter[Hashable] = field(default_factory=Counter)
    _shown_again: Counter[str] = field(default_factory=Counter)
    _changing: set[str] = field(default_factory=set)

    def is_known(self, violation: ContractViolation) -> bool:
        """Whether the first few of the kind of `violation` were counted before."""
        return self._seen[kind_of(violation)] >= LOOKED_INTO

    def deserves_more(self, violation: ContractViolation) -> bool:
        """Count `violation`. Whether it is among the first of its kind."""
        kind = kind_of(violation)
        self._seen[kind] += 1
        return self._seen[kind] <= LOOKED_INTO

    def deserves_repetition(self, violation: ContractViolation, phase: str) -> bool:
        """Count `violation`, which `phase` saw. Whether it is among the first of its kind and worth a repetition.

        It is not where the first few that the same phase saw were shown again each time.
        """
        is_steady = phase not in self._changing and self._shown_again[phase] >= STEADY
        return self.deserves_more(violation) and not is_steady

    def note_repetitions(self, phase: str, seen: Repetitions) -> None:
        """Take note of how often a violation that `phase` saw was shown again."""
        if seen.times < seen.of:
            self._changing.add(phase)
        self._shown_again[phase] += 1


def kind_of(violation: ContractViolation) -> Hashable:
    """Equal for two violations that the reports take for one cause because the same call got the same wrong answer."""
    exchanges = [{"operation": exchange.request.operation} for exchange in violation.exchanges[-1:]]
    found = Finding(
        catalogue()[violation.requirement],
        violation.expected,
        violation.actual,
        "edge",
        exchanges=exchanges,
        broken=True,
    )
    return failure_kind(found)
