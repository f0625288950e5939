"""The search for a sequence of calls that breaks a promise: how long it goes on, and what it has found."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import Phase, settings

from conformance.checks.violation import ContractViolation, Inconclusive
from conformance.endpoint.preconditions import SetupFailed
from conformance.engine.hypothesis_settings import own_settings
from conformance.engine.verifier import Verifier

STEPS = 12  # in a sequence
SEQUENCES = 4  # for each drawn example of another search: faults of order hide deeper


@dataclass(slots=True)
class Exploration:
    """One search for a sequence that breaks a promise.

    `found` keeps the shortest scenario for each requirement, `judged` all requirements that some sequence came to,
    `blocked` what a sequence needed and could not have.
    """

    verifier: Verifier
    found: dict[str, ContractViolation] = field(default_factory=dict)
    judged: set[str] = field(default_factory=set)
    blocked: SetupFailed | None = None
    spent: int = 0

    @property
    def settings(self) -> settings:
        """How much is searched."""
        examples = max(1, SEQUENCES * self.verifier.depth.examples)
        phases = (Phase.generate, Phase.shrink)
        return own_settings(max_examples=examples, stateful_step_count=STEPS, phases=phases)

    def note(self, violation: ContractViolation) -> None:
        """Keep `violation` if its scenario is the shortest so far."""
        known = self.found.get(violation.requirement)
        if known is None or len(violation.exchanges) < len(known.exchanges):
            self.found[violation.requirement] = violation

    def check(self, requirement: str) -> None:
        """Raise what was found of `requirement`.

        Raises its ContractViolation. Where broken promises ended the sequences before they came to it, raises
        Inconclusive with the shortest of these: that nothing was found says nothing then.
        """
        if requirement in self.found:
            raise self.found[requirement]
        if self.found and requirement not in self.judged:
            ended = min(self.found.values(), key=lambda violation: len(violation.exchanges))
            raise Inconclusive(f"each sequence ended before it, at {ended.requirement}", ended.exchanges[-1])

    def is_exhausted(self) -> bool:
        """Whether the search ends: something is missing, or its budget for shortening a find is spent."""
        return self.blocked is not None or (bool(self.found) and self.spent >= self.verifier.depth.shrinking)
