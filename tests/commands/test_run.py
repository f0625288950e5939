"""`connect-conformance run` judges the same anywhere: nothing of the directory or the environment reaches it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.results.verdicts import ExitCode
from tests.suite.conftest import Finished, environment

pytestmark = pytest.mark.slow

PROGRAM = "import sys; sys.argv[0] = 'connect-conformance'; from conformance.commands.cli import main; main()"
SCOPE = ("--depth", "smoke", "--requirement", "SendEvent.Content.length-max")
RAISES = "raise RuntimeError('this file was read')\n"


def call(*arguments: str, directory: Path, **variables: str) -> Finished:
    """The command, called in `directory`."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM, "run", *arguments],
        cwd=directory,
        env={**environment(), **variables},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    return Finished(done.returncode, done.stdout + done.stderr, directory / "connect-conformance-report")


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A directory whose every file would stop or change a run that read it."""
    for name in ("conftest", "json", "struct", "regex", "sitecustomize", "test_own"):
        (tmp_path / f"{name}.py").write_text(RAISES)
    for name in ("reports", "strategies", "conformance"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(RAISES)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --nope\n")
    (tmp_path / "tox.ini").write_text("[pytest]\naddopts = --nope\n")
    (tmp_path / "setup.cfg").write_text("[tool:pytest]\naddopts = --nope\n")
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = ['--nope']\n")
    return tmp_path


def test_nothing_of_a_hostile_directory_or_environment_is_read(hostile: Path) -> None:
    """Spread over processes, each of which is started there too; twice, so that the report directory is there."""
    before = {path.name for path in hostile.iterdir()}
    variables = {"PYTEST_ADDOPTS": "--nope", "PYTEST_PLUGINS": "nope", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    for processes in (("-n", "2"), ()):
        finished = call(*SCOPE, *processes, "--progress", "json", directory=hostile, **variables)
        assert finished.code == ExitCode.CONFORMANT, finished.output
        assert "conformant within SendEvent.Content.length-max (1 of 1 musts" in finished.output
        events = [json.loads(line)["event"] for line in finished.output.splitlines() if line.startswith("{")]
        assert list(dict.fromkeys(events)) == ["start", "test", "requirement", "end"]
        assert finished.directory.joinpath(".gitignore").read_text() == "*\n"
        assert {path.name for path in hostile.iterdir()} == {*before, "connect-conformance-report"}
    assert finished.directory.joinpath("previous", "compliance.json").exists()
    report = finished.report
    seed = report["seed"]
    given = "--depth smoke --requirement SendEvent.Content.length-max --progress json"
    assert report["environment"]["command"] == f"connect-conformance run {given} --seed={seed}"


def test_a_directory_on_the_path_of_python_is_left_out(tmp_path: Path) -> None:
    """PYTHONPATH=. is usual, and names what is there from anywhere that it is called."""
    (tmp_path / "regex.py").write_text(RAISES)
    known = environment()["PYTHONPATH"]
    finished = call(*SCOPE, "--target", "nonsense", directory=tmp_path, PYTHONPATH=f"{known}:.")
    assert finished.code == ExitCode.USAGE
    assert "--target 'nonsense' is no address" in finished.output
    assert "this file was read" not in finished.output
    assert list(tmp_path.iterdir()) == [tmp_path / "regex.py"]
    assert "html report" not in finished.output  # none was made
