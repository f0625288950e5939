"""The second opinion alone: it accuses no lawful reading, and finds what is wrong with replies."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

from conformance.contract.model import operations
from conformance.opinion.opinion import spoken_of
from conformance.power.bench import Bench, Trial
from conformance.power.plan import plan
from conformance.power.scripts import collect
from conformance.reference.faults import faults
from conformance.reference.readings import READINGS

READ = [trial.readings for trial in plan(whole=False).of_readings()]
SPOKEN_OF = frozenset(rid for subject in operations().values() for rid in spoken_of(subject))
# No schema sees that two places name different types or that none names one; and these calls are too few for what
# shows now and then.
UNSEEN = (".two-names", ".unnamed", ".sometimes-absent")
FAULTS = [
    name
    for name, fault in faults().items()
    if fault.subject.startswith("derived-") and SPOKEN_OF.issuperset(fault.red) and not name.endswith(UNSEEN)
]


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    found = Bench(
        scripts=tuple(script for script in collect() if "test_replies_fit_the_exported_document" in script.name)
    )
    yield found
    found.close()


@pytest.fixture(autouse=True)
def no_other_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.witness.judge_reply", lambda _: ())


@pytest.mark.parametrize("readings", READ, ids=" ".join)
def test_lawful_readings_are_not_accused(bench: Bench, readings: tuple[str, ...]) -> None:
    found = bench.judge(Trial(readings=readings))
    lawful = [glob for name in readings for glob in READINGS[name].warns]
    assert found.errors == ()
    assert [rid for rid in found.reds if not any(fnmatchcase(rid, glob) for glob in lawful)] == []


@pytest.mark.parametrize("name", FAULTS[::9])
def test_what_is_wrong_with_replies_is_found(bench: Bench, name: str) -> None:
    fault = faults()[name]
    found = bench.judge(Trial((name,), claims=frozenset(fault.red)))
    assert found.reds.keys() >= set(fault.red)
