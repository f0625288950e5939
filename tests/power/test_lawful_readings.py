"""Endpoints that are right in another way than the reference stay green: no must fails, no should warns."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from fnmatch import fnmatchcase

import pytest

from conformance.checks.violation import ContractViolation
from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import ConstraintKind, Direction, Requirement
from conformance.examination.constraints import examine
from conformance.examination.examiner import Examiner, Unwitnessed
from conformance.examination.replies import examine_asked, examine_replies
from conformance.examination.stimuli import examine_stimuli
from conformance.examination.valid import examine_valid
from conformance.reference.readings import READINGS, Reading, choices_of, wrap_of
from conformance.verdicts import Outcome
from strategies.malformed import RULES
from tests.power.direct import examiner, service


def look(looking: Examiner, requirement: Requirement) -> None:
    """Examine one derived requirement as its test does."""
    constraint = requirement.constraint
    with suppress(ContractViolation, Unwitnessed):
        if constraint is not None and constraint.direction is Direction.INPUT:
            examine(looking, constraint)
        elif constraint is not None and constraint.kind is ConstraintKind.PRESENT and constraint.asked_by:
            examine_asked(looking, constraint)
        elif requirement.family == "success.valid-request":
            examine_valid(looking, requirement)
        elif requirement.family in RULES:
            examine_stimuli(looking, requirement)
        elif requirement.family != "refusal.before-lookup":
            examine_replies(looking, requirement)


def reds(*readings: Reading) -> Iterator[str]:
    """The derived requirements that are seen broken on the reference in these readings, and should not be."""
    looking = examiner(wrap_of(*readings)(service(choices_of(*readings)).handle))
    for requirement in catalogue().values():
        if requirement.derived and requirement.untested is None:
            look(looking, requirement)
    allowed = [glob for reading in readings for glob in reading.warns]
    for rid, account in looking.witness.accounts.items():
        if account.outcomes[Outcome.BROKEN] and not any(fnmatchcase(rid, glob) for glob in allowed):
            yield rid


# Time and connections do not show without sockets.
SHOWN = [reading for name, reading in READINGS.items() if name not in ("slow", "closing")]


@pytest.mark.parametrize("reading", SHOWN, ids=lambda r: r.name)
def test_a_lawful_reading_stays_green(reading: Reading) -> None:
    assert list(reds(reading)) == []


@pytest.mark.parametrize("seed", range(3))
def test_readings_together_stay_green(seed: int) -> None:
    chosen = random.Random(seed).sample(SHOWN, 6)
    assert list(reds(*chosen)) == [], [r.name for r in chosen]
