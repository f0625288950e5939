"""This suite and a generic tool on the same seeded faults and lawful variants, side by side in one run.

Usage: python -m tests.benchmarks.bench_generic [FAULTS [READINGS [SEED]]]

The tool is schemathesis with the exported OpenAPI document, as `tests.benchmarks.generic_tool` sets it up; the suite
runs at smoke depth. Both ask the reference endpoint in their own process. The faults are a sample by SEED, the same for
both: half of them about what the models state, evenly from each family, half about prose, evenly from each subject.
Whatever the tool has against an endpoint and not against the reference as it is counts as found.
"""

from __future__ import annotations

import multiprocessing
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from fnmatch import fnmatchcase

from conformance.power.bench import Bench, Findings, Trial
from conformance.reference.faults import faults
from conformance.reference.faults_kit.fault import Fault
from conformance.reference.variants.registry import VARIANTS
from tests.benchmarks.generic_tool import Shown, Tool

FAULTS, ALL_VARIANTS, SEED, PROCESSES = 120, len(VARIANTS), 1, 2


@dataclass(frozen=True, slots=True)
class Run:
    """What one of the two showed of one endpoint: how often it accused, after how many requests first, in all."""

    accusations: int
    first: int
    requests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Pair:
    """The same endpoint before both."""

    trial: Trial
    suite: Run
    tool: Run


def sample(number: int, seed: int) -> list[Fault]:
    """`number` faults by chance, half derived and half prose, as evenly as can be from each subject."""
    chance = random.Random(seed)
    found: list[Fault] = []
    for derived in (True, False):
        subjects: dict[str, list[Fault]] = defaultdict(list)
        for fault in faults().values():
            if fault.subject.startswith("derived-") == derived and not fault.over_network:
                subjects[fault.subject].append(fault)
        for some in subjects.values():
            chance.shuffle(some)
        found += list(_in_turn(list(subjects.values())))[: number // 2]
    return found


def _in_turn(subjects: Sequence[list[Fault]]) -> Iterator[Fault]:
    """One fault of each subject after another, until none is left."""
    for round_ in range(max(map(len, subjects))):
        yield from (some[round_] for some in subjects if round_ < len(some))


class _Both:
    """The suite's bench and the tool, ready for one endpoint after another in this process."""

    def __init__(self, seed: int) -> None:
        self.bench = Bench()
        self.tool = Tool(self.bench.direct, seed)
        self.clean = self.tool.run(Trial())

    def judge(self, trial: Trial) -> Pair:
        """Put the endpoint that `trial` describes before both."""
        suite = self.bench.judge(trial)
        began = time.monotonic()
        shown = self.tool.run(trial)
        return Pair(trial, _of_suite(suite, trial), _of_tool(shown, self.clean, time.monotonic() - began))


def _of_suite(found: Findings, trial: Trial) -> Run:
    lawful = [glob for name in trial.variants for glob in VARIANTS[name].warns]
    reds = [effort for rid, effort in found.reds.items() if not any(fnmatchcase(rid, glob) for glob in lawful)]
    first = min((effort.requests for effort in reds), default=0)
    return Run(len(reds), first, found.requests, found.seconds)


def _of_tool(shown: Shown, clean: Shown, seconds: float) -> Run:
    new = {failure: number for failure, number in shown.failures.items() if failure not in clean.failures}
    return Run(len(new), min(new.values(), default=0), shown.requests, seconds)


_both: list[_Both] = []


def _open(seed: int) -> None:
    _both.append(_Both(seed))


def _judge(trial: Trial) -> Pair:
    return _both[0].judge(trial)


def _clean(_: int) -> tuple[Shown, tuple[str, ...]]:
    return _both[0].clean, tuple(_both[0].tool.errors)


def main() -> None:
    """Measure and print."""
    given = [int(word) for word in sys.argv[1:]]
    number, variants, seed = [*given, *(FAULTS, ALL_VARIANTS, SEED)[len(given) :]]
    chosen = sample(number, seed)
    alone = random.Random(seed).sample(list(VARIANTS), variants)
    trials = [*(Trial((fault.name,)) for fault in chosen), *(Trial(variants=(name,)) for name in alone)]
    random.Random(seed).shuffle(trials)  # what has been told so far is a fair part of the whole
    began = time.monotonic()
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=spawn, initializer=_open, initargs=(seed,)) as pool:
        waiting = [pool.submit(_judge, trial) for trial in trials]
        pairs = [_tell(done.result()) for done in as_completed(waiting)]
        clean, errors = pool.submit(_clean, 0).result()
    print(*errors, sep="\n", file=sys.stderr)
    print(table(pairs, clean, {fault.name: fault for fault in chosen}))
    print(f"\n{len(chosen)} of {len(faults())} faults, {len(alone)} readings, {time.monotonic() - began:.0f} s")


def _tell(pair: Pair) -> Pair:
    names = " ".join((*pair.trial.faults, *pair.trial.variants))
    for who, run in (("suite", pair.suite), ("tool", pair.tool)):
        print(f"{names}: {who} {run.accusations} {run.first} {run.requests} {run.seconds:.1f}", file=sys.stderr)
    return pair


def table(pairs: Iterable[Pair], clean: Shown, chosen: Mapping[str, Fault]) -> str:
    """The comparison as Markdown."""
    of_faults = [pair for pair in pairs if pair.trial.faults]
    of_variants = [pair for pair in pairs if pair.trial.variants]
    derived = [p for p in of_faults if chosen[p.trial.faults[0]].subject.startswith("derived-")]
    prose = [p for p in of_faults if p not in derived]
    rows = [
        _row("faults found", of_faults, _count_found),
        _row("of those that the models state", derived, _count_found),
        _row("of those that only prose states", prose, _count_found),
        ("false alarms on the reference as it is", "0", str(len(clean.failures))),
        _row("lawful variants accused", of_variants, _count_found),
        _row("false alarms on them", of_variants, lambda runs: str(sum(run.accusations for run in runs))),
        _row("requests for one endpoint, median", of_faults, lambda runs: _middle(run.requests for run in runs)),
        _row("requests until a fault shows, median, max", of_faults, _first),
        _row("the same for faults that both find", _both_find(of_faults), _first),
        _row("seconds for one endpoint, median", of_faults, lambda runs: f"{_median(runs):.1f}"),
    ]
    lines = ["measured | this suite, smoke depth | schemathesis", "--- | --- | ---"]
    return "\n".join([*lines, *(" | ".join(row) for row in rows)])


def _both_find(pairs: Iterable[Pair]) -> list[Pair]:
    return [pair for pair in pairs if pair.suite.accusations and pair.tool.accusations]


def _row(title: str, pairs: Sequence[Pair], figure: Callable[[Sequence[Run]], str]) -> tuple[str, str, str]:
    return title, figure([pair.suite for pair in pairs]), figure([pair.tool for pair in pairs])


def _count_found(runs: Sequence[Run]) -> str:
    return f"{sum(run.accusations > 0 for run in runs)} of {len(runs)}"


def _first(runs: Sequence[Run]) -> str:
    firsts = [run.first for run in runs if run.accusations]
    return f"{_middle(firsts)}, {max(firsts):,}" if firsts else "none"


def _middle(numbers: Iterable[int]) -> str:
    return f"{statistics.median(numbers):,.0f}"


def _median(runs: Sequence[Run]) -> float:
    return statistics.median(run.seconds for run in runs)


if __name__ == "__main__":
    main()
