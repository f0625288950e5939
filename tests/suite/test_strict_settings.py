"""A verdict does not depend on how strictly somebody's settings treat tests, warnings and time."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from conformance.results.verdicts import ExitCode
from conformance.session.reference_process import start_reference
from tests.suite.conftest import RUN_SECONDS, Finished, RunSuite, environment, suite_command

ONE = ("--depth", "smoke", "--requirement", "SendEvent.Content.length-max")
LONGEST = "StartChatContact.Attributes.value.length-max"
# A plugin that warns wherever it can, as plugins do when they are used in a way that will change.
WARNING_PLUGIN = """\
import warnings
from hypothesis.errors import HypothesisWarning

def pytest_configure(): warnings.warn("configure", DeprecationWarning)
def pytest_sessionstart(): warnings.warn("start", UserWarning)
def pytest_collection_modifyitems(): warnings.warn("collection", UserWarning)
def pytest_runtest_setup(): warnings.warn("setup", HypothesisWarning)
def pytest_runtest_call(): warnings.warn("call", ResourceWarning)
def pytest_sessionfinish(): warnings.warn("finish", UserWarning)
def pytest_unconfigure(): warnings.warn("end", UserWarning)
"""
# Of a project that treats its own tests strictly, finds them under other names, and needs a database for each.
SETTINGS = """\
[pytest]
addopts = --doctest-modules --strict-markers
faulthandler_exit_on_timeout = true
faulthandler_timeout = 0.001
filterwarnings = error
python_classes = Check
python_files = check_*.py
python_functions = check
strict = true
usefixtures = database
"""


def judged_one(finished: Finished) -> bool:
    """Whether the run judged the one must that was asked for."""
    return finished.code == 0 and "conformant within SendEvent.Content.length-max (1 of 1 musts" in finished.output


def test_a_projects_settings_are_not_the_suites(run_suite: RunSuite, tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(SETTINGS)
    finished = run_suite(*ONE)
    assert judged_one(finished), finished.output


def test_no_warning_of_anybody_ends_a_run(run_suite: RunSuite, tmp_path: Path) -> None:
    (tmp_path / "warning_plugin.py").write_text(WARNING_PLUGIN)
    finished = run_suite(*ONE, "-p", "warning_plugin", "-W", "error", variables={"PYTHONWARNINGS": "error"})
    assert judged_one(finished), finished.output


def test_a_run_without_docstrings_and_assertions_judges_as_any_other(run_suite: RunSuite) -> None:
    finished = run_suite(*ONE, variables={"PYTHONOPTIMIZE": "2"})
    assert judged_one(finished), finished.output


def test_a_value_that_is_too_long_to_be_shown_is_judged(run_suite: RunSuite) -> None:
    """Hypothesis warns about values of more than 32 kB as soon as examples are drawn."""
    reference = start_reference()
    try:
        reference.reconfigure([f"{LONGEST}.too-lax"])
        ids = ("--instance-id", reference.facts["instance_id"], "--contact-flow-id", reference.facts["contact_flow_id"])
        finished = run_suite("--target", reference.facts["url"], *ids, "--requirement", LONGEST)
    finally:
        reference.stop()
    assert finished.code == 1
    assert finished.verdicts()[LONGEST] == "fail"


@pytest.mark.slow
@pytest.mark.parametrize("part", ["terminal", "python"])
def test_a_part_of_pytest_that_is_missing_is_named(part: str, tmp_path: Path) -> None:
    words = [word for word in suite_command("-p", f"no:{part}", directory=tmp_path / "report") if word != "-q"]
    done = subprocess.run(
        words, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=RUN_SECONDS, check=False
    )
    assert done.returncode == ExitCode.USAGE
    assert f"-p no:{part}" in done.stderr


@pytest.mark.slow
def test_a_plugin_that_another_one_needs_is_not_left_out(run_suite: RunSuite) -> None:
    finished = run_suite("-p", "no:metadata", *ONE)
    said = "ERROR: pytest-html needs what -p no:metadata takes away: leave that out, or add -p no:html"
    assert (finished.code, finished.output.strip()) == (ExitCode.USAGE, said)
