"""Trials in processes of their own: all are judged, and one of which a process dies takes no other with it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.polling import Polling
from conformance.power import workers
from conformance.power.bench import Findings, Trial

pytestmark = pytest.mark.slow

SPAWN = multiprocessing.get_context("spawn")
DEADLY = Trial(("deadly",))
JUDGED = Findings({}, (), requests=1, seconds=0.1)


def judge(trial: Trial) -> Findings:
    """What stands in for a bench in the processes: one trial kills its process."""
    if trial == DEADLY:
        os._exit(9)
    return JUDGED


def nothing() -> None:
    """No bench is opened."""


class StandIn:
    """What stands in for a bench in this process."""

    def judge(self, _: Trial) -> Findings:
        return JUDGED

    def close(self) -> None:
        """Nothing was opened."""


@pytest.fixture
def fork_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has processes begin as copies of one that has imported what they need, which takes longer than they work."""
    multiprocessing.set_forkserver_preload([workers.__name__, __name__])
    monkeypatch.setattr(workers, "START", "forkserver")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_judge", judge)
    monkeypatch.setattr(workers, "_open", nothing)
    monkeypatch.setattr(workers, "Bench", StandIn)


def trials(count: int) -> list[Trial]:
    return [Trial(seed=seed) for seed in range(count)]


@pytest.mark.parametrize("count", [0, 1, 7])
def test_every_trial_is_judged_once(count: int) -> None:
    assert sorted(trial.seed for trial, _ in workers.judge_all(trials(count), 2)) == list(range(count))


@pytest.mark.parametrize(("whole", "some", "processes"), [(1, 24, 0), (0, 25, 0), (2, 0, 1), (0, 26, 1)])
def test_few_trials_are_judged_in_this_process(
    whole: int, some: int, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    began: list[int] = []

    def begin(among: Sequence[Trial], jobs: int) -> Iterator[tuple[Trial, Findings]]:
        began.append(jobs)
        return ((trial, JUDGED) for trial in among)

    monkeypatch.setattr(workers, "_until_one_dies", begin)
    among = trials(whole) + [Trial(seed=seed, claims=frozenset()) for seed in range(some)]
    assert len(dict(workers.judge_all(among, 2))) == whole + some
    assert len(began) == processes


@pytest.mark.usefixtures("fork_server")
@pytest.mark.parametrize("place", [0, 5, 9])
def test_a_trial_that_kills_its_process_is_blamed_alone(place: int) -> None:
    among = trials(10)
    among.insert(place, DEADLY)
    judged = dict(workers.judge_all(among, 2))
    assert judged.pop(DEADLY).errors == ("the process that judged it died",)
    assert len(judged) == 10
    assert all(findings.errors == () for findings in judged.values())


@pytest.mark.usefixtures("fork_server")
def test_where_a_process_dies_one_that_the_pool_does_not_end_is_ended() -> None:
    """It stands for one that began at the moment of the death, for which the pool would wait for ever."""
    late = SPAWN.Process(target=time.sleep, args=(60,))
    late.start()
    dict(workers.judge_all([*trials(3), DEADLY], 2))
    late.join(10)
    assert late.exitcode == -signal.SIGTERM


@pytest.mark.usefixtures("fork_server")
def test_a_process_that_dies_while_trials_are_handed_in_is_blamed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pool takes no more from then on, which a busy machine shows now and then."""
    submit = ProcessPoolExecutor.submit

    def submit_and_die(pool: ProcessPoolExecutor, judge: Any, trial: Trial) -> Any:
        future = submit(pool, judge, trial)
        if trial == DEADLY:
            future.exception()  # its process is dead before the next one is handed in
        return future

    monkeypatch.setattr(ProcessPoolExecutor, "submit", submit_and_die)
    judged = dict(workers.judge_all([*trials(3), DEADLY, *trials(10)[3:]], 2))
    assert judged.pop(DEADLY).errors == ("the process that judged it died",)
    assert [findings.errors for findings in judged.values()] == [()] * 10


@pytest.mark.usefixtures("fork_server")
def test_processes_that_cannot_begin_are_an_error_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_open", no_bench)
    with pytest.raises(workers.NoneJudged, match="standard error"):
        list(workers.judge_all(trials(50), 1))


def no_bench() -> None:
    """The suite's tests cannot be collected."""
    raise RuntimeError("broken")


def asking(writer: Connection) -> None:
    """What stands in for the command: a process of its own judges, tells its number and would go on for minutes."""
    with ProcessPoolExecutor(1, mp_context=SPAWN, initializer=workers.follow_parent) as pool:
        writer.send(pool.submit(os.getpid).result())
        pool.submit(time.sleep, 600).result()


def test_processes_do_not_outlive_a_command_that_is_killed() -> None:
    """They would go on judging for nobody."""
    heard, writer = SPAWN.Pipe()
    command = SPAWN.Process(target=asking, args=(writer,))
    command.start()
    number = heard.recv()
    command.kill()
    command.join()
    assert Polling(bound=20).until(lambda: None if is_alive(number) else True)


def is_alive(number: int) -> bool:
    """Whether a process works: one that ended and that nobody has asked for its end counts as over."""
    try:
        return "State:\tZ" not in Path(f"/proc/{number}/status").read_text()
    except FileNotFoundError:
        return False
