"""The command `run`: judge an endpoint. The suite is a set of pytest items; its user need not know that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from conformance.commands.ends import UserError
from conformance.commands.options import options_of_a_run, options_of_the_command, parameter_of
from conformance.commands.settings import FILE, PROJECT_FILE, TABLE, SettingsCommand, sources_of
from conformance.results.verdicts import EXIT_MEANINGS
from connect_conformance_pytest.options import COMMAND_REPORT_DIR, OPTIONS

_SETTINGS = f"""\
Each option may be set by the environment variable beside it, or by its name without dashes in {FILE}, or in the table
[tool.{TABLE}] of {PROJECT_FILE}, in the current directory. The command line goes before the environment, the
environment before the file. What may be given several times is a list there, and a line each in a variable. Keep what
is secret, such as headers with keys, off the command line."""


def _epilog() -> str:
    codes = "\n\n".join(f"{int(code)}: {meaning.replace('`', '')}." for code, meaning in EXIT_MEANINGS.items())
    return f"{_SETTINGS}\n\nExit codes:\n\n{codes}"


@click.command(cls=SettingsCommand, epilog=_epilog())
@options_of_the_command
@options_of_a_run()
@click.pass_context
def run(context: click.Context, /, **given: Any) -> None:
    """Judge an endpoint, by default the embedded reference endpoint.

    Needs the ids of an instance and of a flow that the endpoint knows.
    """
    if (processes := given["processes"]) is not None and processes < 1:
        raise UserError(f"--processes {processes} cannot be used: give a whole number of 1 or more")
    need_directory()
    if sources := sources_of(context):
        click.echo(sources)
    from conformance.session.own_pytest import run_suite  # noqa: PLC0415 - pytest is slow to load

    words = list(_words({"report_dir": COMMAND_REPORT_DIR} | {k: v for k, v in given.items() if v is not None}))
    if given["seed"] is not None:
        words.append(f"--hypothesis-seed={given['seed']}")
    raise SystemExit(run_suite(words, processes))


def need_directory() -> None:
    """Raise UserError where the current directory was removed: nothing can be found or started from there."""
    try:
        Path.cwd()
    except OSError as wrong:
        raise UserError(f"the current directory cannot be used ({wrong.strerror}): call it in another one") from wrong


def _words(given: Mapping[str, Any]) -> Iterator[str]:
    """The options of a run in `given` as words of a command line. A value never stands apart from its option."""
    for name in OPTIONS:
        value = given.get(parameter_of(name))
        if isinstance(value, bool):
            yield from [name] if value else []
        elif value is not None:
            yield from (f"{name}={one}" for one in (value if isinstance(value, tuple | list) else [value]))
