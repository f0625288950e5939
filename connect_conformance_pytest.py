"""The suite's pytest plugin: does a pytest run ask for the suite? If so, the suite itself is loaded.

An installed copy is loaded in every pytest run of its environment. So this module lies outside of every package that a
project can have too, and imports nothing but the standard library and pytest until the suite is asked for. Installing
the suite changes no run that is about something else.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

HOME = Path(__file__).parent  # the clone, or the folder that the wheel was installed in
PACKAGE = HOME / "conformance"
_INSTALLED = frozenset({"site-packages", "dist-packages"})


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the suite's options to a run that may be about it; in any other, names belong to others."""
    config: Any = pluginmanager.get_plugin("pytestconfig")
    invocation = config.invocation_params
    if may_name_suite([str(word) for word in invocation.args], invocation.dir):
        _add_options(parser)
        if not pluginmanager.hasplugin("cacheprovider"):  # the project's settings name its directory all the same
            parser.addini("cache_dir", "where no cache is kept")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser) -> None:
    """Take back the names that plugins loaded later have taken."""
    invocation = early_config.invocation_params
    if may_name_suite([str(word) for word in invocation.args], invocation.dir):
        _add_options(parser)


def _add_options(parser: pytest.Parser) -> None:
    """Options mean what this suite says in its own runs, also where another plugin has one of that name."""
    options = import_module("conformance.options")
    parser.optparser.conflict_handler = "resolve"
    group = parser.getgroup("conformance", "conformance of a chat endpoint")
    for name, settings in options.OPTIONS.items():
        with suppress(ValueError):  # it is there already
            group.addoption(name, dest=options.destination(name), **settings)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Load the suite where the run is about it."""
    if names_suite(config.args, config.invocation_params.dir, by_module=config.option.pyargs):
        config.pluginmanager.register(import_module("conformance.session.hooks"), "conformance.session")


def names_suite(arguments: Sequence[str], directory: Path, *, by_module: bool) -> bool:
    """Whether one of pytest's `arguments` means this package, something in it, or a folder that pytest finds it in.

    They count from `directory`; with `by_module` they may be names of modules too, as under ``--pyargs``. A folder
    that holds the package only as part of an environment is somebody else's.
    """
    return any(_is_suite(argument.split("::", 1)[0], directory, by_module=by_module) for argument in arguments)


def _is_suite(name: str, directory: Path, *, by_module: bool) -> bool:
    if by_module and name.split(".", 1)[0] == PACKAGE.name:
        return True
    path = Path(os.path.abspath(directory / name))  # noqa: PTH100 - links stay as given
    if path.is_relative_to(PACKAGE):
        return True
    return PACKAGE.is_relative_to(path) and not _INSTALLED.intersection(PACKAGE.relative_to(path).parts)


def may_name_suite(command_line: Sequence[str], directory: Path) -> bool:
    """The same of a command line that nobody has parsed yet; true too often rather than too seldom."""
    words = [word for word in command_line if not word.startswith("-")]
    return names_suite([*words, "."], directory, by_module="--pyargs" in command_line)
