"""Which violations are worth more requests: the first few of each kind are sent again and made smaller, no others.

An endpoint that refuses nothing breaks hundreds of limits, each in the same way; what the first three show, the rest
show too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field

from conformance.checks.violation import ContractViolation
from conformance.contract.catalogue import catalogue
from conformance.results.findings import Finding, failure_kind

LOOKED_INTO = 3  # violations of one kind


@dataclass(slots=True)
class KindsOfFailure:
    """Counts the violations of a run by what makes their causes alike."""

    _seen: Counter[Hashable] = field(default_factory=Counter)

    def is_known(self, violation: ContractViolation) -> bool:
        """Whether the first few of the kind of `violation` were counted before."""
        return self._seen[kind_of(violation)] >= LOOKED_INTO

    def deserves_more(self, violation: ContractViolation) -> bool:
        """Count `violation`. Whether it is among the first of its kind."""
        kind = kind_of(violation)
        self._seen[kind] += 1
        return self._seen[kind] <= LOOKED_INTO


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
