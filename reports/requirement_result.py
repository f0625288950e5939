"""What a run came to about one requirement, with the best example of its violation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.checks.violation import Breach
from conformance.contract.model import SERVICES, operations
from conformance.contract.requirements import Requirement
from conformance.results.observation import Repetitions
from conformance.results.verdicts import Judged, Verdict

# The reason of a test that lacks something which only the endpoint's owner can give.
NEEDS = re.compile(r"needs (--[a-z-]+), which was not given")
# The reason of a test that takes an operation of a service which the endpoint does not have.
TAKES = re.compile(r"(?:it )?takes ([A-Za-z]+), which the endpoint does not have")


@dataclass(frozen=True, slots=True)
class Violation:
    """The best example of a broken promise, as it stands in the ledger.

    `by_test` counts the repetitions of its test that judged the promise, `by_script` the runs of the printed script;
    None where there was none. `marks` are a few words each on how the test saw it: only with calls in flight, or after
    the failure that ended the run.
    """

    breach: Breach
    phase: str
    edge: str | None
    test: str | None
    exchanges: tuple[Mapping[str, Any], ...]
    by_test: Repetitions | None = None
    by_script: Repetitions | None = None
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Why a promise could not be judged, with the exchange that shows it, as it stands in the ledger."""

    reason: str
    test: str | None
    exchange: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EdgeResult:
    """One fixed example: how often it came out how, and the statuses seen where exchanges were kept."""

    edge: str
    outcomes: Mapping[str, int]
    statuses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RequirementResult:
    """What a run says about one requirement.

    `examples` counts observations by phase and outcome. `observed` is what the endpoint does, for a promise that
    the documents leave open. `reason` says why there is no judgement; `excused` that a written reason stands behind
    an untested one. `tests` are those that claim it; where none did, the first whose replies were judged passively.
    `left_out` are the edges that were not tried: at the run's depth, or once others had shown the promise broken.
    `violations` counts the observations that broke the promise. `unjudged` shows what kept it from being judged.
    `seen_in` are the tests in which it was seen broken or, where it was not, could not be judged.
    `lacking` are the operations that the endpoint does not implement and without which there is no judgement; none
    where anything else stands in its way.
    """

    requirement: Requirement
    verdict: Verdict
    excused: bool
    reason: str | None
    observed: str | None
    examples: Mapping[str, Mapping[str, int]]
    edges: tuple[EdgeResult, ...]
    tests: tuple[str, ...]
    violation: Violation | None
    violations: int
    lacking: frozenset[str] = frozenset()
    unjudged: Unjudged | None = None
    seen_in: frozenset[str] = frozenset()
    left_out: tuple[str, ...] = ()

    @property
    def judged(self) -> Judged:
        """This result as far as the run's verdict needs it."""
        return Judged(self.requirement.level, self.verdict, self.excused)

    @property
    def needs(self) -> str | None:
        """The option that would have tested an untested requirement; None where none would."""
        found = NEEDS.fullmatch(self.reason or "") if self.excused and self.verdict is Verdict.UNTESTED else None
        return found[1] if found else None

    @property
    def takes(self) -> str | None:
        """The service that an untested requirement takes and the endpoint does not have; None for any other reason."""
        found = TAKES.fullmatch(self.reason or "") if self.excused and self.verdict is Verdict.UNTESTED else None
        return SERVICES[operations()[found[1]].service] if found else None
