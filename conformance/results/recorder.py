"""The recorder: writes each observation when it is made and keeps the state of each requirement.

Tests, and the passive judgement of every reply, record here; the ledger gets it from here. The recorder bounds what a
broken endpoint can fill a disk with: only the first violations of a requirement are written with their exchanges.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Protocol

from conformance.checks.passive import Judgement, judge_front, judge_reply
from conformance.checks.violation import ContractViolation
from conformance.contract.catalogue import catalogue
from conformance.contract.model import operation
from conformance.contract.wire import Exchange, as_evidence
from conformance.endpoint.preconditions import NotGiven
from conformance.endpoint.probe import is_own_refusal
from conformance.endpoint.running_tests import current
from conformance.results.ledger import Ledger
from conformance.results.observation import Effort, Observation, Repetitions
from conformance.results.verdicts import Outcome

_PLAIN = ("edge", "scenario")  # phases whose evidence is preferred to that of a violation found passively
_BROKEN = frozenset({500, 502, 503, 504})  # statuses that no router gives for an operation that it does not know
_FRONT_ONLY: ContextVar[bool] = ContextVar("front_only", default=False)
EVIDENCE_LIMIT = 4  # violations of one requirement and phase that are written with their exchanges


class Obstacle(Protocol):
    """What kept a promise from being judged: an Inconclusive or a SetupFailed."""

    @property
    def reason(self) -> str:
        """The reason in a few words."""

    @property
    def exchange(self) -> Exchange | None:
        """The exchange that shows it, if there is one."""


@dataclass(slots=True)
class RequirementRecord:
    """What was seen of one requirement so far. `found_after` says when it was first seen broken."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    violation: ContractViolation | None = None
    reason: str | None = None
    found_after: Effort | None = None


class _Records(dict[str, RequirementRecord]):
    """What was seen of each requirement. Raises LookupError for an id that the catalogue lacks.

    A ledger with such an id would be taken for that of another version of the contract.
    """

    def __missing__(self, requirement: str) -> RequirementRecord:
        if requirement not in catalogue():
            raise LookupError(f"{requirement!r} is no requirement of the catalogue")
        return self.setdefault(requirement, RequirementRecord())


