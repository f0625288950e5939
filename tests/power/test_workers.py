"""Trials in processes of their own: all are judged, and one of which a process dies takes no other with it."""

from __future__ import annotations

import os

import pytest

from conformance.power import workers
from conformance.power.bench import Findings, Trial

DEADLY = Trial(("deadly",))
JUDGED = Findings({}, (), requests=1, seconds=0.1)


def judge(trial: Trial) -> Findings:
    """What stands in for a bench in the processes: one trial kills its process."""
    if trial == DEADLY:
        os._exit(9)
    return JUDGED


def nothing() -> None:
    """No bench is opened."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_judge", judge)
    monkeypatch.setattr(workers, "_open", nothing)


def trials(count: int) -> list[Trial]:
    return [Trial(seed=seed) for seed in range(count)]


@pytest.mark.parametrize("count", [0, 1, 7])
def test_every_trial_is_judged_once(count: int) -> None:
    assert sorted(trial.seed for trial, _ in workers.judged(trials(count), 2)) == list(range(count))


@pytest.mark.parametrize("place", [0, 5, 9])
def test_a_trial_that_kills_its_process_is_blamed_alone(place: int) -> None:
    among = trials(10)
    among.insert(place, DEADLY)
    told = dict(workers.judged(among, 2))
    assert told.pop(DEADLY).errors == ("the process that judged it died",)
    assert len(told) == 10
    assert all(findings.errors == () for findings in told.values())


def test_processes_that_cannot_begin_are_an_error_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_open", no_bench)
    with pytest.raises(workers.NoneJudged, match="standard error"):
        list(workers.judged(trials(50), 1))


def no_bench() -> None:
    """The suite's tests cannot be collected."""
    raise RuntimeError("broken")
