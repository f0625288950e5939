"""The script of a violation, before the endpoint that is broken and before one that is mended."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.source_tree import ROOT
from tests.suite.conftest import RunSuite, environment

LOST = "GetTranscript.Transcript.holds-what-was-sent"


@contextmanager
def served(*fault: str) -> Iterator[dict[str, Any]]:
    """The reference with a fault or without, by what its process says of it."""
    command = [sys.executable, "-m", "tests.suite.served", *fault]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=environment(), text=True, **pipes) as process:  # type: ignore[call-overload]
        yield json.loads(process.stdout.readline())
        process.communicate()


def test_a_lost_message_is_one_cause_with_a_script_that_judges(run_suite: RunSuite, tmp_path: Path) -> None:
    with ExitStack() as stack:
        broken, mended = (stack.enter_context(served(*fault)) for fault in (("loses-messages",), ()))
        ids = [w for k, v in broken.items() if k != "url" for w in ("--" + k.replace("_", "-"), v)]
        asked = ("--depth", "smoke", "--poll-seconds", "1", "--requirement", LOST)
        report = run_suite("--target", broken["url"], *ids, *asked).report
        assert [cause["requirement"] for cause in report["causes"]] == [LOST]
        (violation,) = (entry["violation"] for entry in report["requirements"] if entry["id"] == LOST)
        assert "the message " in violation["actual"]
        assert len(violation["exchanges"]) <= 10
        (script := tmp_path / "script.py").write_text(violation["python"])
        ends = [_ended(script, endpoint["url"]) for endpoint in (broken, mended)]
    assert [end.returncode for end in ends] == [1, 0], [end.stderr for end in ends]


def _ended(script: Path, url: str) -> subprocess.CompletedProcess[str]:
    command, variables = [sys.executable, str(script)], {"ENDPOINT": url, "PATH": ""}
    return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60, check=False)
