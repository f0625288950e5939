"""A plan is true: what it says a run will send is what the run sends."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from conformance.session.planning import plan_before
from conformance.session.state import DIRECTORY
from tests.suite.conftest import IDS, RunSuite

ABSENT = "http://127.0.0.1:1"  # nothing listens there, and nothing is sent there
SCOPE = ("--depth", "smoke", "--level", "must", "--requirement", "StopContact.*")


def test_a_run_sends_what_its_plan_says(run_suite: RunSuite, tmp_path: Path) -> None:
    words = ("--pyargs", "conformance", "-q", "--target", ABSENT, *IDS, *SCOPE)
    place = SimpleNamespace(work=tmp_path / "work")
    config = SimpleNamespace(stash={DIRECTORY: place}, invocation_params=SimpleNamespace(args=words))
    plan = plan_before(cast("pytest.Config", config))
    finished = run_suite(*SCOPE)
    assert plan["requests"] == pytest.approx(finished.report["requests"]["total"], rel=0.1)
    assert plan["contacts"] == pytest.approx(finished.report["contacts"]["opened"], rel=0.1)
    assert plan["by_operation"].keys() <= finished.report["requests"]["by_operation"].keys()
    assert finished.report["scope"]["narrowed_by"] == ["--level must"]
    assert {known["level"] for known in finished.report["requirements"]} == {"must"}
    assert finished.report["verdict"] == "conformant"
