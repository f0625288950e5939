"""The command `report`: the reports of a run again, from its ledger."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from conformance.commands.ends import UserError
from conformance.commands.options import models_option
from conformance.contract.edition import edition_in_use
from conformance.results.ledger_files import LedgerError, read_ledger
from conformance.session.finish import ledgers_of
from reports.writing import refusal


@click.command()
@models_option
@click.argument("ledger", type=click.Path(path_type=Path))
@click.option("--report-dir", type=click.Path(path_type=Path), help="Where to write; by default beside the ledger.")
@click.option("--history", "records", type=click.Path(path_type=Path), help="Show the runs before, of this history.")
def report(ledger: Path, report_dir: Path | None, records: Path | None) -> None:
    """Render compliance.json and compliance.html again from LEDGER, a ledger.jsonl or the directory of a run."""
    from reports import compliance, history, summary  # noqa: PLC0415 - templates load slowly

    files = ledgers_of(ledger) if ledger.is_dir() else [ledger]
    if not files:
        raise UserError(f"{ledger} holds no ledger: give the --report-dir of a run")
    try:
        built = compliance.build(read_ledger(files))
    except LedgerError as wrong:
        raise UserError(str(wrong)) from wrong
    _need_edition(built["sources"]["edition"])
    if records is not None:
        built["history"] = history.history_of(built, history.earlier_runs(built, records))
    html = _written_into(report_dir or files[0].parent, files[0].parent, lambda place: compliance.write(built, place))
    click.echo(summary.closing_lines(built, html))


def _need_edition(judged_by: dict[str, Any] | None) -> None:
    """Raise UserError where the models in use are not those that the run was judged by: their promises differ."""
    used = edition_in_use()
    if (judged_by and list(judged_by["lacks"])) != (used and list(used.lacks)):
        named = f"give --models {judged_by['directory']}" if judged_by else "leave --models out"
        raise UserError(f"the run was judged by other models than those in use: {named}")


def _written_into(place: Path, source: Path, write: Callable[[Path], Path]) -> Path:
    """Have `write` write the report of the run in `source` into `place`; files of another run there are put away."""
    from conformance.session.report_directory import ReportDirectory, hold  # noqa: PLC0415 - loads slowly

    try:
        if place.resolve() == source.resolve():
            return write(place)
        with hold(ReportDirectory(place)) as directory:
            directory.take_over()
            return write(place)
    except OSError as wrong:
        raise UserError(refusal("--report-dir", place, wrong)) from wrong
