"""The script of a violation, before the endpoint that is broken and before one that is mended."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.suite.conftest import RunSuite
from tests.suite.served import serving

LOST = "GetTranscript.Transcript.holds-what-was-sent"


def test_a_lost_message_is_one_cause_with_a_script_that_judges(run_suite: RunSuite, tmp_path: Path) -> None:
    with serving("loses-messages") as (broken, ids), serving() as (mended, _):
        asked = ("--depth", "smoke", "--poll-seconds", "1", "--requirement", LOST)
        report = run_suite("--target", broken, *ids, *asked).report
        assert [cause["requirement"] for cause in report["causes"]] == [LOST]
        (violation,) = (entry["violation"] for entry in report["requirements"] if entry["id"] == LOST)
        assert "the message " in violation["actual"]
        assert len(violation["exchanges"]) <= 10
        (script := tmp_path / "script.py").write_text(violation["python"])
        ends = [_run_script(script, endpoint) for endpoint in (broken, mended)]
    assert [end.returncode for end in ends] == [1, 0], [end.stderr for end in ends]


def _run_script(script: Path, url: str) -> subprocess.CompletedProcess[str]:
    command, variables = [sys.executable, str(script)], {"ENDPOINT": url, "PATH": ""}
    return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60, check=False)
