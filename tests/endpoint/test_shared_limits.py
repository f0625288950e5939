"""The limits of a run hold for all its processes together, as the endpoint would count."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from conformance.endpoint.budget import Budget, BudgetSpent
from conformance.endpoint.counters import RunCounters

pytestmark = pytest.mark.slow

# What one of a run's processes does: it spends until it may not, or for some requests, and tells how many were let go.
SPENDING = """
import sys, time
from pathlib import Path
from conformance.endpoint.budget import Budget, BudgetSpent
from conformance.endpoint.counters import RunCounters

path, operation, number, limits = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), eval(sys.argv[4])
budget = Budget(counters=RunCounters(path), **limits)
print("ready", flush=True)
sys.stdin.readline()
went = []
for turn in range(number):
    try:
        budget.spend(operation)
    except BudgetSpent:
        break
    went.append(time.monotonic())
    if operation == "StartChatContact":
        budget.settle(f"{sys.argv[5]}-{turn}" if turn % 3 == 0 else None)
print(*went)
"""


def spend_in_processes(path: Path, operation: str, number: int, processes: int = 3, **limits: float) -> list[float]:
    """The moments at which `processes` that share `path` sent `operation`, each at most `number` times."""
    arguments = [sys.executable, "-c", SPENDING, str(path), operation, str(number), repr(limits)]
    started = [
        subprocess.Popen([*arguments, str(one)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for one in range(processes)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    moments = [process.communicate("go\n", timeout=60)[0].split() for process in started]
    return sorted(float(moment) for each in moments for moment in each)


def test_requests_of_all_processes_are_counted_together(tmp_path: Path) -> None:
    assert len(spend_in_processes(tmp_path / "counters", "SendMessage", 500, max_requests=701)) == 701


def test_only_starts_that_opened_a_contact_count(tmp_path: Path) -> None:
    """Of each process every third start opens one, the others are refused."""
    spend_in_processes(tmp_path / "counters", "StartChatContact", 500, max_contacts=10)
    assert RunCounters(tmp_path / "counters").read()[1:] == (10, 10)


def test_the_rate_holds_for_all_processes(tmp_path: Path) -> None:
    moments = spend_in_processes(tmp_path / "counters", "SendMessage", 10, rate=20)
    assert len(moments) == 30
    window = [sum(begin <= moment < begin + 1 for moment in moments) for begin in moments]
    assert max(window) <= 22  # the burst of 2 and one second's 20
    assert moments[-1] - moments[0] < 3  # no process waits for nothing


def test_what_one_process_keeps_for_its_contacts_another_may_not_spend(tmp_path: Path) -> None:
    here, there = (Budget(max_requests=4, counters=RunCounters(tmp_path / "counters")) for _ in range(2))
    here.spend("StartChatContact")
    here.settle("a")
    there.spend("SendMessage")
    there.spend("SendMessage")
    with pytest.raises(BudgetSpent, match="3 requests were sent and 1 kept"):
        there.spend("SendMessage")
    with here.closing():
        here.spend("StopContact")
    assert RunCounters(tmp_path / "counters").read()[0] == 4


def test_a_count_of_two_processes_costs_little(tmp_path: Path) -> None:
    counters = RunCounters(tmp_path / "counters")
    began = time.monotonic()
    for _ in range(2_000):
        counters.spend(starts=False, max_requests=10_000, max_contacts=None)
    assert time.monotonic() - began < 1
