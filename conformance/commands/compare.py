"""The command `compare`: runs of one endpoint over time, or of several endpoints, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from conformance.commands.ends import UserError
from conformance.commands.options import report_dir_of_a_command
from conformance.results.verdicts import ExitCode
from reports import comparison, comparison_markdown, comparison_page
from reports.endpoints import introduce
from reports.writing import refusal


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN RUN...", type=click.Path(path_type=Path))
@report_dir_of_a_command
@click.option("--allow-truncated", is_flag=True, help="Take runs that were cut short too, and say so.")
@click.option("--allow-different", is_flag=True, help="Take runs of different requirements too, and say so.")
@click.option("--endpoints", is_flag=True, help="The runs are of several endpoints: none is worse, and the end is 0.")
@click.option(
    "--history", "records", type=click.Path(path_type=Path), help="--endpoints: show the runs before, of this history."
)
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown, for a job summary, in place of a line.")
def compare(  # noqa: PLR0913 - a parameter for each option
    runs: tuple[Path, ...],
    report_dir: Path,
    records: Path | None,
    *,
    allow_truncated: bool,
    allow_different: bool,
    endpoints: bool,
    as_markdown: bool,
) -> None:
    """Compare runs by their compliance.json, or the directories with it. Ends with 1 if the last is worse.

    Writes comparison.html and comparison.json. A file endpoint.json beside a report, {"name": "...", "version": "..."},
    says to --endpoints whose report it is. Runs that were cut short or judged different requirements are refused.
    """
    if len(set(runs)) < max(2, len(runs)):
        raise UserError("compare needs two or more different runs: give the --report-dir of each")
    allowed = {"allow_truncated": allow_truncated, "allow_different": allow_different}
    found = _compare_runs(runs, records, endpoints=endpoints, **allowed)
    try:
        page = comparison_page.write(found, report_dir)
    except OSError as wrong:
        raise UserError(refusal("--report-dir", report_dir, wrong)) from wrong
    if as_markdown:
        click.echo(comparison_markdown.markdown(found), nl=False)
    else:
        click.echo(comparison.closing_line(found, page))
    if found["worse"]:
        raise SystemExit(ExitCode.NON_CONFORMANT)


def _compare_runs(runs: tuple[Path, ...], records: Path | None, *, endpoints: bool, **allowed: bool) -> dict[str, Any]:
    try:
        read = {str(path): comparison.read_report(path) for path in runs}
        found = comparison.compare(read, **allowed, endpoints=endpoints)
        return introduce(found, read, records) if endpoints else found
    except comparison.NotComparable as wrong:
        raise UserError(str(wrong)) from wrong
