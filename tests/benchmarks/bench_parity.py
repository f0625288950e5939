"""The verdict of every requirement with several tests in flight, beside its verdict with one test after the other.

Usage: python -m tests.benchmarks.bench_parity FILE [--seeds N] [--faults N] [--combinations PART OF] [--in-flight ...]

Where a fault shows only in every third reply, for example, the order of the tests decides which of them meets it. What
may be compared there is whether it is found, which each line says.

It judges the reference as it is with N seeds, N faults taken by chance, and every PARTth of OF combinations of lawful
variants that `power --variants-only --claims-only` judges, and writes FILE anew after each endpoint. In flight each
call takes up to 4 ms, by chance with the trial's seed, so that tests come between one another in other ways each time.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Mapping
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
class Parity:
    """Compares trials with the numbers of tests in flight in `numbers`, the first of which the others are held to."""

    numbers: tuple[int, ...]
    direct: SlowDirect = field(default_factory=SlowDirect)
    bench: Bench = field(init=False)

    def __post_init__(self) -> None:
        self.bench = Bench(self.direct)

    def compare(self, trial: Trial) -> dict[str, Any]:
        """What was judged, and each requirement whose verdict is not the same with each number in flight."""
        found = {number: self._judged(replace(trial, in_flight=number)) for number in self.numbers}
        return {
            "faults": trial.faults,
            "variants": trial.variants,
            "seed": trial.seed,
            "over_network": trial.over_network,
            "requests": {number: findings.requests for number, (findings, _) in found.items()},
            "seconds": {number: round(findings.seconds, 1) for number, (findings, _) in found.items()},
            "errors": {number: findings.errors for number, (findings, _) in found.items() if findings.errors},
            "found": {number: found_by(trial, findings) for number, (findings, _) in found.items()},
            "requirements": max(len(verdicts) for _, verdicts in found.values()),
            "differences": differences({number: verdicts for number, (_, verdicts) in found.items()}),
        }

    def _judged(self, trial: Trial) -> tuple[Findings, Mapping[str, Verdict]]:
        chance = random.Random(trial.seed)
        self.direct.chance = chance if trial.in_flight > 1 else None
        return self.bench.judge_in_words(trial)


def found_by(trial: Trial, findings: Findings) -> list[str]:
    """The requirements that the faults of `trial` must turn red, and have."""
    return [rid for name in trial.faults for rid in faults()[name].red if rid in findings.reds]


def differences(found: Mapping[int, Mapping[str, Verdict]]) -> dict[str, dict[int, str]]:
    """The requirements whose verdicts are not all the same, each with its verdict by the number in flight."""
    requirements = sorted({rid for verdicts in found.values() for rid in verdicts})
    words = {
        rid: {number: str(verdicts.get(rid, UNSEEN)) for number, verdicts in found.items()} for rid in requirements
    }
    return {rid: by_number for rid, by_number in words.items() if len(set(by_number.values())) > 1}


def trials(asked: argparse.Namespace) -> Iterator[Trial]:
    """What is to be compared: the reference with each seed, then faults, then combinations of variants."""
    for seed in range(1, asked.seeds + 1):
        yield Trial(seed=seed)
    names = random.Random(1).sample(sorted(faults()), asked.faults)
    for name in names:
        yield Trial((name,), over_network=faults()[name].over_network)
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
    parity, compared = Parity(tuple(asked.in_flight)), list[dict[str, Any]]()
    with closing(parity.bench):
        for trial in trials(asked):
            compared.append(parity.compare(trial))
            written = {"command": sys.argv[1:], "in_flight": asked.in_flight, "endpoints": compared}
            asked.file.write_text(json.dumps(written, indent=1))
            print(_line(compared[-1]), flush=True)


def _line(compared: Mapping[str, Any]) -> str:
    names = " with ".join((*compared["faults"], *compared["variants"])) or "the reference"
    different = "; ".join(f"{rid}: {by_number}" for rid, by_number in compared["differences"].items())
    said = f"{names}, seed {compared['seed']}, {compared['seconds']}: {different or 'the same'}"
    return f"{said}{_found(compared)} {compared['errors'] or ''}"


def _found(compared: Mapping[str, Any]) -> str:
    """Whether faults are found with each number in flight; nothing where there is none."""
    found: Mapping[int, list[str]] = compared["found"]
    if not compared["faults"]:
        return ""
    return ", found alike" if len({tuple(red) for red in found.values()}) == 1 else f", found {found}"


if __name__ == "__main__":
    main()
