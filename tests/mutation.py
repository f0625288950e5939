"""A pytest plugin of mutation runs, loaded by ``[tool.mutmut]`` in pyproject.toml.

What an earlier test left in a cache keeps a changed function from running at all. So the caches are emptied: before
each test of the contract, whose catalogue is cached, while mutmut notes which test calls which function; else once.
"""

from __future__ import annotations

import os
import sys

import pytest

NOTING = "stats"  # what mutmut writes into its variable while it notes the calls


def pytest_sessionstart() -> None:
    _forget()


def pytest_runtest_setup(item: pytest.Item) -> None:
    if os.environ.get("MUTANT_UNDER_TEST") == NOTING and "contract" in item.path.parts:
        _forget()


def _forget() -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith("conformance."):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
