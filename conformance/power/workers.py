"""Trials spread over processes, each with a bench of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

from conformance.power.bench import Bench, Findings, Trial

_benches: list[Bench] = []


def judged(trials: Sequence[Trial], jobs: int) -> Iterator[tuple[Trial, Findings]]:
    """Judge every trial in one of `jobs` processes; yields each as it is done.

    Raises LookupError for a name that no fault or reading has, and BrokenProcessPool when a process dies.
    """
    if not trials:
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(trials)), mp_context=spawn, initializer=_open) as pool:
        waiting = {pool.submit(_judge, trial): trial for trial in trials}
        try:
            for done in as_completed(waiting):
                yield waiting[done], done.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _open() -> None:
    """The endpoint ends with this process, whose pipe it reads."""
    _benches.append(Bench())


def _judge(trial: Trial) -> Findings:
    return _benches[0].judge(trial)
