"""Options whose value is a path that exists: pytest keeps its root, and what was asked for is what is run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from connect_conformance_pytest.command_line import join_values
from tests.plugin.conftest import ROOT, Environment

pytestmark = pytest.mark.slow

USAGE = 4


def call(*arguments: str, variables: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """List the tests of a run that is called in the clone."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "conformance.plugin", "--collect-only", "-q", *arguments],
        cwd=ROOT,
        env={**kept, **(variables or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def folders_in(done: subprocess.CompletedProcess[str]) -> set[str]:
    """The folders of the tests that are listed."""
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr
    return {str(Path(line.split("::")[0]).parent) for line in done.stdout.splitlines() if "::" in line}


SUITE = {"conformance/journeys", "conformance/operations", "conformance/protocol"}


def test_paths_elsewhere_lead_pytest_nowhere(tmp_path: Path) -> None:
    """With its own settings and conftest beside them, and more than one of them."""
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (tmp_path / "conftest.py").write_text("raise RuntimeError('read')\n")
    for name in ("deviations.toml", "ca.pem", "move-clock"):
        (tmp_path / name).write_text("")
    given = (
        *("--report-dir", str(tmp_path), "--deviations", str(tmp_path / "deviations.toml")),
        *("--ca-bundle", str(tmp_path / "ca.pem"), "--advance-clock", str(tmp_path / "move-clock")),
    )
    assert folders_in(call(*given)) == SUITE


def test_a_path_in_the_environment_leads_pytest_nowhere(tmp_path: Path) -> None:
    assert folders_in(call(variables={"PYTEST_ADDOPTS": f"--report-dir {tmp_path}"})) == SUITE


def test_what_is_listed_is_what_would_run() -> None:
    """Nothing but tests of what was asked for, and none for a glob that matches nothing."""
    done = call("--requirement", "SendEvent.Content.length-max")
    tests = [line for line in done.stdout.splitlines() if "::" in line]
    assert tests != []
    assert all("SendEvent" in test or "send_event" in test for test in tests)
    wrong = call("--requirement", "SendEvnt.*")
    assert (wrong.returncode, "::" in wrong.stdout) == (USAGE, False)
    assert "--requirement" in wrong.stderr


def test_where_pytest_is_called_by_a_program_the_words_to_write_are_named(tmp_path: Path) -> None:
    program = (
        f"import pytest; raise SystemExit(pytest.main(['-p', 'conformance.plugin', '--report-dir', '{tmp_path}']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == USAGE
    assert f"--report-dir={tmp_path}" in done.stderr


@pytest.mark.parametrize("through", ["settings", "environment"])
def test_added_options_are_understood(through: str, environment: Environment, tmp_path: Path) -> None:
    added = "--pyargs conformance --requirement Nothing.like.it"
    if through == "settings":
        (tmp_path / "pytest.ini").write_text(f"[pytest]\naddopts = {added}\n")
        done = environment.pytest(directory=tmp_path)
    else:
        done = environment.pytest(directory=tmp_path, PYTEST_ADDOPTS=added)
    assert done.returncode == USAGE
    assert "--requirement: no requirement matches 'Nothing.like.it'" in done.stderr


def test_the_suites_own_tests_are_run_only_where_they_are_named() -> None:
    """Not where a setting is lost that says which folder holds the suite."""
    assert folders_in(call(".")) == SUITE
    assert "tests/contract" in folders_in(call("conformance/protocol", "tests/contract/test_wire.py"))


@pytest.mark.parametrize(
    ("words", "joined"),
    [
        (["--report-dir", "here"], ["--report-dir=here"]),
        (["--report-dir", "here", "--deviations", "here"], ["--report-dir=here", "--deviations=here"]),
        (["--report-dir", "gone"], ["--report-dir", "gone"]),
        (["--report-dir=here", "here"], ["--report-dir=here", "here"]),
        (["--allow-incomplete", "here"], ["--allow-incomplete", "here"]),
        (["--rootdir", "here"], ["--rootdir", "here"]),
        (["-k", "here"], ["-k", "here"]),
        (["--report-dir", "--region", "here"], ["--report-dir", "--region=here"]),
    ],
)
def test_only_values_that_exist_are_joined(
    words: list[str], joined: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path)
    assert join_values(words, lambda option, _: option != "--allow-incomplete") == joined


@pytest.mark.parametrize(
    ("arguments", "suggestion"),
    [
        (("--depth", "smok"), "--depth 'smok' cannot be used: did you mean smoke?"),
        (("--level=x",), "--level 'x' cannot be used: choose from must, should, record"),
        (("--target", "refrence"), "--target 'refrence' is no address: did you mean reference?"),
        (("--contact-flowid", "x"), "no option is called --contact-flowid: did you mean --contact-flow-id"),
    ],
)
def test_a_mistyped_option_or_word_is_answered_with_the_one_that_was_meant(
    arguments: tuple[str, ...], suggestion: str
) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "conformance.plugin", *arguments, "conformance/protocol"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, suggestion in done.stderr) == (USAGE, True), done.stderr
