"""How a run ends: its ledgers are read back, the reports written, and the exit code follows from the verdict."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.contract.requirements import Level
from conformance.results.ledger import read_ledger
from conformance.results.verdicts import ExitCode, Result, Tolerance, Verdict, exit_code
from reports import compliance, summary
from reports.judgement import asked

JOB_SUMMARY = "GITHUB_STEP_SUMMARY"  # the variable in which a CI job names the file that its page is made from


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """What a run says at its end: the text of its failures, the closing line, the exit code."""

    text: str
    line: str
    code: ExitCode


def ledgers_of(directory: Path) -> list[Path]:
    """The ledger files of the run that reports to `directory`: one, or one for each process it was spread over."""
    return sorted(directory.glob("ledger*.jsonl"))


def forget(directory: Path) -> None:
    """Remove the ledgers of an earlier run from `directory`."""
    for path in ledgers_of(directory):
        path.unlink()


def finish_run(directory: Path, tolerance: Tolerance) -> FinishedRun:
    """Write the reports of the run whose ledgers stand in `directory`, and say how it ended.

    Raises LedgerError when the ledgers cannot be read.
    """
    report = compliance.build(read_ledger(ledgers_of(directory)))
    html = compliance.write(report, directory)
    refused = _publish(report)
    code = exit_code(_result(report), tolerance)
    text = "\n\n".join(filter(None, (summary.terminal(report, html), refused)))
    return FinishedRun(text, summary.verdict_line(report, html), code)


def _result(report: Mapping[str, Any]) -> Result:
    return Result(
        report["verdict"],
        interrupted=report["interrupted"],
        suite_error=report["suite_error"],
        asked=asked(report["requirements"]),
        warned=Verdict.WARNING in report["totals"][Level.SHOULD],
    )


def _publish(report: Mapping[str, Any]) -> str:
    """Add the summary of `report` to the CI job's page; what kept it from being written, else nothing."""
    path = os.environ.get(JOB_SUMMARY)
    if not path:
        return ""
    try:
        with Path(path).open("a", encoding="utf-8") as page:
            page.write(summary.markdown(report))
    except OSError as wrong:
        return f"no job summary was written: {JOB_SUMMARY} names {path}, which cannot be written ({wrong.strerror})"
    return ""
