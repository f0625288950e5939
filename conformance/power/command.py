"""The kill matrix as a command: plan, trials, documents, and what is wrong with them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from conformance.power.bench import Findings, Trial
from conformance.power.evidence import Evidence
from conformance.power.judgement import Document, document, flaws
from conformance.power.plan import Plan
from conformance.power.workers import judged
from reports import power

Say = Callable[[str], None]


def measure(plan: Plan, directory: Path, jobs: int | None, say: Say) -> list[str]:
    """Judge all that `plan` holds, write power.json and power.html into `directory`, and return what is wrong.

    `say` is told how it goes. `jobs` is how many processes work at it, by default one for each core.
    """
    began = time.monotonic()
    workers = jobs or os.cpu_count() or 1
    findings = dict(_told(judged(list(plan.first_trials()), workers), say))
    second = list(Evidence(plan, findings).second_trials())
    findings |= _told(judged(second, workers), say)
    measured = document(Evidence(plan, findings), time.monotonic() - began)
    html = power.write(measured, directory)
    say(summary(measured, html))
    return flaws(measured)


PROGRESS = 100  # trials after which the command says how far it is


def _told(trials: Iterable[tuple[Trial, Findings]], say: Say) -> Iterator[tuple[Trial, Findings]]:
    for number, done in enumerate(trials, 1):
        if number % PROGRESS == 0:
            say(f"{number} trials done")
        yield done


def summary(measured: Document, html: Path) -> str:
    """The closing line."""
    totals = measured["totals"]
    must, should = totals["must"], totals["should"]
    undeclared = "" if totals["undeclared_reds"] is None else f", {totals['undeclared_reds']} undeclared reds"
    return (
        f"{must['found']} of {must['faults']} faults found by a must,"
        f" {should['found']} of {should['faults']} by a should"
        f"{undeclared}; {totals['readings']} readings by {totals['seeds']} seeds,"
        f" {totals['false_alarms']} false alarms;"
        f" {measured['seconds']:g} s; report: {html}"
    )
