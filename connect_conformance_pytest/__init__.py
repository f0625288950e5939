"""The suite's pytest plugin: does a pytest run ask for the suite? If so, the suite itself is loaded.

An installed copy is loaded in every pytest run of its environment. So this package lies outside of every package that
a project can have too, and imports nothing but the standard library and pytest until the suite is asked for.
Installing the suite changes no run that is about something else.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Generator, Sequence
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from typing import Any, NoReturn

import pytest

from connect_conformance_pytest.activation import (
    HOME,
    OTHERS_FIRST,
    PACKAGE,
    PARTS,
    default_arguments,
    hidden_parts,
    hider_of,
    names_package,
    names_suite,
)
from connect_conformance_pytest.fixtures import (  # noqa: F401 - pytest finds fixtures in a plugin's module
    _served_reference,
    connect_endpoint,
    connect_judge,
)
from connect_conformance_pytest.options import BY_COMMAND, OPTIONS, as_text, destination

OF_WEBSOCKETS = "WEBSOCKETS_"  # how variables begin by which that library bounds frames, or cannot be imported
SUITE_ERROR = 7  # the exit code of an unforeseen end
REMEDY = "call pytest in another directory, without that place on Python's path"


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the options in a clone, whose conftest may load this plugin too late for the next hook.

    In any other project its own packages keep their names.
    """
    _leave_assertions(pluginmanager.rewrite_hook)
    config: Any = pluginmanager.get_plugin("pytestconfig")
    if getattr(config, "rootpath", None) == HOME:
        _add_options(parser)
        return
    sys.meta_path.insert(0, OTHERS_FIRST)
    config.add_cleanup(_end_preference)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, object, object]:
    """Add the options to a run that may be about the suite; in any other, their names belong to others.

    It comes last: what the project's own conftests put on the path says whose package a name means.
    """
    if _may_ask_for_suite(early_config, parser, args):
        import_module("connect_conformance_pytest.command_line").start_again_with_joined_values(early_config, parser)
    try:
        result = yield
    except Exception as error:
        if not _is_of_pytest(error) and _may_ask_for_suite(early_config, parser, args):
            _end_with_code_of_suite_error(error)
        raise
    if _has_options_of_suite(parser, args):
        _end_preference()
    if _may_ask_for_suite(early_config, parser, args):
        _add_options(parser)
        _refuse_nearly_options(parser, args)
    else:
        _refuse_options_of_a_hidden_suite(parser, args)
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, Any, Any]:
    """Load the suite into a run that asks for it, and answer for how such a run ends."""
    if not names_suite(config.args, config.invocation_params.dir, by_module=config.option.pyargs):
        return (yield)
    return (yield from _suite(getattr(config.option, destination("--models"), None)).run(config))


def _is_of_pytest(error: Exception) -> bool:
    """Whether pytest itself foresees `error`, such as a conftest that cannot be imported, and has a code for it."""
    return type(error).__module__.split(".", 1)[0] in {"_pytest", "pytest"}


def _end_with_code_of_suite_error(error: Exception) -> NoReturn:
    """End this process. Python would end it with the code of a broken promise, and pytest is not ready to."""
    traceback.print_exception(error)
    sys.stderr.write("ERROR: a plugin of pytest failed, as is shown above: leave it out with -p no:NAME\n")
    raise SystemExit(SUITE_ERROR) from error


def _leave_assertions(rewriting: Any) -> None:
    """Take the suite's packages off the list of those whose assertions pytest rewrites.

    pytest puts all packages of a plugin's distribution on it, and would so change a project's own ones of these names.
    There is no public way to take them off; where this one ends, the project's assertions have longer texts.
    """
    getattr(rewriting, "_must_rewrite", set()).difference_update(PARTS)


def _end_preference() -> None:
    with suppress(ValueError):  # ended already
        sys.meta_path.remove(OTHERS_FIRST)


