"""How a run ends: its ledgers are read back, the reports written, and the exit code follows from the verdict."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.contract.requirements import Level
from conformance.results.ledger_files import LedgerError, read_ledger
from conformance.results.verdicts import ExitCode, Result, Tolerance, Verdict, exit_code
from reports import compliance, history, junit, summary
from reports.judgement import was_asked
from reports.writing import refusal

JOB_SUMMARY = "GITHUB_STEP_SUMMARY"  # the variable in which a CI job names the file that its page is made from


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """What a run says at its end: the text of its failures, the closing lines, the exit code.

    `report` is the built report, and `page` the place of compliance.html; None where none was written.
    """

    text: str
    line: str
    code: ExitCode
    report: Mapping[str, Any] | None = None
    page: Path | None = None


def ledgers_of(directory: Path) -> list[Path]:
    """The ledger files of the run that reports to `directory`: one, or one for each process it was spread over."""
    return sorted(directory.glob("ledger*.jsonl"))


def finish_run(
    directory: Path,
    tolerance: Tolerance,
    *,
    interrupted: bool = False,
    written: Mapping[Path, Path] | None = None,
    records: Path | None = None,
) -> FinishedRun:
    """Write the reports of the run whose ledgers stand in `directory`, and say how it ended.

    `interrupted` says so where no process of the run lived to write it down. `written` are files of the run that stand
    aside, each with its place. `records` is the directory of the history, which the report then shows.
    """
    try:
        entries = read_ledger(ledgers_of(directory))
    except LedgerError as wrong:
        return FinishedRun("", f"no report was written: {wrong}", ExitCode.USAGE)
    report = compliance.build(entries)
    if records is not None:
        report["history"] = history.history_of(report, history.earlier_runs(report, records))
    code = exit_code(_result(report, interrupted=interrupted), tolerance)
    if any(footer.get("unwritable") for footer in entries.footers()):
        code = ExitCode.USAGE
    try:
        for staged in (path for path in written or {} if path.suffix == ".xml"):
            junit.name_causes(staged, report)
        html = compliance.write(report, directory, written)
    except OSError as wrong:
        return _without_reports(report, directory, wrong)
    lines = (summary.terminal(report, html), _keep(report, records), _publish(report))
    text = "\n\n".join(filter(None, lines))
    return FinishedRun(text, summary.closing_lines(report, html), code, report, html)


def _result(report: Mapping[str, Any], *, interrupted: bool) -> Result:
    return Result(
        report["verdict"],
        interrupted=report["interrupted"] or interrupted,
        suite_error=report["suite_error"],
        asked=was_asked(report["requirements"]),
        warned=Verdict.WARNING in report["totals"][Level.SHOULD],
    )


def _without_reports(report: Mapping[str, Any], directory: Path, wrong: OSError) -> FinishedRun:
    """The end of a run whose reports cannot be written: what it saw stands in its ledger."""
    line = (
        f"{refusal('--report-dir', directory, wrong)}; the verdict is {report['verdict']}, and once there is room,"
        f" connect-conformance report {directory} writes the reports from the ledger"
    )
    return FinishedRun("", line, ExitCode.USAGE)


def _keep(report: Mapping[str, Any], records: Path | None) -> str:
    """Keep the record of `report` in the history; what the history says, or what kept the record from being kept."""
    if records is None:
        return ""
    try:
        history.keep(report, records)
    except OSError as wrong:
        return f"no record of this run was kept: {refusal('--history', records, wrong)}"
    return history.sentence(report["history"])


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
