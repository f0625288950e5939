"""The kill matrix as a command: plan, trials, and documents that hold all that is known when it is stopped."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from conformance.power.bench import Findings, Trial
from conformance.power.closing import lines, summary
from conformance.power.evidence import Evidence
from conformance.power.judgement import Document, document
from conformance.power.plan import Plan
from conformance.power.workers import judge_all
from conformance.session.interrupts import Interrupts
from conformance.session.report_directory import ReportDirectory, hold
from reports import power
from reports.writing import refusal

Say = Callable[[str], None]
WORK = ".power"  # where it keeps what it needs for itself: a run may report to the same directory meanwhile
PROGRESS = 100  # trials after which the command says how far it is
SAVED = 60.0  # seconds after which what is known is written again: the whole matrix takes an hour and more


def measure(plan: Plan, directory: Path, jobs: int | None, say: Say) -> Document:
    """Judge all that `plan` holds, write power.json and power.html into `directory`, and return what power.json says.

    `say` takes lines about the progress. `jobs` is how many processes work at it, by default one for each
    core. Ctrl-C, SIGTERM, SIGHUP or a crash ends it early: the documents then hold what had been judged and say that
    they are not finished. Raises SettingsError with one sentence, before anything is judged, where `directory` cannot
    be written, and at the end where it cannot be written any more.
    """
    with hold(ReportDirectory(directory, work_name=WORK)) as place, Interrupts():
        matrix = _Matrix(plan, place, jobs or os.cpu_count() or 1, say)
        try:
            matrix.judge(plan.first_trials())
            while further := matrix.evidence.further_trials():
                matrix.judge(further)
        except KeyboardInterrupt:
            return matrix.write(finished=False)
        return matrix.write(finished=True)


@dataclass(slots=True)
class _Matrix:
    plan: Plan
    place: ReportDirectory
    jobs: int
    say: Say
    findings: dict[Trial, Findings] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    saved: float = field(default_factory=time.monotonic)

    @property
    def evidence(self) -> Evidence:
        return Evidence(self.plan, self.findings)

    def judge(self, trials: Iterable[Trial]) -> None:
        for trial, findings in judge_all(list(trials), self.jobs):
            self.findings[trial] = findings
            if len(self.findings) % PROGRESS == 0:
                self.say(f"{len(self.findings)} trials done")
            if time.monotonic() - self.saved > SAVED:
                self._save()

    def _document(self, *, finished: bool) -> Document:
        return document(self.evidence, time.monotonic() - self.began, finished=finished)

    def _save(self) -> None:
        """Write what is known so far; a disk that is full now may have room again at the end."""
        self.saved = time.monotonic()
        try:
            power.write(self._document(finished=False), self.place.path)
        except OSError as wrong:
            self.say(f"{refusal('--report-dir', self.place.path, wrong)}; it goes on")

    def write(self, *, finished: bool) -> Document:
        measured = self._document(finished=finished)
        self.place.make_room()
        try:
            html = power.write(measured, self.place.path)
        except OSError:
            self.say("\n".join(lines(measured, narrowed=self.plan.narrowed)))
            raise
        self.say(summary(measured, html))
        return measured
