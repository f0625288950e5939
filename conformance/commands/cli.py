"""The command `connect-conformance`; each of its commands is a module of `conformance/commands/`."""

from __future__ import annotations

import click

from conformance.commands import version
from conformance.commands.cleanup import cleanup
from conformance.commands.compare import compare
from conformance.commands.drift import drift
from conformance.commands.ends import Commands
from conformance.commands.faults import list_faults
from conformance.commands.notify import notify
from conformance.commands.openapi import write_openapi
from conformance.commands.power import power
from conformance.commands.report import report
from conformance.commands.reproduce import reproduce
from conformance.commands.requirements import requirements
from conformance.commands.run import run
from conformance.commands.serve import serve


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=version.show,
    help="Show the version, and the editions of the models that are judged by.",
)
def main() -> None:
    """Conformance of endpoints for Amazon Connect chats: `run` judges one, `serve` gives one to try."""


for command in (
    *(run, compare, drift, reproduce, requirements, notify),
    *(serve, list_faults, power, report, cleanup, write_openapi),
):
    main.add_command(command)
