"""What is outside of a run's scope is not even made an item: making and dropping it was a fifth of a narrow run.

Where single tests are named, all are made, so that one outside of the scope is known by its name.
"""

from __future__ import annotations

from collections.abc import Collection

import pytest

from conformance.contract.catalogue import catalogue
from conformance.session.declared_claims import cases_of, claims_in
from conformance.session.state import SCOPE
from connect_conformance_pytest.activation import PACKAGE


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Collector, name: str, obj: object) -> list[pytest.Item] | None:
    """No item where no case of a test claims anything in scope."""
    scope = _scope_of(collector.config)
    if scope is None or not name.startswith("test") or not collector.path.is_relative_to(PACKAGE):
        return None
    marks = getattr(obj, "pytestmark", ())
    return None if any(_may_matter(claims, scope) for claims in cases_of(marks)) else []


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Of cases that have names and claims of their own, those that claim something in scope."""
    scope, marks = _scope_of(metafunc.config), metafunc.definition.own_markers
    tables = [mark for mark in marks if mark.name == "parametrize"]
    if scope is None or len(tables) != 1 or not metafunc.definition.path.is_relative_to(PACKAGE):
        return
    (table,), own = tables, claims_in(marks)
    names, cases = table.args
    if own or not all(getattr(case, "id", None) for case in cases):
        return
    chosen = [case for case in cases if _may_matter(claims_in(case.marks), scope)]
    marks[marks.index(table)] = pytest.mark.parametrize(names, chosen, **table.kwargs).mark


def _scope_of(config: pytest.Config) -> frozenset[str] | None:
    """The requirements that the run is narrowed to; None where all tests are to be made items."""
    scope = config.stash.get(SCOPE, None)
    if scope is None or len(scope) == len(catalogue()) or any("::" in str(argument) for argument in config.args):
        return None
    return scope


def _may_matter(claims: Collection[str], scope: frozenset[str]) -> bool:
    """Whether a test that claims this is looked at: for its claims, or because one of them does not exist."""
    return not scope.isdisjoint(claims) or not catalogue().keys() >= set(claims)