@dataclass(slots=True)
class Recorder:
    """Writes observations to `ledger`, each with the test at work. Thread-safe.

    `broken_in_order` are the requirements that were seen broken, in the order in which that was first seen.
    """

    ledger: Ledger
    records: dict[str, RequirementRecord] = field(default_factory=_Records)
    broken_in_order: list[str] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _written: Counter[tuple[str, str]] = field(default_factory=Counter)
    _answers: Counter[str | None] = field(default_factory=Counter)
    _working: set[str] = field(default_factory=set)
    _held: dict[str, list[Exchange]] = field(default_factory=lambda: defaultdict(list))
    _began: float = field(default_factory=time.monotonic)

    def record_kept(self, requirement: str, phase: str, edge: str | None = None, *, times: int = 1) -> None:
        """A promise was kept so many `times`."""
        with self._lock:
            self.records[requirement].outcomes[Outcome.KEPT] += times
            self.ledger.count(Observation(requirement, Outcome.KEPT, phase, current().test, edge), times)

    def record_broken(
        self,
        violation: ContractViolation,
        phase: str,
        edge: str | None = None,
        after: Effort | None = None,
    ) -> None:
        """A promise was broken; the violation carries its evidence. `after` is by default the effort so far."""
        after = after or self.effort()
        current().broken.add(violation.requirement)
        self._note_broken(violation, phase, after)
        self._write(
            Observation(
                violation.requirement,
                Outcome.BROKEN,
                phase,
                current().test,
                edge,
                breach=violation.breach,
                exchanges=violation.exchanges,
                after=after,
            )
        )

    def repetitions(self, requirement: str, seen: Repetitions, edge: str | None = None) -> None:
        """The test at work was repeated after it saw the promise broken, and saw it broken again so often."""
        self.ledger.repetition(requirement, current().test, edge, "test", seen)

    def _note_broken(self, violation: ContractViolation, phase: str, after: Effort) -> None:
        with self._lock:
            record = self.records[violation.requirement]
            record.outcomes[Outcome.BROKEN] += 1
            record.found_after = record.found_after or after
            if record.violation is None or phase in _PLAIN:
                record.violation = self._bound(violation)
            if record.outcomes[Outcome.BROKEN] == 1:
                self.broken_in_order.append(violation.requirement)

    def _bound(self, violation: ContractViolation) -> ContractViolation:
        """`violation` for the rest of the run: with as much of its replies as there is room for, and no traceback.

        A traceback holds whatever was in use where it was raised, replies in their whole length among it.
        """
        return violation.with_changes(
            exchanges=tuple(as_evidence(each, self.ledger.room) for each in violation.exchanges)
        )

    def effort(self) -> Effort:
        """What the run, and the test at work in it, have spent so far."""
        test = current().test
        with self._lock:
            return Effort(test, self._answers.total(), self._answers[test], time.monotonic() - self._began)

    def note(
        self,
        requirement: str,
        outcome: Outcome,
        reason: str,
        phase: str,
        edge: str | None = None,
        exchanges: tuple[Exchange, ...] = (),
    ) -> None:
        """Anything but kept or broken, with the reason or, for a record, with what the endpoint did."""
        self.observe(Observation(requirement, outcome, phase, current().test, edge, reason=reason, exchanges=exchanges))

    def inconclusive(self, requirement: str, wrong: Obstacle, phase: str, edge: str | None = None) -> None:
        """No judgement was possible, for the reason and with the exchange that `wrong` has.

        Where the user said that the run lacks something, the requirement is untested: that is no doubt of the endpoint.
        """
        exchanges = (wrong.exchange,) if wrong.exchange is not None else ()
        outcome = Outcome.UNTESTED if isinstance(wrong, NotGiven) else Outcome.INCONCLUSIVE
        self.note(requirement, outcome, wrong.reason, phase, edge, exchanges)

    def observe(self, observation: Observation) -> None:
        """Record an observation that is neither of a promise kept nor of one broken."""
        with self._lock:
            record = self.records[observation.requirement]
            record.outcomes[observation.outcome] += 1
            record.reason = record.reason or observation.reason
            self._write(observation)

    def _write(self, observation: Observation) -> None:
        key = (observation.requirement, f"{observation.phase} {observation.outcome}")
        with self._lock:
            self._written[key] += 1
            if self._written[key] <= EVIDENCE_LIMIT or observation.edge is not None:
                self.ledger.observe(observation)
            else:
                self.ledger.count(observation)

    @contextmanager
    def judging_front(self, *, only: bool) -> Iterator[None]:
        """If `only`, replies inside are judged passively by nothing but what every web server must keep."""
        before = _FRONT_ONLY.set(only)
        try:
            yield
        finally:
            _FRONT_ONLY.reset(before)

    def check_passively(self, exchange: Exchange) -> None:
        """Judge a reply by what holds for each reply, or less of it inside `judging_front`."""
        judge = judge_front if _FRONT_ONLY.get() else judge_reply
        with self._lock:  # replies of concurrent calls arrive on their own threads
            self._answers[current().test] += 1
            judgeable = () if exchange.provisional else self._judgeable(exchange)
        for each in judgeable:
            self._take(judge(each))

    def _take(self, judgements: Iterable[Judgement]) -> None:
        """Record what a reply showed, together what it keeps many times: a page of a transcript has many items."""
        kept = Counter[str]()
        for requirement, violation in judgements:
            if violation is None:
                kept[requirement] += 1
            else:
                self.record_broken(violation, "passive")
        for requirement, times in kept.items():
            self.record_kept(requirement, "passive", times=times)

    def _judgeable(self, exchange: Exchange) -> tuple[Exchange, ...]:
        """An operation that never succeeds may be one that the endpoint lacks, which is one finding and no violation.

        So the replies of a router, a proxy or a gateway wait for its first success.
        """
        name, response = exchange.request.operation, exchange.response
        if response is None or _FRONT_ONLY.get() or name in self._working:
            return (exchange,)
        if response.succeeded:
            self._working.add(name)
            return (*self._held.pop(name, ()), exchange)
        if is_own_refusal(operation(name), response):
            return (exchange,)
        if response.status in _BROKEN:  # whoever gave it, it is a server error
            self._take(judge_front(exchange))
        self._held[name].append(as_evidence(exchange))
        return ()
