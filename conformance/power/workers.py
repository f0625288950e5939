"""Trials spread over processes, each with a bench of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from threading import Thread

from conformance.power.bench import Bench, Findings, Trial

DIED = Findings({}, ("the process that judged it died",), requests=0, seconds=0.0)
_benches: list[Bench] = []


class NoneJudged(RuntimeError):
    """Processes end before they have judged anything: the suite's tests cannot be collected, for one."""


def judged(trials: Sequence[Trial], jobs: int) -> Iterator[tuple[Trial, Findings]]:
    """Judge every trial in one of `jobs` processes; yields each as it is done.

    Where a process dies, the trials that it may have died of are judged one by one, so that one is blamed and none is
    lost. Raises LookupError for a name that no fault or reading has, NoneJudged where no process comes to judge.
    """
    left, one_was_judged = dict.fromkeys(trials), False
    while left:
        for trial, findings in _until_one_dies(list(left), jobs):
            del left[trial]
            one_was_judged = True
            yield trial, findings
        for trial in list(left)[: 2 * jobs + 1]:  # a pool hands out its tasks in order, one ahead for each process
            findings = next((found for _, found in _until_one_dies([trial], 1)), DIED)
            one_was_judged |= findings is not DIED
            del left[trial]
            yield trial, findings
        if not one_was_judged and len(trials) > 1:
            raise NoneJudged("no process came to judge anything: what its standard error says above comes first")


def _until_one_dies(trials: Sequence[Trial], jobs: int) -> Iterator[tuple[Trial, Findings]]:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(trials)), mp_context=spawn, initializer=_open) as pool:
        waiting = {pool.submit(_judge, trial): trial for trial in trials}
        try:
            for done in as_completed(waiting):
                if isinstance(done.exception(), BrokenProcessPool):
                    return
                yield waiting[done], done.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _open() -> None:
    """The endpoint ends with this process, whose pipe it reads.

    Ctrl-C strikes all processes of a terminal: this one ends at once, the one that started it writes what it knows.
    """
    follow_parent()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _benches.append(Bench())


def follow_parent() -> None:
    """End this process when the one that started it ends: a pool's would go on judging for nobody."""
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=follow, daemon=True).start()


def _judge(trial: Trial) -> Findings:
    return _benches[0].judge(trial)
