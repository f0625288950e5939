"""The command `reproduce`: how a violation is seen once more, as a program, a bug report, or by running it."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.commands.ends import UserError
from conformance.commands.options import complete_requirement

FORMS = ("requests", "boto3", "curl", "markdown", "run")


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("requirement", shell_complete=complete_requirement)
@click.option(
    "--form",
    type=click.Choice(FORMS),
    default="requests",
    help="requests: a Python script that sends the calls as they were sent (default); boto3: one that has boto3 make"
    " them; curl: lines for a shell, of the judged call only; markdown: a bug report with versions, calls and the"
    " script; run: run the script.",
)
@click.option("--curl", "form", flag_value="curl", help="The same as --form curl.")
@click.option("--markdown", "form", flag_value="markdown", help="The same as --form markdown.")
@click.option("--run", "form", flag_value="run", help="Run the script: ends with 1 while broken, 0 when mended.")
def reproduce(run: Path, requirement: str, form: str) -> None:
    """Print the Python script that shows again how REQUIREMENT was broken in RUN, a report directory.

    It stands alone: pipe it into python, or keep it beside a bug report. It ends with 1 while the promise is broken,
    with 0 when it is kept, and with 2 where it cannot tell.
    """
    from conformance.reproduction.standalone import run_standalone  # noqa: PLC0415 - only this command needs it
    from reports.bug_report import bug_report  # noqa: PLC0415 - templates load slowly
    from reports.comparison import NotComparable, read_report  # noqa: PLC0415 - templates load slowly
    from reports.reproduction import NotBroken, program_of  # noqa: PLC0415 - templates load slowly
    from reports.sdk_calls import NotSendable  # noqa: PLC0415 - botocore's models load slowly

    try:
        report = read_report(run)
        if form == "markdown":
            click.echo(bug_report(report, requirement), nl=False)
        elif form == "run":
            raise SystemExit(run_standalone(program_of(report, requirement, "python")))
        else:
            text = program_of(report, requirement, "curl" if form == "curl" else "python")
            click.echo(_by_boto3(run, requirement) if form == "boto3" else text, nl=False)
    except (NotComparable, NotBroken, NotSendable) as wrong:
        raise UserError(str(wrong)) from wrong


def _by_boto3(run: Path, requirement: str) -> str:
    """The script that has boto3 make the calls of a violation, from the ledger of `run`, which holds them whole."""
    from conformance.results.ledger_files import LedgerError, read_ledger  # noqa: PLC0415 - only this form needs it
    from conformance.session.finish import ledgers_of  # noqa: PLC0415 - only this form needs it
    from reports.reproduction import boto3_script_of  # noqa: PLC0415 - templates load slowly
    from reports.run import run_of  # noqa: PLC0415 - only this form needs it
    from reports.traceability import requirement_results  # noqa: PLC0415 - only this form needs it

    directory = run if run.is_dir() else run.parent
    try:
        entries = list(read_ledger(ledgers_of(directory)))
    except LedgerError as wrong:
        raise UserError(str(wrong)) from wrong
    ran = run_of(entries)
    found = {result.requirement.id: result for result in requirement_results(entries, ran)}
    script = boto3_script_of(found[requirement], ran) if requirement in found else None
    if script is None:
        raise UserError(f"{directory} has no ledger with the calls of {requirement}: give the --report-dir of the run")
    return script
