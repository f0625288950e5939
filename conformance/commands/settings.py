"""Settings of a run besides its command line: a file in the working directory, and environment variables.

The command line overrides the environment, and the environment overrides the file. An unknown setting is refused:
ignored, it would go unnoticed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from conformance.commands.ends import UserError
from conformance.commands.options import PREFIX, parameter_of, variable_of
from conformance.contract.suggestions import did_you_mean
from conformance.contract.toml_files import read_toml
from connect_conformance_pytest.options import COMMAND_OPTIONS, OPTIONS

FILE, PROJECT_FILE, TABLE = "connect-conformance.toml", "pyproject.toml", "connect-conformance"
ROWS = {**OPTIONS, **COMMAND_OPTIONS}
_TAKEN_FROM = {ParameterSource.ENVIRONMENT: "the environment", ParameterSource.DEFAULT_MAP: "the settings file"}


class SettingsCommand(click.Command):
    """A command whose options are set by the environment and a settings file too."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the file that `args` or the environment name, else that of the directory at hand, before the options."""
        if not extra.get("resilient_parsing"):
            extra["default_map"] = self._settings(list(args))
        return super().make_context(info_name, args, parent, **extra)

    def _settings(self, args: list[str]) -> dict[str, Any]:
        if {"-h", "--help"}.intersection(args):
            return {}
        refuse_unknown_variables(os.environ)
        known = {name: parameter for parameter in self.params for name in parameter.opts}
        named = _named_file(args) if "--settings" in known else None
        return {
            parameter_of(f"--{key}"): _value(place, key, value, known[f"--{key}"])
            for place, key, value in read_settings(Path(), named)
            if known[f"--{key}"].envvar is not None
        }


def _named_file(args: list[str]) -> str | None:
    """The value of --settings: needed before click has read the command line."""
    option = click.Option(["--settings"], envvar=variable_of("--settings"))
    reader = click.Command("", params=[option], context_settings={"ignore_unknown_options": True})
    reader.params.append(click.Argument(["rest"], nargs=-1, type=click.UNPROCESSED))
    with reader.make_context(None, args, resilient_parsing=True, help_option_names=[]) as context:
        value = context.params.get("settings")
    return None if value is None else str(value)


def read_settings(directory: Path, named: str | None = None) -> Iterator[tuple[Path, str, Any]]:
    """The settings of `directory`, or of the file `named`: its place, the option without dashes, the value.

    Raises UserError with one sentence for a file that cannot be used, or a setting that there is not.
    """
    place, table = _table(directory, named)
    for key, value in table.items():
        if f"--{key}" not in ROWS or key == "settings":
            known = [option.removeprefix("--") for option in ROWS if option != "--settings"]
            hint = did_you_mean(key, known) or "connect-conformance run --help lists all options."
            raise UserError(f"{place}: {key} is no setting: {hint}")
        yield place, key, value


def _table(directory: Path, named: str | None) -> tuple[Path, Mapping[str, Any]]:
    if named is not None:
        return Path(named), _document(Path(named), "--settings ")
    own, project = directory / FILE, directory / PROJECT_FILE
    found = _document(project).get("tool", {}).get(TABLE) if _mentions_suite(project) else None
    if not own.is_file():
        return project, _check(project, found or {})
    if found is not None:
        raise UserError(f"both {own} and {project} have settings for a run: keep them in one of the two")
    return own, _document(own)


def _mentions_suite(project: Path) -> bool:
    """Whether the project's file may hold settings: what else is in it, and whether it is sound, is not ours."""
    try:
        return TABLE in project.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def _document(path: Path, option: str = "") -> Mapping[str, Any]:
    try:
        return read_toml(path)
    except OSError as wrong:
        raise UserError(f"{option}{path} cannot be read ({wrong.strerror}): name a TOML file") from wrong
    except ValueError as wrong:
        raise UserError(f'{option}{path} is {wrong}: write lines such as target = "http://..."') from wrong


def _check(place: Path, table: Any) -> Mapping[str, Any]:
    if not isinstance(table, Mapping):
        raise UserError(f"{place}: tool.{TABLE} is no table: begin it with [tool.{TABLE}]")
    return table


def _value(place: Path, key: str, value: Any, parameter: click.Parameter) -> Any:
    """`value` as the option takes it. Raises UserError with what kind of value it takes; the value may be secret."""
    row = ROWS[f"--{key}"]
    if row.get("action") == "append":
        values = [value] if isinstance(value, str) else value
        if isinstance(values, list) and all(isinstance(one, str) for one in values):
            return values
        raise UserError(f'{place}: {key} takes a list of texts, such as ["...", "..."]')
    kind, form = _form(row)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise UserError(f"{place}: {key} takes {form}")
    try:
        return parameter.type.convert(value, parameter, None)
    except click.BadParameter as wrong:
        raise UserError(f"{place}: {key} cannot be used: {wrong.message}") from wrong


def _form(row: Mapping[str, Any]) -> tuple[Any, str]:
    if row.get("action") == "store_true":
        return bool, "true or false"
    forms = {int: (int, "a whole number"), float: ((int, float), "a number")}
    return forms.get(row.get("type", str), (str, "a text in quotes"))


def refuse_unknown_variables(environment: Iterable[str]) -> None:
    """Raise UserError where `environment` has a variable of ours that no option has."""
    known = [variable_of(option) for option in ROWS]
    for name in environment:
        if name.startswith(PREFIX) and name not in known:
            hint = did_you_mean(name, known) or "connect-conformance run --help lists all."
            raise UserError(f"the environment variable {name} sets no option: {hint}")


def sources_of(context: click.Context) -> str:
    """Which options were not set on the command line, and where; empty where all were. It names no value."""
    sources = {name: context.get_parameter_source(name) for name in context.params}
    parts = [
        f"{', '.join(name.replace('_', '-') for name, found in sources.items() if found is source)} from {words}"
        for source, words in _TAKEN_FROM.items()
        if source in sources.values()
    ]
    return f"settings: {'; '.join(parts)}" if parts else ""
