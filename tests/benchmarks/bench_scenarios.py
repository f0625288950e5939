"""Faults that only a scenario of several calls shows: their causes, its length, and what its script says.

Usage: python -m tests.benchmarks.bench_scenarios [FAULTS [SEED [DIRECTORY [SCOPE]]]]; prints a line for each fault,
then one JSON object. The faults are drawn by chance. Each is served and judged at smoke depth; the script of the first
cause then meets the same endpoint and one without the fault. A run that DIRECTORY holds already is not played again.
With the SCOPE `claimed` only what the fault must break is judged, which takes seconds instead of a minute for each.

From the same runs follow the pairs: the findings of two faults put together must have the causes of both.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any

from conformance.contract.catalogue import catalogue
from conformance.reference.faults import faults
from conformance.reference.instances import CONTACT_FLOW_ID, INSTANCE_ID
from conformance.results.ledger_files import read_ledger
from conformance.session.finish import ledgers_of
from reports.cause_entries import causes_in
from reports.requirement_result import RequirementResult
from reports.run import run_of
from reports.traceability import requirement_results
from tests.suite.conftest import ROOT, environment

COMMAND = (sys.executable, "-c", "from conformance.commands.cli import main; main()")
IDS = ("--instance-id", INSTANCE_ID, "--contact-flow-id", CONTACT_FLOW_ID)
SCRIPT_SECONDS = 120


@dataclass(frozen=True)
class Shown:
    """What a run showed of `fault`.

    `calls` is the length of the first cause's scenario; `broken` and `mended` are the exit codes of its script before
    the endpoint with the fault and before one without it.
    """

    fault: str
    causes: tuple[str, ...]
    follow: int
    calls: int
    broken: int | None
    mended: int | None

    @property
    def judged_rightly(self) -> bool:
        """Whether the script told the broken endpoint from the mended one."""
        return (self.broken, self.mended) == (1, 0)


def scenario_faults(number: int, seed: int) -> list[str]:
    """The names of `number` faults that break no derived promise: those show in one call."""
    known = catalogue()
    names = [name for name, fault in faults().items() if not any(known[rid].derived for rid in fault.red)]
    return random.Random(seed).sample(names, number)


@contextmanager
def serve(*fault: str) -> Iterator[str]:
    """The URL of the reference endpoint in a process of its own."""
    command = [*COMMAND, "serve", *(f"--fault={name}" for name in fault)]
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[5]
        process.kill()


def judge_fault(fault: str, directory: Path, mended: str, scope: Sequence[str]) -> Shown:
    """Judge the reference with `fault`, and run the script of the first cause; `mended` is the URL of one without."""
    with serve(fault) as broken:
        if not (directory / "compliance.json").exists():
            options = ("--target", broken, *IDS, "--depth", "smoke", "--report-dir", str(directory), *scope)
            subprocess.run(
                [*COMMAND, "run", *options], cwd=directory, env=environment(), capture_output=True, check=False
            )
        report = json.loads((directory / "compliance.json").read_text())
        causes = causes_in(results_in(directory))
        if not causes:
            return Shown(fault, (), 0, 0, None, None)
        rid = causes[0]["requirement"]
        violation = next(entry["violation"] for entry in report["requirements"] if entry["id"] == rid)
        ends = [_exit_code(violation["python"], url) for url in (broken, mended)]
    heads = tuple(cause["requirement"] for cause in causes)
    return Shown(fault, heads, len(causes[0]["follows"]), len(violation["exchanges"]), *ends)


def _exit_code(script: str | None, url: str) -> int | None:
    if script is None:
        return None
    around = {**environment(), "ENDPOINT": url}
    done = subprocess.run(
        [sys.executable, "-c", script], env=around, capture_output=True, timeout=SCRIPT_SECONDS, check=False
    )
    return done.returncode


def results_in(directory: Path) -> list[RequirementResult]:
    """What the run of `directory` came to, by its ledger."""
    entries = list(read_ledger(ledgers_of(directory)))
    return requirement_results(entries, run_of(entries))


def count_hidden(runs: Mapping[str, Sequence[RequirementResult]]) -> tuple[int, list[str]]:
    """How many pairs of faults break nothing in common, and those of which one hides behind the other's cause."""
    broken = {name: {r.requirement.id: r for r in found if r.violation} for name, found in runs.items()}
    pairs = [pair for pair in combinations(runs, 2) if not broken[pair[0]].keys() & broken[pair[1]].keys()]
    return len(pairs), [" + ".join(pair) for pair in pairs if _hides(*(runs[name] for name in pair))]


def _hides(one: Sequence[RequirementResult], other: Sequence[RequirementResult]) -> bool:
    alone = [{cause["requirement"] for cause in causes_in(found)} for found in (one, other)]
    together = {cause["requirement"] for cause in causes_in([*one, *other])}
    return any(heads and not heads & together for heads in alone)


def summary(found: Sequence[Shown], pairs: int, hidden: Sequence[str]) -> dict[str, Any]:
    """The figures."""
    return {
        "faults": len(found),
        "found": sum(bool(one.causes) for one in found),
        "one_cause": sum(len(one.causes) == 1 for one in found),
        "calls": {"median": median(one.calls for one in found), "most": max(one.calls for one in found)},
        "scripts_that_judge_rightly": sum(one.judged_rightly for one in found),
        "pairs": pairs,
        "melted": list(hidden),
    }


def main() -> None:
    """Measure and print."""
    number, seed = [*map(int, sys.argv[1:3]), *(20, 1)[len(sys.argv[1:3]) :]]
    kept = Path(sys.argv[3]) if len(sys.argv) > 3 else None
    with tempfile.TemporaryDirectory() as place, serve() as mended:
        found, runs = [], {}
        for fault in scenario_faults(number, seed):
            (directory := (kept or Path(place)).resolve() / fault).mkdir(parents=True, exist_ok=True)
            scope = [f"--requirement={rid}" for rid in faults()[fault].red] if sys.argv[4:] == ["claimed"] else ()
            found.append(judge_fault(fault, directory, mended, scope))
            runs[fault] = results_in(directory)
            print(json.dumps(asdict(found[-1])), flush=True)
    print(json.dumps(summary(found, *count_hidden(runs)), indent=1))


if __name__ == "__main__":
    main()
