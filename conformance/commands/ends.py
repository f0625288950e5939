"""How each command of `connect-conformance` ends: a sentence for its user, and an exit code that means only that."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from conformance.contract.edition import EditionError, choose_edition
from conformance.endpoint.settings import SettingsError
from conformance.results.verdicts import ExitCode
from reports.writing import has_no_room

click.UsageError.exit_code = ExitCode.USAGE


class UserError(click.ClickException):
    """Something the user gave cannot be used; the text says what, where and what to do."""

    exit_code = ExitCode.USAGE


class ProjectError(click.ClickException):
    """Something in the project's own files is lacking; the text says in which one, and what."""

    exit_code = ExitCode.SUITE_ERROR


class Interrupted(click.ClickException):
    """Somebody ended a command with Ctrl-C."""

    exit_code = ExitCode.INTERRUPTED


class Commands(click.Group):
    """Gives every end of a command an exit code that means only that, and shows summaries whole in the help.

    Python's own for a crash and click's for Ctrl-C is that of a broken promise.
    """

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command that the words name, also where its caller has closed an output, as ``>&-`` does."""
        _open_what_was_closed()
        return super().main(*args, **extra)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their summaries on as many lines as they need; click cuts them."""
        known = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, command.get_short_help_str(sys.maxsize)) for name, command in known if command is not None]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the models that the environment names, before anything reads the contract.

        Raises UserError where there are none, unless the command line names others. `run` hands them on to its suite.
        """
        named = any(word == "run" or word.startswith("--models") for word in args)
        if not ctx.resilient_parsing and not named:
            try:
                choose_edition()
            except EditionError as wrong:
                raise UserError(str(wrong)) from wrong
        return super().parse_args(ctx, args)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the words; the help and the version are printed here."""
        with _exit_by_failure():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, and see that what it printed has arrived."""
        with _exit_by_failure():
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result


@contextmanager
def _exit_by_failure() -> Iterator[None]:
    try:
        yield
    except click.exceptions.Exit:  # the help or the version was printed
        with _exit_by_failure():
            sys.stdout.flush()
        raise
    except (click.ClickException, click.Abort):
        raise
    except SettingsError as wrong:
        raise UserError(str(wrong)) from wrong
    except KeyboardInterrupt:
        raise Interrupted("interrupted") from None
    except Exception as error:  # noqa: BLE001 - Python would end with the code of a broken promise
        raise SystemExit(_unforeseen(error)) from None


def _open_what_was_closed() -> None:
    """Send to nowhere what goes to a closed output: the next file that is opened would get its number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", closefd=False))


def _unforeseen(error: Exception) -> ExitCode:
    """Show what a command did not foresee; returns its exit code."""
    if isinstance(error, OSError) and (has_no_room(error) or isinstance(error, BrokenPipeError)):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python tries once more when it ends
        if isinstance(error, BrokenPipeError):
            return ExitCode.INTERRUPTED
        click.echo(f"Error: the output cannot be written ({error.strerror}): free some room", err=True)
        return ExitCode.USAGE
    traceback.print_exception(error)
    click.echo("Error: the suite itself failed: please report it", err=True)
    return ExitCode.SUITE_ERROR


def need_docstrings() -> None:
    """Raise UserError where Python drops the sentences of seeded faults, without which they are none."""
    if sys.flags.optimize > 1:
        raise UserError("Python drops the docstrings that describe faults: call it without -OO and PYTHONOPTIMIZE")
