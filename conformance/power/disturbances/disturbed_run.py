"""One run of the suite under a disturbance: pytest in a separate process, as a user starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.contract.wire import Response
from conformance.power.disturbances.certificate import certificate_in
from conformance.power.disturbances.disturbance import Disturbance, Line, Machine
from conformance.power.disturbances.gateway import Gateway
from conformance.reference.faults_kit.fault import Fault
from conformance.session.reference_process import GIVEN_BY_REFERENCE, ReferenceProcess

LONGEST = 900.0  # seconds after which a run is ended: each exchange of a smoke run through jitter takes 30 ms longer
REFERENCE = "reference"
# What the command's own machine has set for its own pytest or CI job is not meant for these runs.
_NOT_HANDED_DOWN = frozenset({"PYTEST_ADDOPTS", "PYTEST_PLUGINS", "GITHUB_STEP_SUMMARY", "PYTEST_CURRENT_TEST"})
_LIMITED = (
    "import json, os, resource, sys\n"
    "for name, value in json.loads(sys.argv[1]).items():\n"
    "    resource.setrlimit(getattr(resource, name), (value, value))\n"
    "os.execv(sys.executable, [sys.executable, *sys.argv[2:]])\n"
)
_UNREACHABLE = "http://127.0.0.1:9"  # what a gateway leads to that answers everything itself
_REFUSES = Line(instead=lambda _: Response(403, (("Content-Type", "text/html"),), b"<h1>Denied by the proxy</h1>"))


@dataclass(frozen=True, slots=True, eq=False)
class DisturbedRun:
    """A run to be made: before the reference as it is, or with `fault`, about the requirements that `scope` matches."""

    disturbance: Disturbance
    fault: Fault | None = None
    scope: tuple[str, ...] = ()

    @property
    def endpoint(self) -> str:
        """What was judged, by name."""
        return self.fault.name if self.fault else REFERENCE


@dataclass(frozen=True, slots=True)
class RunResult:
    """What came of a run: its exit code (None without an end in time), what it said, its compliance.json if any."""

    code: int | None
    output: str
    report: Mapping[str, Any] | None
    seconds: float

    def with_verdict(self, *verdicts: str) -> list[str]:
        """The ids of the requirements that got one of `verdicts`."""
        found = self.report["requirements"] if self.report else []
        return [one["id"] for one in found if one["verdict"] in verdicts]


@dataclass(slots=True)
class Workspace:
    """Where runs take place: an empty directory, and the reference endpoint in a process that runs share."""

    directory: Path
    embedded: ReferenceProcess
    proxy: str = field(default="")

    def make(self, run: DisturbedRun) -> RunResult:
        """Make the run and return its result."""
        for name in ("start", "reports"):
            (self.directory / name).mkdir(parents=True)
        self.embedded.reconfigure([run.fault.name] if run.fault else [])
        with _gateway(run, self.embedded, self.directory) as gateway, _proxy() as proxy:
            self.proxy = proxy.url
            target = gateway.url if gateway else self.embedded.facts["url"]
            return self._result_of(run, self._command(run, target))

    def _command(self, run: DisturbedRun, target: str) -> list[str]:
        machine = _machine(run)
        arguments = [*_target(run, target, self.embedded.facts), "--depth", "smoke"]
        arguments += [f"--requirement={glob}" for glob in run.scope]
        if isinstance(run.disturbance.what, Line) and run.disturbance.what.tls:
            arguments.append(f"--ca-bundle={certificate_in(self.directory)}")
        arguments.append(f"--report-dir={self._fill_places(machine.report_dir)}")
        pytest = [*machine.interpreter, "-m", "pytest", "--pyargs", "conformance", *arguments, *machine.arguments]
        return [sys.executable, *(["-c", _LIMITED, json.dumps(machine.limits)] if machine.limits else ()), *pytest]

    def _result_of(self, run: DisturbedRun, command: Sequence[str]) -> RunResult:
        machine, start = _machine(run), self.directory / "start"
        for name, text in machine.files.items():
            (start / name).parent.mkdir(parents=True, exist_ok=True)
            (start / name).write_text(text, encoding="utf-8")
        began = time.monotonic()
        code, output = _output_of(command, start, self._environment(machine))
        report = self.directory / "reports" / "compliance.json"
        read = json.loads(report.read_text(encoding="utf-8")) if report.exists() else None
        return RunResult(code, output, read, time.monotonic() - began)

    def _environment(self, machine: Machine) -> dict[str, str]:
        found = {name: value for name, value in os.environ.items() if name not in _NOT_HANDED_DOWN}
        for name, value in machine.variables.items():
            if value is None:
                found.pop(name, None)
            else:
                found[name] = self._fill_places(value)
        if "PYTHONPATH" in machine.variables and "PYTHONPATH" in os.environ:
            found["PYTHONPATH"] += os.pathsep + os.environ["PYTHONPATH"]
        return found

    def _fill_places(self, text: str) -> str:
        """`text` with the places that it names."""
        places = {"start": self.directory / "start", "reports": self.directory / "reports", "proxy": self.proxy}
        return text.format_map(places)


def _machine(run: DisturbedRun) -> Machine:
    return run.disturbance.what if isinstance(run.disturbance.what, Machine) else Machine()


def _target(run: DisturbedRun, target: str, facts: Mapping[str, str]) -> list[str]:
    """Options that name the endpoint. The reference as it is stands in the run itself, on the disturbed machine."""
    if isinstance(run.disturbance.what, Machine) and run.fault is None:
        return []
    return ["--target", target, *(f"--{name.replace('_', '-')}={facts[name]}" for name in GIVEN_BY_REFERENCE)]


@contextmanager
def _gateway(run: DisturbedRun, embedded: ReferenceProcess, directory: Path) -> Iterator[Gateway | None]:
    line = run.disturbance.what
    if not isinstance(line, Line):
        yield None
        return
    with Gateway(embedded.facts["url"], line, certificate_in(directory) if line.tls else None) as gateway:
        yield gateway


def _proxy() -> Gateway:
    """A proxy that refuses everything."""
    return Gateway(_UNREACHABLE, _REFUSES)


def _output_of(command: Sequence[str], directory: Path, environment: Mapping[str, str]) -> tuple[int | None, str]:
    """The exit code and all that is said; None where it had to be ended."""
    running = subprocess.Popen(  # noqa: S603 - pytest, no shell
        command,
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        output, _ = running.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        running.kill()
        output, _ = running.communicate()
        return None, output.decode("utf-8", "replace")
    return running.returncode, output.decode("utf-8", "replace")
