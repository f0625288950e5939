"""A scenario: several calls about one or more chats, in which a test claims requirements as it runs.

A scenario does not stop at its first violation: each claim records its own. What a later part needs and cannot
have raises SetupFailed, and the claims that were not reached stay inconclusive.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from hypothesis.strategies import SearchStrategy

from conformance.checks.value_text import value_text
from conformance.checks.violation import ContractViolation, Inconclusive
from conformance.contract.model import operations
from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.running_tests import current
from conformance.engine.depth import Edges
from conformance.engine.disturbed_violations import disturbance
from conformance.engine.plain_call_rule import Unjudged
from conformance.engine.search import draw
from conformance.results.verdicts import Outcome
from conformance.scenario.claim import Claim
from conformance.scenario.scenario_chats import ScenarioChats

Found = TypeVar("Found")
Drawn = TypeVar("Drawn")
Result = TypeVar("Result")


@dataclass(slots=True)
class Scenario(ScenarioChats):
    """The calls and claims of one test.

    `claimed` are the requirement ids that the test claims: where it claims one alone, that is the requirement of each
    claim that names none. `reached` are the requirements that it has recorded something about.
    """

    claimed: tuple[str, ...] = ()
    violations: dict[str, ContractViolation] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    judged: set[str] = field(default_factory=set)
    _observed: list[Callable[[], None]] = field(default_factory=list)

    @contextmanager
    def claim(self, requirement: str | None = None) -> Iterator[Claim]:
        """Judge `requirement` in a block; the outcome is recorded and the scenario continues.

        Not so where the scenario itself ends inside: the requirement then counts as one that it did not reach.
        Without `requirement` it is the only one that the test claims. Raises ValueError for a test of several.
        """
        requirement = requirement or self.only_claim()
        claim = Claim(requirement, self.exchanges, self._never_works)
        try:
            yield claim
        except ContractViolation as violation:
            self._judge_broken(violation)
        except Inconclusive as wrong:
            dropped = self.verifier.drop_of(requirement, wrong)
            if dropped is not None:
                self._judge_broken(dropped)
            else:
                self._leave(requirement, Unjudged(Outcome.INCONCLUSIVE, wrong.reason, exchanges=(wrong.exchange,)))
        else:
            self._conclude(claim)
        self.reached.add(requirement)

    def only_claim(self) -> str:
        """The requirement that the test claims. Raises ValueError for a test that claims several, or none."""
        if len(self.claimed) != 1:
            several = ", ".join(self.claimed) or "no requirement"
            raise ValueError(f"this test claims {several}: name the id that is judged here, as in scenario.claim(id)")
        return self.claimed[0]

    def _judge_broken(self, violation: ContractViolation) -> None:
        """Record a violation, or why it is none: the line was at fault, or an operation that never works here."""
        unjudged = self.verifier.rule.of_violation(violation)
        if unjudged is None and (disturbed := disturbance(self.verifier, violation)) is not None:
            unjudged = Unjudged(Outcome.INCONCLUSIVE, disturbed.reason, exchanges=(disturbed.exchange,))
        if unjudged is not None:
            self._leave(violation.requirement, unjudged)
        else:
            self._note_violation(violation)

    def _note_violation(self, violation: ContractViolation) -> None:
        self.violations[violation.requirement] = violation
        self.judged.add(violation.requirement)
        after = self.verifier.recorder.effort()
        self._observe(lambda: self.verifier.recorder.record_broken(violation, "scenario", after=after))

    def _conclude(self, claim: Claim) -> None:
        unjudged = self.verifier.rule.of_promise(claim.requirement)
        if unjudged is not None:
            self._leave(claim.requirement, unjudged)
            return
        for observed in claim.records:
            self._leave(claim.requirement, Unjudged(Outcome.RECORDED, observed))
        if claim.left_out and not claim.judged and not claim.records:
            self._judge_broken(claim.left_out[0])
        elif not claim.records:
            self.judged.add(claim.requirement)
            self._observe(lambda: self.verifier.recorder.record_kept(claim.requirement, "scenario"))

    def _observe(self, record: Callable[[], None]) -> None:
        """Record an observation; one in a used chat only once that is known to be alive. A replay records none."""
        if not self.replay:
            self._observed.append(record)
        if not self._used:
            self.record()

    @contextmanager
    def optional(self, requirement: str | None = None) -> Iterator[None]:
        """Run an optional block for `requirement`. If its set-up fails, record that for it and continue."""
        requirement = requirement or self.only_claim()
        try:
            yield
        except SetupFailed as wrong:
            self._leave(requirement, self.verifier.rule.of_setup_failure(requirement, wrong))
        except Inconclusive as wrong:
            self._leave(requirement, Unjudged(Outcome.INCONCLUSIVE, wrong.reason, exchanges=(wrong.exchange,)))

    def _never_works(self, name: str) -> bool:
        return name in operations() and not self.works(name)

    def not_applicable(self, reason: str, requirement: str | None = None) -> None:
        """Record that the promise is about something that does not occur here."""
        self._leave(requirement or self.only_claim(), Unjudged(Outcome.NOT_APPLICABLE, reason))

    def _leave(self, requirement: str, unjudged: Unjudged) -> None:
        """Record an observation about `requirement` instead of a judgement."""
        self.reached.add(requirement)
        observed = unjudged.observation(requirement, current().test, self.exchanges[-1:])
        self._observe(lambda: self.verifier.recorder.observe(observed))

    def draw(self, values: SearchStrategy[Drawn], requirement: str | None = None) -> list[Drawn]:
        """Values to judge `requirement` by after its fixed edges; none at smoke depth, the same in a replay."""
        return draw(self.verifier, requirement or self.only_claim(), values)

    def edges(self, values: Sequence[Drawn], decisive: Collection[Drawn]) -> list[Drawn]:
        """The fixed `values` to judge by, at a depth at which each request costs those that are `decisive`.

        The others are written down as left out of what the scenario claims.
        """
        if self.verifier.depth.edges is Edges.ALL:
            return list(values)
        left = [value_text(value) for value in values if value not in decisive]
        for requirement in self.claimed:
            self.verifier.recorder.ledger.leave_out(requirement, current().test, left)
        return [value for value in values if value in decisive]

    def times(self, many: int, few: int) -> int:
        """How often to do what a scenario repeats: `many` times, `few` at a depth at which each request costs."""
        return self.edges((few, many), (few,))[-1]

    def restart(self) -> None:
        """Forget all that was seen, and begin again with new chats."""
        self.start_afresh()
        for forgotten in (self.violations, self.reached, self.judged, self._observed):
            forgotten.clear()

    def record(self) -> None:
        """Record what was observed since the scenario began."""
        observed, self._observed = self._observed, []
        for each in observed:
            each()
