"""What a run sees of a requirement, before it is written down."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.checks.violation import Breach
from conformance.contract.wire import Exchange
from conformance.results.verdicts import Outcome


@dataclass(frozen=True, slots=True)
class Effort:
    """What had been spent when something was seen: requests of the run and of `test`, seconds of the run."""

    test: str | None
    requests: int
    requests_of_test: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at one requirement.

    `phase` is how it came about: ``edge`` (a fixed example), ``search`` (a drawn one), ``passive`` (a reply that
    somebody else asked for) or ``scenario``. `after` is what had been spent when a promise was seen broken. `lacking`
    is an operation that the judgement takes and the endpoint does not implement.
    """

    requirement: str
    outcome: Outcome
    phase: str
    test: str | None = None
    edge: str | None = None
    reason: str | None = None
    breach: Breach | None = None
    exchanges: tuple[Exchange, ...] = ()
    after: Effort | None = None
    lacking: str | None = None


@dataclass(frozen=True, slots=True)
class Repetitions:
    """How often a violation was shown again: `times` of `of`; `difference` says what came instead.

    `of` counts the repetitions that came to judge the promise; the others say nothing about it.
    """

    times: int
    of: int
    difference: str | None = None
