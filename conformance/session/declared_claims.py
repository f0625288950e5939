"""What the tests of the suite claim, as their modules declare it, whether pytest has made items of them or not."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from typing import Any

from connect_conformance_pytest.activation import PACKAGE


@cache
def declared_claims() -> tuple[frozenset[str], ...]:
    """What each test of the suite claims, whether pytest has collected it or not, as its module declares it."""
    files = sorted(PACKAGE.rglob("test_*.py"))
    names = [".".join((PACKAGE.name, *file.relative_to(PACKAGE).with_suffix("").parts)) for file in files]
    return tuple(claims for name in names for claims in _claims_of(importlib.import_module(name)))


def _claims_of(module: Any) -> Iterator[frozenset[str]]:
    for name, function in vars(module).items():
        if name.startswith("test_") and callable(function):
            yield from cases_of(getattr(function, "pytestmark", ()))


def cases_of(marks: Iterable[Any]) -> Iterator[frozenset[str]]:
    """The claims of each case of a test with these `marks`: its own, and those of its parameters."""
    own = claims_in(marks)
    tables = [mark.args[1] for mark in marks if mark.name == "parametrize"]
    for values in product(*tables):
        yield own.union(*(claims_in(getattr(value, "marks", ())) for value in values))


def claims_in(marks: Iterable[Any]) -> frozenset[str]:
    """The ids that marks `verifies` name."""
    found = (getattr(mark, "mark", mark) for mark in marks)
    return frozenset(rid for mark in found if mark.name == "verifies" for rid in mark.args)
