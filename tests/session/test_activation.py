"""Which pytest runs the suite takes part in."""

from __future__ import annotations

from pathlib import Path

import pytest

from connect_conformance_pytest import activation
from connect_conformance_pytest.activation import names_suite

CLONE = Path("/clone")
ENVIRONMENT = Path("/project/.venv/lib/python3.11/site-packages")


@pytest.fixture
def clone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activation, "PACKAGE", CLONE / "conformance")
    monkeypatch.setattr(activation, "hider_of", lambda _: None)


@pytest.fixture
def installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activation, "PACKAGE", ENVIRONMENT / "conformance")
    monkeypatch.setattr(activation, "hider_of", lambda _: None)


@pytest.mark.usefixtures("clone")
@pytest.mark.parametrize(
    ("directory", "argument"),
    [
        (CLONE, "."),
        (CLONE, "conformance"),
        (CLONE, "conformance/protocol/test_limits.py::test_it[SendEvent.Content.length-max]"),
        (CLONE / "conformance", "protocol"),
        (CLONE.parent, "clone"),
    ],
)
def test_a_path_that_leads_to_the_package_means_the_suite(directory: Path, argument: str) -> None:
    assert names_suite([argument], directory, by_module=False)


@pytest.mark.usefixtures("clone")
@pytest.mark.parametrize(("directory", "argument"), [(CLONE, "tests"), (CLONE, "conformance2"), (Path("/other"), ".")])
def test_another_path_does_not(directory: Path, argument: str) -> None:
    assert not names_suite([argument], directory, by_module=False)


@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize("argument", ["conformance", "conformance.protocol", "conformance.protocol.test_limits::test"])
def test_a_module_means_the_suite_where_modules_are_named(argument: str) -> None:
    assert names_suite([argument], Path("/empty"), by_module=True)


@pytest.mark.usefixtures("installation")
def test_a_module_that_is_somebody_elses_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activation, "hider_of", lambda _: "/project")
    assert not names_suite(["conformance"], Path("/project"), by_module=True)


@pytest.mark.usefixtures("installation")
def test_a_folder_of_the_same_name_in_another_project_is_not_the_suite() -> None:
    assert not names_suite(["conformance"], Path("/project"), by_module=False)


@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize("argument", [".", ".venv", "/"])
def test_a_project_whose_environment_holds_the_package_is_not_about_it(argument: str) -> None:
    assert not names_suite([argument], Path("/project"), by_module=False)


@pytest.mark.usefixtures("installation")
def test_a_path_into_the_installed_package_means_the_suite() -> None:
    assert names_suite([str(ENVIRONMENT / "conformance" / "protocol")], Path("/empty"), by_module=False)
