"""Trials spread over processes, each with a bench of its own; a few quick ones are judged where they are asked for."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from threading import Thread

from conformance.power.bench import Bench, Findings, Trial

QUICK = 25  # trials by some of the tests that take as long as processes take to start: about 2 s
START = "spawn"  # a forked process would begin with the threads' locks of this one
DIED = Findings({}, ("the process that judged it died",), requests=0, seconds=0.0)
_benches: list[Bench] = []


class NoneJudged(RuntimeError):
    """Processes end before they have judged anything: the suite's tests cannot be collected, for one."""


def judge_all(trials: Sequence[Trial], jobs: int) -> Iterator[tuple[Trial, Findings]]:
    """Judge every trial in one of `jobs` processes, or in this one where that is sooner; yields each as it is done.

    Where a process dies, the trials that it may have died of are judged one by one, so that one is blamed and none is
    lost. Raises LookupError for a name that no fault or variant has, NoneJudged where no process comes to judge.
    """
    if _are_quick(trials):
        yield from _in_this_process(trials)
        return
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


def _are_quick(trials: Sequence[Trial]) -> bool:
    """Whether `trials` take no longer than processes take to start: at most one of them runs the whole suite."""
    return len(trials) <= QUICK and sum(trial.claims is None for trial in trials) <= 1


def _in_this_process(trials: Sequence[Trial]) -> Iterator[tuple[Trial, Findings]]:
    with closing(Bench()) as bench:
        for trial in trials:
            yield trial, bench.judge(trial)


def _until_one_dies(trials: Sequence[Trial], jobs: int) -> Iterator[tuple[Trial, Findings]]:
    context = multiprocessing.get_context(START)
    with ProcessPoolExecutor(min(jobs, len(trials)), mp_context=context, initializer=_open) as pool:
        waiting = _hand_in(pool, trials)
        try:
            for done in as_completed(waiting):
                if isinstance(done.exception(), BrokenProcessPool):
                    _end_processes()
                    return
                yield waiting[done], done.result()
        except KeyboardInterrupt:
            _end_processes()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _end_processes() -> None:
    """End all processes that this one has begun: a trial may last for minutes.

    One that began at the moment in which another died is not ended by the pool, which then waits for it for ever.
    """
    for process in multiprocessing.active_children():
        process.terminate()


def _hand_in(pool: Executor, trials: Sequence[Trial]) -> dict[Future[Findings], Trial]:
    """The trials that `pool` took, each with what becomes of it; once a process has died it takes no more."""
    waiting: dict[Future[Findings], Trial] = {}
    with suppress(BrokenProcessPool):
        for trial in trials:
            waiting[pool.submit(_judge, trial)] = trial
    return waiting


def _open() -> None:
    """The endpoint ends with this process, whose pipe it reads.

    Ctrl-C strikes all processes of a terminal: this one ends at once, the one that started it writes what it knows.
    """
    follow_parent()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _benches.append(Bench())


def follow_parent() -> None:
    """End this process when the one that started it ends: a pool's process would go on judging for no reader."""
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=follow, daemon=True).start()


def _judge(trial: Trial) -> Findings:
    return _benches[0].judge(trial)
