"""The forms in which a violation of a report is shown again: a program, a bug report, or a run of the script."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conformance.commands.ends import UserError
from conformance.commands.standalone import run_standalone
from conformance.results.ledger_files import LedgerError, read_ledger
from conformance.session.finish import ledgers_of
from reports.bug_report import bug_report
from reports.comparison import NotComparable, read_report
from reports.reproduction import NotBroken, boto3_script_of, program_of
from reports.run import run_of
from reports.sdk_calls import NotSendable
from reports.traceability import requirement_results


def run_script(run: Path, requirement: str) -> int:
    """Run the script of a violation. 1 while broken, 0 when kept, 2 where it cannot judge. Raises UserError."""
    with _as_user_error():
        return run_standalone(program_of(read_report(run), requirement, "python"))


def text_of(run: Path, requirement: str, form: str) -> str:
    """The violation of `requirement` that `run` reports, in a `form` other than "run". Raises UserError."""
    with _as_user_error():
        report = read_report(run)
        if form == "markdown":
            return bug_report(report, requirement)
        text = program_of(report, requirement, "curl" if form == "curl" else "python")
        return _by_boto3(run, requirement) if form == "boto3" else text


@contextmanager
def _as_user_error() -> Iterator[None]:
    """Report what cannot be shown as the user's mistake."""
    try:
        yield
    except (LedgerError, NotBroken, NotComparable, NotSendable) as wrong:
        raise UserError(str(wrong)) from wrong


def _by_boto3(run: Path, requirement: str) -> str:
    """The script that has boto3 make the calls of a violation, from the ledger of `run`, which holds them whole."""
    directory = run if run.is_dir() else run.parent
    entries = list(read_ledger(ledgers_of(directory)))
    ran = run_of(entries)
    found = {result.requirement.id: result for result in requirement_results(entries, ran)}
    script = boto3_script_of(found[requirement], ran) if requirement in found else None
    if script is None:
        raise UserError(f"{directory} has no ledger with the calls of {requirement}: give the --report-dir of the run")
    return script
