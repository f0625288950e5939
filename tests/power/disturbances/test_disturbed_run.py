"""Whole runs under a disturbance, made as the command makes them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.commands.cli import main
from conformance.contract.wire import Response
from conformance.power.disturbances import command, plan
from conformance.power.disturbances.disturbance import Disturbance, Expected, Line, Machine
from conformance.power.disturbances.disturbed_run import DisturbedRun
from conformance.reference.faults import find

pytestmark = pytest.mark.slow

FAULT = find("SendEvent.Content.length-max.too-lax")
LOOKED_AT = ("SendEvent.Content.length-max",)
# A gateway that does what no disturbance may: it answers in the endpoint's place, always.
TEAPOT = Disturbance("teapot", "It answers all.", Line(instead=lambda _: Response(418)))
SWAMPED = Disturbance(
    "swamped",
    "Python ends at its start.",
    Machine({"PYTHONPATH": "{start}/site"}, {"site/sitecustomize.py": "import os\nos._exit(3)\n"}),
    Expected(),
)


def test_what_is_a_false_alarm_or_a_crash_is_told_and_a_fault_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One run each: before the reference with nothing wrong, before a fault, behind an impossible gateway, crashed."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k nothing_that_there_is")
    runs = [
        DisturbedRun(Disturbance("plain", "Nothing.", Line()), scope=LOOKED_AT),
        DisturbedRun(Disturbance("plain", "Nothing.", Line()), FAULT, LOOKED_AT),
        DisturbedRun(TEAPOT, scope=LOOKED_AT),
        DisturbedRun(SWAMPED, scope=LOOKED_AT),
    ]
    measured = command.measure(runs, tmp_path, 2, lambda _: None)
    plain, teapot, swamped = measured["disturbances"]
    assert [run["exit_code"] for run in plain["runs"]] == [0, 1]
    assert not any(run["false_alarms"] or run["lost"] or run["troubles"] for run in plain["runs"])
    assert teapot["runs"][0]["troubles"]
    assert "exit code 3" in swamped["runs"][0]["troubles"][0]
    assert json.loads((tmp_path / "power.json").read_text())["totals"]["disturbances"]["runs"] == 4


def test_the_command_tells_of_one_disturbance_before_the_reference_on_its_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "QUICK_SCOPE", LOOKED_AT)
    monkeypatch.setattr(plan, "FAULTS", ())
    options = ["--disturbances=quick", "--only", "c-locale", "--report-dir", str(tmp_path)]
    done = CliRunner().invoke(main, ["power", *options])
    assert done.exit_code == 0, done.output
    assert "1 of 1 runs under 1 disturbances: 0 false alarms, 0 faults lost, 0 runs in trouble" in done.output
