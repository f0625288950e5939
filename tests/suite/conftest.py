"""Whole runs of the suite, each in a process of its own as a user would start it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from tests.endpoint.raw_endpoint import Endpoint, Script
from tests.suite.served import serving

ROOT = Path(__file__).parents[2]
IDS = ("--instance-id", "instance-1", "--contact-flow-id", "flow-1")
RUN_SECONDS = 300  # a run takes a tenth of it, on two cores with nothing else to do
# Plugins of what the suite depends on are long to import, and connect-conformance leaves them out too.
WITHOUT_OTHERS = ("-p", "no:anyio", "-p", "no:schemathesis")


@dataclass(frozen=True)
class Finished:
    """A run that has ended: its exit code, what it printed, and where it wrote its reports."""

    code: int
    output: str
    directory: Path

    @property
    def report(self) -> dict[str, Any]:
        """compliance.json."""
        return dict(json.loads((self.directory / "compliance.json").read_text()))

    @property
    def last_line(self) -> str:
        return self.output.strip().splitlines()[-1]

    def verdicts(self) -> dict[str, str]:
        """The verdict of each requirement by id."""
        return {r["id"]: r["verdict"] for r in self.report["requirements"]}

    def violation(self, requirement: str) -> dict[str, Any]:
        """The violation that the report shows for `requirement`."""
        return dict(next(r["violation"] for r in self.report["requirements"] if r["id"] == requirement))


# For the address of a served endpoint: another address for it, and the environment in which that is right.
Around = Callable[[str], tuple[str, Mapping[str, str]]]
RunSuite = Callable[..., Finished]
Judge = Callable[..., Finished]


def environment() -> dict[str, str]:
    """The environment without what pytest and CI put there for this very run, and without proxies."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "GITHUB", "COV"))}
    kept = {k: v for k, v in kept.items() if not k.lower().endswith("_proxy")}
    return {**kept, "PYTHONPATH": str(ROOT)}


def suite_command(*arguments: str, directory: Path) -> list[str]:
    """The command line of a run that reports to `directory`."""
    plugin = ["-p", "conformance.plugin"] if not _is_installed() else []
    return [
        sys.executable,
        "-m",
        "pytest",
        *plugin,
        *WITHOUT_OTHERS,
        "--pyargs",
        "conformance",
        "-q",
        "--report-dir",
        str(directory),
        *arguments,
    ]


def _is_installed() -> bool:
    return any(point.name == "conformance.plugin" for point in entry_points(group="pytest11"))


def run_in(place: Path, *arguments: str, variables: Mapping[str, str] | None = None) -> Finished:
    """Run the suite in the directory `place` with these arguments and environment `variables`."""
    command = suite_command(*arguments, directory=place / "report")
    around = {**environment(), **(variables or {})}
    done = subprocess.run(
        command, cwd=place, env=around, capture_output=True, text=True, timeout=RUN_SECONDS, check=False
    )
    return Finished(done.returncode, done.stdout + done.stderr, place / "report")


@pytest.fixture
def run_suite(tmp_path: Path) -> RunSuite:
    """Runs the suite with the given arguments, and environment `variables`, from an empty directory."""
    return partial(run_in, tmp_path)


@pytest.fixture
def endpoint() -> Iterator[Callable[[Script], Endpoint]]:
    """Starts an endpoint with the script that it is given."""
    started: list[Endpoint] = []

    def start(script: Script) -> Endpoint:
        one = Endpoint(script)
        one.start()
        started.append(one)
        return one

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def judge(run_suite: RunSuite) -> Judge:
    """Serves the reference, with a fault or without, and runs the suite against its URL or what `around` says."""

    def run(
        *fault: str, options: tuple[str, ...] = ("--depth", "smoke"), around: Around = lambda _: ("", {})
    ) -> Finished:
        with serving(*fault) as (url, ids):
            target, variables = around(url)
            return run_suite("--target", target or url, *ids, *options, variables=variables)

    return run
