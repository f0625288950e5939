"""However a run ends, its exit code is no verdict unless there is one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.suite.conftest import Judge, RunSuite, environment, suite_command

ONE = ("--depth", "smoke", "--requirement", "SendEvent.Content.length-max")
NON_CONFORMANT, INTERRUPTED, USAGE, SUITE_ERROR = 1, 2, 4, 7
CRASHING_PLUGIN = """\
class Crash(Exception): ...

def {hook}():
    raise Crash
"""
HOOKS = (
    "pytest_load_initial_conftests",
    "pytest_configure",
    "pytest_runtest_protocol",
    "pytest_sessionfinish",
)
BROKEN_FIXTURE = """\
import pytest

@pytest.fixture(autouse=True)
def database():
    raise ConnectionError("no database")
"""
TIMEOUT_PLUGIN = """\
import pytest

@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call():
    pytest.fail("Timeout >0.1s")
"""


@pytest.mark.parametrize("hook", HOOKS)
def test_a_plugin_that_crashes_is_no_verdict(hook: str, run_suite: RunSuite, tmp_path: Path) -> None:
    (tmp_path / "crashing.py").write_text(CRASHING_PLUGIN.format(hook=hook))
    finished = run_suite(*ONE, "-p", "crashing")
    assert finished.code == SUITE_ERROR, finished.output
    assert "Crash" in finished.output
    assert "-p no:NAME" in finished.output or "\nincomplete" in finished.output


@pytest.mark.parametrize("plugin", [BROKEN_FIXTURE, TIMEOUT_PLUGIN], ids=["fixture", "time-out"])
def test_a_test_that_somebody_else_fails_is_an_error_and_no_violation(
    plugin: str, run_suite: RunSuite, tmp_path: Path
) -> None:
    (tmp_path / "failing.py").write_text(plugin)
    finished = run_suite(*ONE, "-p", "failing")
    assert finished.code == SUITE_ERROR, finished.output
    assert finished.verdicts()["SendEvent.Content.length-max"] == "error"


def test_a_file_that_cannot_be_collected_is_no_interruption(run_suite: RunSuite, tmp_path: Path) -> None:
    (tmp_path / "test_broken.py").write_text("import nothing_of_that_name\n")
    finished = run_suite(*ONE, str(tmp_path / "test_broken.py"))
    assert finished.code == USAGE
    assert "test_broken.py: ModuleNotFoundError: No module named 'nothing_of_that_name'" in finished.output
    assert "the run was interrupted" not in finished.output
    assert not (finished.directory / "compliance.json").exists()


@pytest.mark.parametrize("option", [("-x", "-n", "2"), ("--stepwise",)], ids=" ".join)
def test_an_option_that_stops_the_run_is_no_interruption(option: tuple[str, ...], judge: Judge) -> None:
    scope = ("--depth", "smoke", "--requirement", "StartChatContact.ParticipantDetails.*")
    finished = judge("too-lax", options=(*scope, *option))
    assert finished.code == NON_CONFORMANT, finished.output
    assert "interrupted" not in finished.output.lower()


@pytest.mark.slow
def test_a_reader_that_goes_away_ends_the_run_like_ctrl_c(tmp_path: Path) -> None:
    """As ``| head`` does. -v has pytest write a line for each test."""
    command = suite_command("-vv", "--depth", "smoke", "--requirement", "SendEvent.*", directory=tmp_path / "report")
    with subprocess.Popen(command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while "PASSED" not in process.stdout.readline():
            pass
        process.stdout.close()
    assert process.returncode == INTERRUPTED
    assert (tmp_path / "report" / "compliance.json").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("words", "whole"), [(("-vv",), False), ((), True)], ids=["for each test", "at the end"])
def test_output_to_a_full_disk_ends_the_run_with_one_sentence(
    tmp_path: Path, words: tuple[str, ...], *, whole: bool
) -> None:
    """The report directory is elsewhere, and is not blamed."""
    scope = ("--depth", "smoke", "--requirement", "DescribeView.ViewToken.*")
    command = suite_command(*words, *scope, directory=tmp_path / "report")
    with Path("/dev/full").open("w") as device:
        done = subprocess.run(
            command, cwd=tmp_path, env=environment(), stdout=device, stderr=subprocess.PIPE, text=True, check=False
        )
    sentence = "ERROR: the output cannot be written (No space left on device): free some room"
    reports = f"; the reports are in {tmp_path / 'report'}" if whole else ""
    assert (done.returncode, done.stderr.strip()) == (USAGE, f"{sentence}{reports}")
    assert (tmp_path / "report" / "compliance.json").exists() is whole
