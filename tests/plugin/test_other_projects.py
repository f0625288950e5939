"""Where the suite is installed, a pytest run about something else is as it was before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from connect_conformance_pytest.activation import PARTS
from tests.plugin.conftest import PLUGIN, ROOT, Environment

pytestmark = pytest.mark.slow

CPU_SECONDS = 0.05  # what the plugin may cost
IMPORTED = (
    "def test_nothing_is_imported():\n    import sys\n    assert not {'conformance', 'botocore'} & {*sys.modules}\n"
)
OWN_MODULE = "NAME = 'own'\n\ndef f(x):\n    assert x == 1\n"
OWN_TESTS = """\
import pytest
import conformance.own, reports.own, strategies.own

@pytest.mark.parametrize("module", [conformance.own, reports.own, strategies.own])
def test_names(module, request):
    assert module.NAME == "own"
    assert request.config.getoption("target") == "moon"
    assert not hasattr(request.config.option, "conformance_target")
    with pytest.raises(AssertionError) as raised:
        module.f(2)
    assert str(raised.value) == ""  # pytest rewrites assertions in tests and in plugins only
"""
OWN_OPTIONS = """\
def pytest_addoption(parser):
    for name in ("--target", "--header", "--depth", "--report-dir", "--rate"):
        parser.addoption(name, default="moon")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with packages called like the suite's parts, and with options called like its options."""
    for part in PARTS:
        (tmp_path / part).mkdir()
        (tmp_path / part / "own.py").write_text(OWN_MODULE)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_own.py").write_text(OWN_TESTS)
    (tmp_path / "conftest.py").write_text(OWN_OPTIONS)
    return tmp_path


def make_packages(project: Path, *parts: str) -> None:
    for part in parts:
        (project / part / "__init__.py").write_text("")


def test_nothing_of_the_suite_is_imported(environment: Environment, tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text(IMPORTED)
    done = environment.pytest(directory=tmp_path)
    assert "1 passed" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize("parts", [PARTS, ("reports",), ()], ids=["packages", "one package", "folders"])
def test_a_project_keeps_its_packages_assertions_and_options(
    environment: Environment, project: Path, parts: tuple[str, ...]
) -> None:
    make_packages(project, *parts)
    done = environment.pytest("--target", "moon", directory=project)
    assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_a_project_may_call_its_own_tests_by_the_suites_name(environment: Environment, project: Path) -> None:
    make_packages(project, *PARTS)
    (project / "conformance" / "test_mine.py").write_text("def test_it(): pass\n")
    done = environment.pytest("--pyargs", "conformance", "--target", "moon", directory=project)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_a_project_that_holds_the_clone_is_not_about_it(tmp_path: Path) -> None:
    """An editable clone inside of a project, which its own settings leave out."""
    (tmp_path / "vendor").mkdir()
    for part in (*PARTS, PLUGIN):
        (tmp_path / "vendor" / part).symlink_to(ROOT / part)
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = tests\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_own.py").write_text(IMPORTED)
    (tmp_path / "conftest.py").write_text(OWN_OPTIONS)
    done = Environment(tmp_path / "vendor").pytest("-p", "conformance.plugin", "--target", "moon", directory=tmp_path)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_the_plugin_costs_next_to_nothing() -> None:
    measured = f"import time, pytest; a = time.process_time(); import {PLUGIN}; print(time.process_time() - a)"
    spent = [subprocess.check_output([sys.executable, "-c", measured], cwd=ROOT, text=True) for _ in range(3)]
    assert min(map(float, spent)) < CPU_SECONDS
