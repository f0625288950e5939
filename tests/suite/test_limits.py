"""The limits of a run hold as the endpoint counts, whatever number of processes the run is spread over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.suite.conftest import Finished, Judge
from tests.suite.served import COUNTED

STARTS = ("/contact/chat", "/contact/webrtc")


class Arrived(NamedTuple):
    """A request as the endpoint saw it: when, where, its status, and how many contacts were open after it."""

    moment: float
    path: str
    status: int
    open: int


Counted = Callable[..., tuple[Finished, list[Arrived]]]


@pytest.fixture
def count_arrivals(judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counted:
    """Runs the suite in two processes and tells what arrived at the endpoint."""
    file = tmp_path / "arrived"
    monkeypatch.setenv(COUNTED, str(file))

    def run(*options: str) -> tuple[Finished, list[Arrived]]:
        done = judge("counted", options=("--depth", "smoke", "-n", "2", *options))
        lines = (line.split() for line in file.read_text().splitlines())
        return done, [Arrived(float(at), path, int(status), int(left)) for at, path, status, left in lines]

    return run


def test_two_processes_start_no_more_contacts_than_the_run_may(count_arrivals: Counted) -> None:
    done, arrived = count_arrivals("--max-contacts", "10", "--requirement", "StartChatContact.*")
    opened = sum(one.path in STARTS and one.status == 200 for one in arrived)
    assert opened <= 10, done.output
    assert done.report["contacts"]["opened"] == done.report["contacts"]["closed"] <= 10
    assert arrived[-1].open == 0


def test_two_processes_send_no_more_requests_than_the_run_may(count_arrivals: Counted) -> None:
    """Those included that stop the contacts. Less may be left at the end than any test takes, but it is no half."""
    done, arrived = count_arrivals("--max-requests", "150", "--requirement", "SendMessage.*")
    assert 75 < len(arrived) <= 150, done.output
    assert done.report["requests"]["total"] == len(arrived)
    assert arrived[-1].open == 0


def test_two_processes_send_no_faster_than_the_run_may(count_arrivals: Counted) -> None:
    done, arrived = count_arrivals("--rate", "20", "--requirement", "DescribeView.*")
    assert len(arrived) > 60, done.output
    assert len(arrived) / (arrived[-1].moment - arrived[0].moment) <= 21
