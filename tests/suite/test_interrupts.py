"""Ctrl-C: what was seen is reported, and what was started is stopped."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from conformance.results.verdicts import ExitCode
from tests.suite.conftest import environment, suite_command


@pytest.mark.slow
def test_an_interrupted_run_reports_what_it_saw(tmp_path: Path) -> None:
    directory = tmp_path / "report"
    command = suite_command(directory=directory)
    run = subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    _wait_for_tests(directory / "ledger.jsonl", 40)
    run.send_signal(signal.SIGINT)
    output, _ = run.communicate(timeout=60)
    report = json.loads((directory / "compliance.json").read_text())
    assert run.returncode == ExitCode.INTERRUPTED, output
    assert "!!!" not in output
    assert report["interrupted"] is True
    assert report["verdict"] == "incomplete"
    assert report["contacts"]["leaked"] == 0
    assert report["contacts"]["opened"] == report["contacts"]["closed"] > 0
    assert any(r["verdict"] == "pass" for r in report["requirements"])


def _wait_for_tests(ledger: Path, number: int) -> None:
    """Wait until the ledger tells of that many ended tests."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if ledger.exists() and ledger.read_text().count('"entry": "test"') >= number:
            return
        time.sleep(0.05)
    raise TimeoutError(f"{ledger} did not tell of {number} tests")
