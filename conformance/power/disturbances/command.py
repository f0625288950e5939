"""The disturbances as a command: runs, and documents that hold all that is known when it is stopped."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from conformance.power.command import WORK
from conformance.power.disturbances.disturbed_run import DisturbedRun, RunResult, Workspace
from conformance.power.disturbances.judgement import Document, document, flaws, totals
from conformance.power.evidence import Evidence
from conformance.power.judgement import document as rest_of_document
from conformance.power.plan import Plan
from conformance.session.interrupts import Interrupts
from conformance.session.reference_process import ReferenceProcess, start_reference
from conformance.session.report_directory import ReportDirectory, hold
from reports import power
from reports.writing import refusal

Say = Callable[[str], None]


def measure(runs: Sequence[DisturbedRun], directory: Path, jobs: int, say: Say) -> Document:
    """Make all `runs`, write power.json and power.html into `directory`, and return what power.json says.

    `say` takes a line about each run, `jobs` is how many are made at once. The documents are written after
    each run: where the command is stopped they hold the runs that had been made and say that they are not finished.
    Raises SettingsError with one sentence where `directory` cannot be written.
    """
    with hold(ReportDirectory(directory, work_name=WORK)) as place, Interrupts():
        progress = _Progress(runs, place.path)
        with suppress(KeyboardInterrupt):
            for run, result in _results_of(runs, jobs):
                progress.results[run] = result
                say(f"{len(progress.results)} of {len(runs)}: {_line_about(run, result)}")
                progress.save(say)
        place.make_room()
        measured, html = progress.write()
    say(summary(measured, html, len(runs)))
    return measured


@dataclass(slots=True)
class _Progress:
    """The runs that have been made by now."""

    runs: Sequence[DisturbedRun]
    directory: Path
    results: dict[DisturbedRun, RunResult] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def save(self, say: Say) -> None:
        """Write what is known so far; a disk that is full now may have room again at the end."""
        try:
            self.write()
        except OSError as wrong:
            say(f"{refusal('--report-dir', self.directory, wrong)}; it goes on")

    def write(self) -> tuple[Document, Path]:
        """Write both documents, in the order of the plan."""
        known = {run: self.results[run] for run in self.runs if run in self.results}
        finished = len(known) == len(self.runs)
        measured = document_of(known, time.monotonic() - self.began, finished=finished)
        return measured, power.write(measured, self.directory)


def _line_about(run: DisturbedRun, result: RunResult) -> str:
    wrong = len(flaws(document({run: result})))
    came = f"{wrong} flaw{'' if wrong == 1 else 's'}" if wrong else "as it should be"
    return f"{run.disturbance.name} before {run.endpoint}, {came}, {result.seconds:.0f} s"


def _results_of(runs: Sequence[DisturbedRun], jobs: int) -> Iterator[tuple[DisturbedRun, RunResult]]:
    """Make each run, `jobs` at once, each with a reference endpoint that is nobody else's meanwhile."""
    free: SimpleQueue[ReferenceProcess] = SimpleQueue()
    with ThreadPoolExecutor(jobs) as pool, closing(_Endpoints(jobs, free)):
        waiting = {pool.submit(_result_of, run, free): run for run in runs}
        try:
            for done in as_completed(waiting):
                yield waiting[done], done.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _result_of(run: DisturbedRun, free: SimpleQueue[ReferenceProcess]) -> RunResult:
    embedded = free.get()
    try:
        with tempfile.TemporaryDirectory(prefix="disturbance-") as directory:
            return Workspace(Path(directory), embedded).make(run)
    finally:
        free.put(embedded)


class _Endpoints:
    """Reference endpoints, started and put into a queue; ended when closed."""

    def __init__(self, count: int, free: SimpleQueue[ReferenceProcess]) -> None:
        self._started = [start_reference() for _ in range(count)]
        for one in self._started:
            free.put(one)

    def close(self) -> None:
        for one in self._started:
            one.stop()


def document_of(results: Mapping[DisturbedRun, RunResult], seconds: float, *, finished: bool) -> Document:
    """power.json of a command that judged disturbances and nothing else."""
    rest = rest_of_document(Evidence(Plan({}, {}, "smoke", whole=False), {}), seconds, finished=finished)
    disturbances = document(results)
    return {**rest, "disturbances": disturbances, "totals": {**rest["totals"], "disturbances": totals(disturbances)}}


def summary(measured: Document, html: Path, planned: int) -> str:
    """The last line: figures about the runs that were made, of the `planned` runs."""
    found = measured["totals"]["disturbances"]
    return (
        f"{found['runs']} of {planned} runs under {found['disturbances']} disturbances:"
        f" {found['false_alarms']} false alarms, {found['lost']} faults lost, {found['troubled']} runs in trouble;"
        f" {measured['seconds']:g} s; report: {html}"
    )
