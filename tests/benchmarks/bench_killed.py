"""Contacts open on the endpoint's side after runs that were killed at random moments and cleaned up after.

Usage: python -m tests.benchmarks.bench_killed [KILLS [TERMS [SEED]]]; prints one JSON object. Each run goes against
one reference endpoint served with --admin, which is asked after each what is open.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import requests

from conformance.reference.instances import CONTACT_FLOW_ID, INSTANCE_ID
from tests.suite.conftest import ROOT, environment, suite_command

MOST_STARTS = 600  # about half of a smoke run's; a moment is drawn from among them
SECONDS = 120.0  # to wait for a moment, and for the end of a run


@contextmanager
def serve() -> Iterator[str]:
    """The URL of a reference endpoint in a process of its own that tells which contacts are open."""
    command = [sys.executable, "-c", "from conformance.commands.cli import main; main()", "serve", "--admin"]
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[5]
        process.kill()


def open_contacts(url: str) -> list[str]:
    """The contacts that are open on the endpoint's side."""
    return [contact["ContactId"] for contact in requests.get(f"{url}/_admin/contacts", timeout=5).json()["contacts"]]


@dataclass(frozen=True)
class Ended:
    """How a run ended: after how many starts, its exit code, contacts open at once and after the clean-up."""

    sent: str
    starts: int
    code: int
    reported: bool
    left: int
    open: int


def run_until(url: str, directory: Path, starts: int, sent: signal.Signals, *options: str) -> Ended:
    """Run the suite, send it a signal once it has sent so many starts, clean up where it was killed, and look."""
    ids = ("--instance-id", INSTANCE_ID, "--contact-flow-id", CONTACT_FLOW_ID)
    command = suite_command("--target", url, *ids, "--depth", "smoke", *options, directory=directory)
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True) as run:
        _wait_for(directory, starts, run)
        os.kill(run.pid, sent)
        run.communicate(timeout=SECONDS)
    left = len(open_contacts(url))
    if sent is signal.SIGKILL:
        _clean(directory)
    reported = (directory / "compliance.json").exists()
    return Ended(sent.name, _starts(directory), run.returncode, reported, left, len(open_contacts(url)))


def _clean(directory: Path) -> None:
    command = [sys.executable, "-c", "from conformance.commands.cli import main; main()", "cleanup", str(directory)]
    subprocess.run(command, cwd=ROOT, env=environment(), check=False, capture_output=True)


def _starts(directory: Path) -> int:
    journal = directory / "contacts.jsonl"
    return journal.read_text(errors="replace").count('"entry": "starting"') if journal.exists() else 0


def _wait_for(directory: Path, starts: int, run: subprocess.Popen[str]) -> None:
    end = time.monotonic() + SECONDS
    while _starts(directory) < starts and run.poll() is None and time.monotonic() < end:
        time.sleep(0.003)


def main() -> None:
    """Measure and print."""
    given = [int(word) for word in sys.argv[1:]]
    kills, terms, seed = [*given, *(20, 5, 1)[len(given) :]]
    chance = random.Random(seed)
    moments = [(chance.randint(1, MOST_STARTS), signal.SIGKILL) for _ in range(kills)]
    moments += [(chance.randint(1, MOST_STARTS), signal.SIGTERM) for _ in range(terms)]
    found = []
    with serve() as url, tempfile.TemporaryDirectory() as place:
        for number, (starts, sent) in enumerate(moments):
            found.append(run_until(url, Path(place) / str(number), starts, sent))
    print(json.dumps({"seed": seed, "open": sum(one.open for one in found), "runs": [asdict(one) for one in found]}))


if __name__ == "__main__":
    main()
