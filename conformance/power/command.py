"""The kill matrix as a command: plan, trials, and documents that hold all that is known when it is stopped."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from conformance.power.bench import Findings, Trial
from conformance.power.closing import summary
from conformance.power.evidence import Evidence
from conformance.power.judgement import Document, document
from conformance.power.plan import Plan
from conformance.power.workers import judged
from reports import power

Say = Callable[[str], None]
PROGRESS = 100  # trials after which the command says how far it is
SAVED = 60.0  # seconds after which what is known is written again: the whole matrix takes an hour and more


def measure(plan: Plan, directory: Path, jobs: int | None, say: Say) -> Document:
    """Judge all that `plan` holds, write power.json and power.html into `directory`, and return what power.json says.

    `say` is told how it goes. `jobs` is how many processes work at it, by default one for each core. Ctrl-C ends it
    early, and a crash does: the documents then hold what had been judged and say that they are not finished.
    """
    matrix = _Matrix(plan, directory, jobs or os.cpu_count() or 1, say)
    try:
        matrix.judge(plan.first_trials())
        matrix.judge(matrix.evidence.second_trials())
    except KeyboardInterrupt:
        return matrix.write(finished=False)
    return matrix.write(finished=True)


@dataclass(slots=True)
class _Matrix:
    plan: Plan
    directory: Path
    jobs: int
    say: Say
    findings: dict[Trial, Findings] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    saved: float = field(default_factory=time.monotonic)

    @property
    def evidence(self) -> Evidence:
        return Evidence(self.plan, self.findings)

    def judge(self, trials: Iterable[Trial]) -> None:
        for trial, findings in judged(list(trials), self.jobs):
            self.findings[trial] = findings
            if len(self.findings) % PROGRESS == 0:
                self.say(f"{len(self.findings)} trials done")
            if time.monotonic() - self.saved > SAVED:
                self._save(finished=False)

    def _save(self, *, finished: bool) -> tuple[Document, Path]:
        measured = document(self.evidence, time.monotonic() - self.began, finished=finished)
        html = power.write(measured, self.directory)
        self.saved = time.monotonic()
        return measured, html

    def write(self, *, finished: bool) -> Document:
        measured, html = self._save(finished=finished)
        self.say(summary(measured, html))
        return measured
