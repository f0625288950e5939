"""How long after they were seen failures are shown on the terminal: `python -m tests.benchmarks.bench_first_shown`.

Usage: python -m tests.benchmarks.bench_first_shown [FAULT SCOPE [IN_FLIGHT ...]]

A run of the tests in SCOPE at smoke depth asks the reference endpoint with FAULT, 50 ms away, with as many tests in
flight; by default with one test and with 8, of what is promised about the transcript. Its ledger and
its output are read as they are written. Prints a JSON object for each run: `shown` are the failures shown while it
lasted, `first_shown_seconds` when the first of them was, `longest_seconds` how long one of them took from the ledger to
the terminal.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from threading import Event, Thread

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.reference.instances import CONTACT_FLOW_ID, INSTANCE_ID
from conformance.session.report_directory import WORK
from tests.benchmarks.delaying_proxy import delaying_proxy
from tests.suite.conftest import ROOT, environment, suite_command

FAULT, SCOPE, IN_FLIGHT = "loses-an-item-at-each-edge", "GetTranscript.*", ("1", "8")
ONE_WAY = 0.025  # seconds
GLANCE = 0.02  # seconds between two looks at the ledger


def first_times(ledger: Path, over: Event) -> dict[str, float]:
    """When the ledger first told that each must was broken, read until the run is `over`."""
    found: dict[str, float] = {}
    while not ledger.exists() and not over.wait(GLANCE):
        pass
    with ledger.open(encoding="utf-8") as lines:
        while (line := lines.readline()) or not over.wait(GLANCE):
            if '"broken"' in line and line.endswith("\n"):
                entry = json.loads(line)
                if entry.get("outcome") == "broken" and catalogue()[entry["requirement"]].level is Level.MUST:
                    found.setdefault(entry["requirement"], time.monotonic())
    return found


def measure(port: int, scope: str, in_flight: str, directory: Path) -> dict[str, float | int | str | None]:
    """One run against the endpoint at `port`, and how soon it showed what it saw."""
    ids = ("--instance-id", INSTANCE_ID, "--contact-flow-id", CONTACT_FLOW_ID)
    options = ("--depth", "smoke", "--requirement", scope, "--in-flight", in_flight)
    command = suite_command("--target", f"http://127.0.0.1:{port}", *ids, *options, directory=directory)
    seen, over, shown, began = dict[str, float](), Event(), dict[str, float](), time.monotonic()
    reader = Thread(target=lambda: seen.update(first_times(directory / WORK / "ledger.jsonl", over)))
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True) as run:
        reader.start()
        assert run.stdout is not None
        for line in run.stdout:
            if line.startswith("FAIL ") and line.split()[1].endswith(":"):
                shown.setdefault(line.split()[1].rstrip(":"), time.monotonic())
    over.set()
    reader.join()
    late = [shown[each] - seen[each] for each in shown if each in seen]
    return {
        "in_flight": in_flight,
        "failed": len(seen),
        "shown": len(late),
        "first_shown_seconds": round(min(shown.values(), default=began) - began, 1) if shown else None,
        "longest_seconds": round(max(late), 2) if late else None,
    }


def main() -> None:
    """Measure and print."""
    fault, scope, *numbers = sys.argv[1:] or [FAULT, SCOPE]
    command = [sys.executable, "-c", "from conformance.commands.cli import main; main()", "serve", "--fault", fault]
    for number in numbers or IN_FLIGHT:
        with (
            tempfile.TemporaryDirectory() as directory,
            subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True) as process,
        ):
            assert process.stdout is not None
            port = int(process.stdout.readline().split()[5].rpartition(":")[2])
            with delaying_proxy(port, ONE_WAY) as far:
                print(json.dumps({"fault": fault, **measure(far, scope, number, Path(directory))}), flush=True)
            process.kill()


if __name__ == "__main__":
    main()
