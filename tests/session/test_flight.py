"""Tests in flight begin in an order of their own, unless what the run does follows from their order."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from conformance.session import flight
from conformance.session.in_flight.look_ahead import LookAhead
from conformance.session.in_flight.script import Script
from conformance.session.state import RUN

SHORT = "conformance/journeys/test_life_cycle.py::test_lawful_calls_succeed_in_any_order"
LONG = "conformance/operations/test_get_transcript_pages.py::test_pages_of_any_size_are_the_same_whole"
GIVEN, OWN = [SHORT, LONG], [LONG, SHORT]


def session(maxfail: int) -> pytest.Session:
    endpoint = SimpleNamespace(quiet=SimpleNamespace(), target=SimpleNamespace(budget=SimpleNamespace(sent=0)))
    run = SimpleNamespace(in_flight=4, hopeless=None, endpoint=endpoint, verifier=None, end_if_broken_off=None)
    stash = pytest.Stash()
    stash[RUN] = cast("Any", run)
    option = SimpleNamespace(collectonly=False, maxfail=maxfail)
    return cast("pytest.Session", SimpleNamespace(config=SimpleNamespace(stash=stash, option=option)))


@pytest.mark.parametrize(
    ("left_out", "maxfail", "order", "ahead"),
    [(None, 0, OWN, None), (object(), 0, GIVEN, None), (None, 1, GIVEN, 4)],
    ids=["all tests", "a run with maxima", "a run that ends at a failure"],
)
def test_the_order_is_kept_where_something_follows_from_it(
    monkeypatch: pytest.MonkeyPatch, left_out: object, maxfail: int, order: list[str], ahead: int | None
) -> None:
    started: list[tuple[list[str], int | None]] = []
    monkeypatch.setattr(flight, "left_out_tests", lambda _: left_out)
    scripts = {
        name: Script(name, (), lambda: None, {}, runs_scenario=False, afresh=False, alone=False) for name in GIVEN
    }
    monkeypatch.setattr(flight, "_scripts", lambda _: scripts)
    monkeypatch.setattr(LookAhead, "start", lambda _, begun, *, ahead=None: started.append(([*begun], ahead)))
    flight.begin_flight(session(maxfail))
    assert started == [(order, ahead)]
