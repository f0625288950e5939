"""The kill matrix as a command that is stopped: what had been judged is written, and said to be a part."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from conformance.power import command
from conformance.power.bench import Findings, Trial
from conformance.power.judgement import flaws
from conformance.power.plan import Plan, plan
from conformance.results.verdicts import ExitCode

SCHEMA = json.loads(resources.files("reports").joinpath("power.schema.json").read_text())
JUDGED = Findings({}, (), requests=1, seconds=0.1)


def measure(chosen: Plan, directory: Path) -> Any:
    command.measure(chosen, directory, 1, lambda _: None)
    written = json.loads((directory / "power.json").read_text())
    Draft202012Validator(SCHEMA).validate(written)
    return written


def stop_after(count: int) -> Any:
    """What stands in for the processes: they judge `count` trials, then somebody presses Ctrl-C."""

    def judge_all(trials: Sequence[Trial], jobs: int) -> Iterator[tuple[Trial, Findings]]:  # noqa: ARG001 - its form
        yield from ((trial, JUDGED) for trial in trials[:count])
        raise KeyboardInterrupt

    return judge_all


@pytest.mark.parametrize(("count", "variants", "faults"), [(0, 0, 0), (1, 1, 0), (2, 2, 0), (4, 2, 2)])
def test_what_was_judged_before_ctrl_c_is_written(
    count: int, variants: int, faults: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "judge_all", stop_after(count))
    document = measure(plan(["slow", "chunked", "loses-each-*"]), tmp_path)
    assert not document["finished"]
    assert (len(document["variants"]), len(document["faults"])) == (variants, faults)
    assert flaws(document)[0].startswith("stopped before its end: ")
    assert "Not finished" in (tmp_path / "power.html").read_text()


def test_what_is_known_is_written_as_it_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed writes nothing any more."""

    def die(trials: Sequence[Trial], jobs: int) -> Iterator[tuple[Trial, Findings]]:  # noqa: ARG001 - its form
        yield from ((trial, JUDGED) for trial in trials)
        raise MemoryError

    monkeypatch.setattr(command, "judge_all", die)
    monkeypatch.setattr(command, "SAVED", -1.0)
    with pytest.raises(MemoryError):
        measure(plan(["slow"]), tmp_path)
    document = json.loads((tmp_path / "power.json").read_text())
    assert (document["finished"], [variant["names"] for variant in document["variants"]]) == (False, [["slow"]])


@pytest.mark.slow
def test_ctrl_c_in_a_terminal_ends_all_processes_and_shows_no_traceback(tmp_path: Path) -> None:
    """A terminal sends it to the command and to its processes alike."""
    cli = [sys.executable, "-c", "from conformance.commands.cli import main; main()"]
    options = ["power", "--claims-only", "--only", "SendEvent.*", "--jobs", "2", "--report-dir", str(tmp_path)]
    running = subprocess.Popen([*cli, *options], stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert running.stderr is not None
    assert running.stderr.readline() == f"{command.PROGRESS} trials done\n"
    os.killpg(running.pid, signal.SIGINT)
    _, printed = running.communicate(timeout=30)
    assert running.returncode == ExitCode.INTERRUPTED
    assert "Traceback" not in printed
    document = json.loads((tmp_path / "power.json").read_text())
    assert not document["finished"]
    assert command.PROGRESS // 2 < len(document["faults"]) < document["planned"]["faults"]
