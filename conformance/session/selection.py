"""Which of the suite's tests a run was narrowed to, by whatever option or plugin, and what that leaves of its scope.

The tests that remain are compared with the tests that the suite's modules declare. So nothing has to be known of
the option that left tests out: only its name is looked up, for the reader.
"""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from conformance.scenario.markers import claims_of
from conformance.session.declared_claims import declared_claims
from connect_conformance_pytest.activation import PACKAGE, names_suite

SOME_TESTS = "some of the tests"  # where no known option says which


@dataclass(frozen=True, slots=True)
class Selection:
    """The tests that a run is to make. `all_tests` of the suite claim something in its scope, `tests` were selected.

    `stops_after` is the number of failed tests after which the run is to stop, 0 for never. Where tests were left out,
    `places` are the paths, modules or test ids that were named, `options` what else narrowed the run, as on the command
    line, `claimed` the requirements of the selected tests, and `partly` those that tests left out claim too.
    """

    tests: int
    all_tests: int
    places: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    stops_after: int = 0
    claimed: tuple[str, ...] = ()
    partly: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """The selection as JSON knows it, for the ledger's header."""
        narrowed_by = [*self.places, *self.options]
        if self.tests < self.all_tests and not narrowed_by:
            narrowed_by = [SOME_TESTS]
        return {**asdict(self), "narrowed_by": narrowed_by}


def selection_of(config: Any, items: Iterable[Any], scope: frozenset[str]) -> Selection:
    """What is selected where pytest, configured as `config`, is to run `items` for the requirements in `scope`."""
    chosen = [frozenset(claims_of(item)) for item in items if item.path.is_relative_to(PACKAGE)]
    there = [claims for claims in declared_claims() if claims & scope]
    of_chosen, of_all = _count_claims(chosen, scope), _count_claims(there, scope)
    stops_after = int(vars(config.option).get("maxfail") or 0)
    if len(chosen) >= len(there) and of_chosen.keys() == of_all.keys():
        return Selection(len(chosen), len(there), stops_after=stops_after)
    return Selection(
        tests=len(chosen),
        all_tests=len(there),
        places=_places(config),
        options=tuple(_options(config)),
        stops_after=stops_after,
        claimed=tuple(of_chosen),
        partly=tuple(rid for rid, number in of_chosen.items() if number < of_all[rid]),
    )


def explain_empty_selection(config: Any) -> str:
    """The sentence for a user who selected no test."""
    given = [*_places(config), *_options(config)]
    return f"nothing was judged: {' '.join(given) or 'another plugin'} leaves no test of the suite; select some"


def _count_claims(tests: Iterable[frozenset[str]], scope: frozenset[str]) -> Counter[str]:
    """How many of `tests` claim each requirement in `scope`, in the order of the ids."""
    return Counter(sorted(rid for claims in tests for rid in claims & scope))


def _places(config: Any) -> tuple[str, ...]:
    """What was named of the suite; empty where all of it was."""
    directory, by_module = Path(config.invocation_params.dir), config.option.pyargs
    names = [str(name) for name in config.args if names_suite([str(name)], directory, by_module=by_module)]
    if any(_is_whole_suite(name, directory, by_module=by_module) for name in names):
        return ()
    return tuple(f"{'--pyargs ' if by_module else ''}{shlex.quote(name)}" for name in names)


def _is_whole_suite(name: str, directory: Path, *, by_module: bool) -> bool:
    """Whether `name`, one that means the suite, means all of it."""
    if by_module and name == PACKAGE.name:
        return True
    path = Path(os.path.abspath(directory / name))  # noqa: PTH100 - links stay as given
    return "::" not in name and PACKAGE.is_relative_to(path)


# pytest's options that leave tests out, by the names of their values. Others may come from plugins.
_WITH_TEXT = {"keyword": "-k", "markexpr": "-m"}
_WITH_LIST = {"deselect": "--deselect", "ignore": "--ignore", "ignore_glob": "--ignore-glob"}
_WITHOUT_VALUE = {"lf": "--lf", "stepwise": "--stepwise"}


def _options(config: Any) -> Iterator[str]:
    """The options that narrow a run, as on the command line."""
    given = vars(config.option)
    for name, option in _WITH_TEXT.items():
        if given.get(name):
            yield f"{option} {shlex.quote(given[name])}"
    for name, option in _WITH_LIST.items():
        for value in given.get(name) or ():
            yield f"{option} {shlex.quote(str(value))}"
    yield from (option for name, option in _WITHOUT_VALUE.items() if given.get(name))
