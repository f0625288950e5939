"""What a user's mistake gets: one sentence that says what, where and what to do, exit code 4, no traceback.

What an earlier run has left in the report directory stays as it was.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.results.verdicts import ExitCode
from tests.endpoint.raw_endpoint import Endpoint, Script
from tests.suite.conftest import IDS, Finished, RunSuite, environment, suite_command
from tests.suite.test_dumb_endpoints import always
from tests.suite.test_run_ends import contents

URL = "http://127.0.0.1:9"
EARLIER = '{"verdict": "conformant"}'
MISTAKES = {
    "no such id": (("--requirement", "SendMessage.Nope.*"), "SendMessage.Nope.*"),
    "no scheme": (("--target", "localhost:8080", *IDS), "--target"),
    "another scheme": (("--target", "ftp://127.0.0.1", *IDS), "--target"),
    "bad port": (("--target", "http://127.0.0.1:99999", *IDS), "--target"),
    "no instance": (("--target", URL), "--instance-id"),
    "no flow": (("--target", URL, "--instance-id", "i"), "--contact-flow-id"),
    "bad header": (("--target", URL, *IDS, "--header", "nonsense"), "--header"),
    "no bundle": (("--target", URL, *IDS, "--ca-bundle", "/nowhere.pem"), "--ca-bundle"),
    "a billable run": (("--target", "aws", *IDS, "--region", "us-east-1"), "--allow-billable"),
    "prices of nothing": (("--estimate", "--prices=/dev/null"), "it has no currency or no calls"),
    "no report directory": (("--report-dir=",), "--report-dir is empty"),
    "no place for a file": (
        ("--junitxml=/dev/null/x/junit.xml",),
        "--junitxml /dev/null/x/junit.xml cannot be written (Not a directory): name another place",
    ),
    "no file": (("--html=/",), "--html / cannot be written (Is a directory): name another place"),
    "no profile": (("--target", URL, *IDS, "--aws-profile", "nobody-has-this"), "nobody-has-this"),
    "no time": (("--target", URL, *IDS, "--timeout", "0"), "--timeout"),
    "no rate": (("--target", URL, *IDS, "--rate", "-1"), "--rate"),
    "unknown depth": (("--depth", "deepest"), "deepest"),
    "unknown option": (("--targt", URL), "--targt"),
    "no seed": (("--target", URL, *IDS, "--hypothesis-seed", "abc"), "--hypothesis-seed 'abc' cannot be used"),
    "no list of deviations": (("--deviations", "absent.toml"), "absent.toml"),
    "not a number": (("--max-requests", "many"), "--max-requests"),
}


# Most of such a run is spent on loading the suite, which is needed once for all of them.
ALL = """
import contextlib, io, json, sys
import pytest
for command in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.redirect_stderr(said):
        code = pytest.main(command)
    print(json.dumps([int(code), said.getvalue()]))
"""


@pytest.fixture(scope="module")
def mistaken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Finished]:
    """What became of each of MISTAKES, made one after the other in one process."""
    place = tmp_path_factory.mktemp("mistakes")
    reports = [place / str(number) for number in range(len(MISTAKES))]
    for report in reports:
        report.mkdir()
        (report / "compliance.json").write_text(EARLIER)
    words = [
        suite_command(*made, directory=report) for (made, _), report in zip(MISTAKES.values(), reports, strict=True)
    ]
    command = [sys.executable, "-c", ALL]
    asked = json.dumps([one[one.index("pytest") + 1 :] for one in words])
    done = subprocess.run(
        command, cwd=place, env=environment(), input=asked, stdout=subprocess.PIPE, text=True, check=True
    )
    ends = map(json.loads, done.stdout.splitlines())
    return {
        name: Finished(code, said, report) for name, (code, said), report in zip(MISTAKES, ends, reports, strict=True)
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_gets_one_sentence(mistaken: dict[str, Finished], name: str) -> None:
    finished, named = mistaken[name], MISTAKES[name][1]
    assert finished.code == ExitCode.USAGE, finished.output
    assert named in finished.output
    assert "Traceback" not in finished.output
    assert contents(finished.directory) == {"compliance.json": EARLIER.encode()}


def test_a_file_where_the_reports_should_go_is_named(run_suite: RunSuite, tmp_path: Path) -> None:
    (tmp_path / "report").write_text("mine")
    finished = run_suite()
    assert finished.code == ExitCode.USAGE
    assert "--report-dir" in finished.output
    assert (tmp_path / "report").read_text() == "mine"


@pytest.mark.parametrize("processes", [(), ("-n", "1")], ids=["alone", "spread"])
def test_an_endpoint_that_does_not_know_the_ids_is_not_judged(
    run_suite: RunSuite, endpoint: Callable[[Script], Endpoint], processes: tuple[str, ...]
) -> None:
    body = b'{"Message":"Resource not found","__type":"ResourceNotFoundException"}'
    finished = run_suite("--target", endpoint(always("404 Not Found", body)).url, *IDS, "--depth", "smoke", *processes)
    assert finished.code == ExitCode.USAGE, finished.output
    assert "--instance-id instance-1 or --contact-flow-id flow-1" in finished.output
    assert "Traceback" not in finished.output
    assert not (finished.directory / "compliance.json").exists()
