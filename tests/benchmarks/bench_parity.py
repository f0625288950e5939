"""The verdict of every requirement with several tests in flight, beside its verdict with one test after the other.

Usage: python -m tests.benchmarks.bench_parity FILE [--seeds N] [--faults N] [--combinations PART OF] [--in-flight ...]

It judges the reference as it is with seeds 1 to N, N faults taken by chance, the first with seed 1 and so on, and every
PARTth of OF combinations of lawful variants that `power --variants-only --claims-only` judges; each by all tests of
smoke depth, once with each number in flight. Each of these runs is a line of FILE as soon as it has ended. What FILE
holds already is not run again, so that a comparison that was broken off goes on with the same command; where the suite
has changed since, begin a new FILE.

In flight each call takes up to 4 ms, by chance with the trial's seed, so that tests come between one another in other
ways each time. Where a fault shows only in every third reply, for example, the order of the tests decides which of them
meets it. What may be compared there is whether it is found, which is said of each.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from conformance.contract.wire import Headers, Response
from conformance.power.bench import Bench, Findings, Trial
from conformance.power.direct import Direct
from conformance.power.plan import plan
from conformance.reference.faults import faults
from conformance.results.verdicts import Verdict

LONGEST = 0.004  # seconds of a call
UNSEEN = "nothing"  # where nothing was observed of a requirement

Run = Mapping[str, Any]
"""What one run of a trial with one number in flight came to, as a line of the file has it."""


@dataclass(slots=True)
class SlowDirect(Direct):
    """The reference endpoint in this process, which takes a while for each call if it has a `chance`."""

    chance: random.Random | None = None

    def answer(self, method: str, path: str, headers: Headers, body: bytes) -> Response:
        """The reply, after a while that other calls use."""
        if self.chance is not None:
            time.sleep(self.chance.uniform(0, LONGEST))
        return Direct.answer(self, method, path, headers, body)


@dataclass(slots=True)
class Runs:
    """The runs that the file at `path` holds, and those that are added to it."""

    path: Path
    direct: SlowDirect = field(default_factory=SlowDirect)
    bench: Bench = field(init=False)
    known: dict[Trial, Run] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bench = Bench(self.direct)
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        self.known = {trial_of(run): run for run in map(json.loads, lines)}

    def of(self, trial: Trial) -> Run:
        """The run of `trial`, from the file or made now."""
        if trial not in self.known:
            self.known[trial] = self._make(trial)
            with self.path.open("a") as file:
                file.write(json.dumps(self.known[trial]) + "\n")
        return self.known[trial]

    def _make(self, trial: Trial) -> Run:
        self.direct.chance = random.Random(trial.seed) if trial.in_flight > 1 else None
        return as_run(trial, *self.bench.judge_in_words(trial))


def as_run(trial: Trial, findings: Findings, verdicts: Mapping[str, Verdict]) -> Run:
    """What `trial` came to."""
    return {
        "faults": trial.faults,
        "variants": trial.variants,
        "seed": trial.seed,
        "over_network": trial.over_network,
        "in_flight": trial.in_flight,
        "requests": findings.requests,
        "seconds": round(findings.seconds, 1),
        "errors": findings.errors,
        "found": [rid for name in trial.faults for rid in faults()[name].red if rid in findings.reds],
        "verdicts": {rid: str(verdict) for rid, verdict in sorted(verdicts.items())},
    }


def trial_of(run: Run) -> Trial:
    """The trial that a line of the file is about."""
    names = (tuple(run["faults"]), tuple(run["variants"]))
    return Trial(*names, seed=run["seed"], over_network=run["over_network"], in_flight=run["in_flight"])


def differences(runs: Iterable[Run]) -> dict[str, dict[int, str]]:
    """The requirements whose verdicts are not the same in all `runs`, each with its verdict by the number in flight."""
    found: Mapping[int, Mapping[str, str]] = {run["in_flight"]: run["verdicts"] for run in runs}
    requirements = sorted({rid for verdicts in found.values() for rid in verdicts})
    words = {rid: {number: verdicts.get(rid, UNSEEN) for number, verdicts in found.items()} for rid in requirements}
    return {rid: by_number for rid, by_number in words.items() if len(set(by_number.values())) > 1}


def trials(asked: argparse.Namespace) -> Iterator[Trial]:
    """What is to be compared: the reference with each seed, then faults, then combinations of variants."""
    for seed in range(1, asked.seeds + 1):
        yield Trial(seed=seed)
    names = random.Random(1).sample(sorted(faults()), asked.faults)
    for seed, name in enumerate(names, start=1):
        yield Trial((name,), seed=seed, over_network=faults()[name].over_network)
    part, of = asked.combinations
    variants = plan(whole=False, variants_only=True)
    yield from list(variants.of_variants())[part - 1 :: of] if of else ()


def main() -> None:
    """Compare, and say what differs."""
    reader = argparse.ArgumentParser()
    reader.add_argument("file", type=Path)
    reader.add_argument("--seeds", type=int, default=0)
    reader.add_argument("--faults", type=int, default=0)
    reader.add_argument("--combinations", type=int, nargs=2, default=(1, 0))
    reader.add_argument("--in-flight", type=int, nargs="+", default=(1, 4, 16))
    asked = reader.parse_args()
    runs, alike, compared = Runs(asked.file), 0, 0
    with closing(runs.bench):
        for trial in trials(asked):
            of_trial = [runs.of(replace(trial, in_flight=number)) for number in asked.in_flight]
            compared, alike = compared + 1, alike + (not differences(of_trial))
            print(_line(of_trial), flush=True)
    print(f"{alike} of {compared} endpoints got the same verdicts with each number in flight")


def _line(runs: list[Run]) -> str:
    names = " with ".join((*runs[0]["faults"], *runs[0]["variants"])) or "the reference"
    seconds = ", ".join(f"{run['in_flight']}: {run['seconds']} s" for run in runs)
    different = "; ".join(f"{rid}: {by_number}" for rid, by_number in differences(runs).items())
    errors = [error for run in runs for error in run["errors"]]
    return (
        f"{names}, seed {runs[0]['seed']} ({seconds}): {different or 'the same'}{_describe_finds(runs)} {errors or ''}"
    )


def _describe_finds(runs: list[Run]) -> str:
    """Whether faults are found with each number in flight; nothing where there is none."""
    if not runs[0]["faults"]:
        return ""
    found = {run["in_flight"]: run["found"] for run in runs}
    return ", found alike" if len({tuple(red) for red in found.values()}) == 1 else f", found {found}"


if __name__ == "__main__":
    main()
