"""The command `reproduce`: how a violation is seen once more, as a program, a bug report, or by running it."""

from __future__ import annotations

from pathlib import Path

import click

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
    from conformance.commands.reproduction_forms import (  # noqa: PLC0415 - templates and botocore's models load slowly
        run_script,
        text_of,
    )

    if form == "run":
        raise SystemExit(run_script(run, requirement))
    click.echo(text_of(run, requirement, form), nl=False)
