"""What a user's mistake gets: one sentence that says what, where and what to do, exit code 4, no traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.results.verdicts import ExitCode
from tests.endpoint.raw_endpoint import Endpoint, Script
from tests.suite.conftest import IDS, RunSuite
from tests.suite.test_dumb_endpoints import always

URL = "http://127.0.0.1:9"
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
    "prices of nothing": (("--estimate", "--prices", "/dev/null"), "it has no currency or no calls"),
    "no report directory": (("--report-dir=",), "--report-dir is empty"),
    "no profile": (("--target", URL, *IDS, "--aws-profile", "nobody-has-this"), "nobody-has-this"),
    "no time": (("--target", URL, *IDS, "--timeout", "0"), "--timeout"),
    "no rate": (("--target", URL, *IDS, "--rate", "-1"), "--rate"),
    "unknown depth": (("--depth", "deepest"), "deepest"),
    "unknown option": (("--targt", URL), "--targt"),
    "no seed": (("--target", URL, *IDS, "--hypothesis-seed", "abc"), "--hypothesis-seed 'abc' cannot be used"),
    "not a number": (("--max-requests", "many"), "--max-requests"),
}


@pytest.mark.parametrize(("arguments", "named"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_sentence(run_suite: RunSuite, arguments: tuple[str, ...], named: str) -> None:
    finished = run_suite(*arguments)
    assert finished.code == ExitCode.USAGE, finished.output
    assert named in finished.output
    assert "Traceback" not in finished.output
    assert not (finished.directory / "compliance.json").exists()


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
