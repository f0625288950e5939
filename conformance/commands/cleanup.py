"""The command `cleanup`: stops the contacts that runs have left open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from conformance.commands.ends import UserError
from conformance.commands.options import options_of_a_run
from conformance.commands.settings import SettingsCommand
from conformance.results.verdicts import ExitCode


@click.command(cls=SettingsCommand)
@click.argument("directory", type=click.Path(path_type=Path))
@options_of_a_run(only_given=("--target", "--region"))
def cleanup(directory: Path, **given: Any) -> None:
    """Stop the contacts that runs have left open, as the journals in DIRECTORY, a report directory, name them.

    Takes the options of a run. Needed are those that say how to reach and sign for the endpoint; its address stands in
    the journal. Ends with 6 where something is left, or may be.
    """
    from conformance.session.cleanup import clean, open_journals, summary_lines  # noqa: PLC0415 - only this command needs it
    from conformance.session.report_directory import ReportDirectory  # noqa: PLC0415 - only this command needs it

    if not directory.is_dir():
        raise UserError(f"{directory} is no directory: give the --report-dir of a run")
    place = ReportDirectory(directory, "DIRECTORY")
    try:
        place.open(room=0)
        done = []
        for left in open_journals(directory):
            done.append(clean(left, {**given, "headers": given["header"]}))
            click.echo("\n".join(summary_lines(left, done[-1])))
    finally:
        place.abandon()
    if not done:
        click.echo(f"no journal in {directory} names an open contact")
    if any(cleaned.left or cleaned.unknown for cleaned in done):
        raise SystemExit(ExitCode.INCOMPLETE)