def _suite(models: str | None) -> Any:
    """The suite's hooks, loaded when it is clear by which `models` is judged."""
    _end_preference()
    for hidden in hidden_parts():
        raise pytest.UsageError(f"{hidden}: {REMEDY}")
    for name in [name for name in os.environ if name.startswith(OF_WEBSOCKETS)]:
        del os.environ[name]
    try:
        _choose_edition(models)
        suite = import_module("conformance.session.hooks")
    except pytest.UsageError:
        raise
    except Exception as error:
        _refuse_shadows()
        reason = f"{type(error).__name__}: {error}"
        raise pytest.UsageError(f"the suite in {HOME} cannot be loaded ({reason}): install it once more") from error
    _refuse_shadows()
    return suite


def _choose_edition(directory: str | None) -> None:
    """Take the models in `directory`, or those that the environment names, before anything reads the contract."""
    edition = import_module("conformance.contract.edition")
    try:
        edition.choose_edition(directory)
    except edition.EditionError as wrong:
        raise pytest.UsageError(str(wrong)) from wrong


def _refuse_shadows() -> None:
    for shadow in import_module("connect_conformance_pytest.shadows").shadows():
        raise pytest.UsageError(f"{shadow}: {REMEDY}")


def _may_ask_for_suite(config: pytest.Config, parser: pytest.Parser, args: Sequence[str]) -> bool:
    """Whether `args` may ask for the suite, whose options are unknown yet: true too often rather than too seldom."""
    known, unknown = parser.parse_known_and_unknown_args(args)
    places = list(known.file_or_dir)
    if unknown or not places:  # what looks like a place may be the value of an unknown option
        places += default_arguments(config.getini("testpaths"), config.invocation_params.dir, config.rootpath)
    return names_suite(places, config.invocation_params.dir, by_module=known.pyargs)


def _has_options_of_suite(parser: pytest.Parser, args: Sequence[str]) -> bool:
    """Whether `args` hold options of this suite that nobody else has added, so that they can mean nothing else."""
    unknown = parser.parse_known_and_unknown_args(args)[1]
    return not OPTIONS.keys().isdisjoint(option.split("=", 1)[0] for option in unknown)


def _add_options(parser: pytest.Parser) -> None:
    """Options mean what this suite says in its own runs, also where others have one of that name.

    They may come later, when the command line has been read: from a conftest above the folder that the suite lies in.
    """
    parser.optparser.conflict_handler = "resolve"
    for group_of_others in getattr(parser.optparser, "_action_groups", ()):  # each keeps a handler of its own
        group_of_others.conflict_handler = "resolve"
    group = parser.getgroup("conformance", "conformance of a chat endpoint")
    for name, settings in OPTIONS.items():
        with suppress(ValueError):  # it is there already
            group.addoption(name, dest=destination(name), **as_text(settings))
    with suppress(ValueError):
        group.addoption(BY_COMMAND, dest=destination(BY_COMMAND), action="store_true", help=argparse.SUPPRESS)


def _refuse_nearly_options(parser: pytest.Parser, args: Sequence[str]) -> None:
    """Say which option may be meant by one that nobody knows. Raises pytest.UsageError, as pytest itself would."""
    for word in parser.parse_known_and_unknown_args(args)[1]:
        name = word.split("=", 1)[0]
        near = get_close_matches(name, OPTIONS, n=2, cutoff=0.8) if name.startswith("--") else []
        if near:
            raise pytest.UsageError(f"no option is called {name}: did you mean {' or '.join(near)}?")


def _refuse_options_of_a_hidden_suite(parser: pytest.Parser, args: Sequence[str]) -> None:
    """Say why the options are unknown where the suite was named and something else has that name.

    Raises pytest.UsageError, as pytest itself would for options that it does not know.
    """
    known, unknown = parser.parse_known_and_unknown_args(args)
    if not unknown or not known.pyargs or not any(names_package(name) for name in known.file_or_dir):
        return
    place = hider_of(PACKAGE.name)
    if place is not None:
        raise pytest.UsageError(
            f"no option is called {' or '.join(unknown)}: with --pyargs {PACKAGE.name} means what is in {place}, "
            f"which hides the suite in {HOME}: {REMEDY}"
        )
