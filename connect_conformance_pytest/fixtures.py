"""Fixtures for the tests of other projects. Each loads the suite only when a test asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from connect_conformance_pytest.activation import HOME, PACKAGE, hider_of


def _api() -> Any:
    """The public interface. Fails the test that asks where something else has the name of the suite's package."""
    place = hider_of(PACKAGE.name)
    if place is not None:
        pytest.fail(f"the package {PACKAGE.name} of {place} hides that of the suite in {HOME}", pytrace=False)
    return import_module("conformance.api")


@pytest.fixture(scope="session")
def _served_reference() -> Iterator[Any]:
    with _api().served_reference() as endpoint:
        yield endpoint


@pytest.fixture
def connect_endpoint(request: pytest.FixtureRequest) -> Any:
    """The reference endpoint on a port of this machine, fresh for each test: url, ids, client_options, advance()."""
    endpoint = request.getfixturevalue("_served_reference")
    endpoint.reset()
    return endpoint


@pytest.fixture
def connect_judge(tmp_path: Path) -> Callable[..., Any]:
    """The function judge of conformance.api, with its reports in the test's tmp_path / "conformance"."""
    return partial(_api().judge, report_dir=tmp_path / "conformance")
