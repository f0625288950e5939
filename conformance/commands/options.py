"""The options of a run as options of a command: on the command line, in the environment and in a settings file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from conformance.commands.ends import UserError
from conformance.contract.catalogue import catalogue
from conformance.contract.edition import EditionError, choose_edition
from conformance.contract.suggestions import did_you_mean
from connect_conformance_pytest.options import COMMAND_OPTIONS, COMMAND_REPORT_DIR, OPTIONS

PREFIX = "CONNECT_CONFORMANCE_"
Command = Callable[..., None]


class Texts(click.types.StringParamType):
    """A text that may be given several times; an environment variable has one on each line."""

    def split_envvar_value(self, rv: str) -> list[str]:
        """The lines that are not empty. Blanks do not part values: headers hold some."""
        return [line for line in rv.splitlines() if line.strip()]


class Named(click.Choice[str]):
    """One of a few words; another one is refused with what may have been meant."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """What is said of a `value` that is none of them."""
        hint = did_you_mean(str(value), self.choices)
        message = super().get_invalid_choice_message(value, ctx)
        return f"{message.removesuffix('.')}: {hint}" if hint else message


def variable_of(option: str) -> str:
    """The environment variable of `option`."""
    return PREFIX + parameter_of(option).upper()


def parameter_of(option: str) -> str:
    """The name under which click hands over the value of `option`."""
    return option.removeprefix("--").replace("-", "_")


def options_of_a_run(*, only_given: Iterable[str] = ()) -> Callable[[Command], Command]:
    """Give a command the options of a run, each None, empty or False unless it is set.

    Those in `only_given` are taken from the command line and nowhere else.
    """
    return lambda command: _with_options(command, OPTIONS, frozenset(only_given))


def models_option(command: Command) -> Command:
    """Give a command that reads the contract the option --models of a run."""
    row, variable = OPTIONS["--models"], variable_of("--models")
    shown = {"help": row["help"], "metavar": row["metavar"], "envvar": variable, "show_envvar": True}
    return click.option("--models", **shown, is_eager=True, expose_value=False, callback=_choose_edition)(command)


def _choose_edition(_: click.Context, __: click.Parameter, directory: str | None) -> None:
    try:
        choose_edition(directory)
    except EditionError as wrong:
        raise UserError(str(wrong)) from wrong


def options_of_the_command(command: Command) -> Command:
    """Give `command` the options that stand in for pytest's own."""
    return _with_options(command, COMMAND_OPTIONS, frozenset())


def _with_options(command: Command, rows: Mapping[str, Mapping[str, Any]], only_given: frozenset[str]) -> Command:
    for name, row in reversed(list(rows.items())):
        names = [name, row["short"]] if "short" in row else [name]
        variable = None if name in only_given else variable_of(name)
        completed = complete_requirement if name == "--requirement" else None
        shown = {"help": row["help"], "metavar": row.get("metavar"), "envvar": variable, "show_envvar": True}
        option = click.option(*names, parameter_of(name), **shown, shell_complete=completed, **_kind(row))
        command = option(command)
    return command


def _kind(row: Mapping[str, Any]) -> dict[str, Any]:
    """What click needs to know of the values of an option that argparse knows as `row`."""
    if row.get("action") == "append":
        return {"multiple": True, "type": Texts()}
    if row.get("action") == "store_true":
        return {"is_flag": True}
    choices = row.get("choices")
    return {"type": Named(choices) if choices else row.get("type", str), "default": None}


def report_dir_of_a_command(command: Command) -> Command:
    """Give `command` the option that says where it writes, by default where `run` does."""
    place, sentence = click.Path(path_type=Path), f"Where to write ({COMMAND_REPORT_DIR})."
    return click.option("--report-dir", metavar="DIR", type=place, default=Path(COMMAND_REPORT_DIR), help=sentence)(
        command
    )


def complete_requirement(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """The ids of requirements that begin so, for a shell."""
    return _complete(catalogue(), incomplete)


def complete_fault(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """The names of seeded faults that begin so."""
    from conformance.reference.faults import faults  # noqa: PLC0415 - a thousand faults load slowly

    return _complete(faults(), incomplete)


def complete_variant(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """The names of lawful variants that begin so."""
    from conformance.reference.variants.registry import VARIANTS  # noqa: PLC0415 - with the reference

    return _complete(VARIANTS, incomplete)


def _complete(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
