"""Transcripts of several machines: another order by their clocks, and replicas that lag."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle
from types import SimpleNamespace
from typing import Any, cast

import pytest

from conformance.engine.clocks import EndpointClocks
from conformance.engine.replicas import Replicas
from conformance.scenario.participants import Participant
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import Items, due_order, ids, settled
from conformance.wire import Exchange, Request, Response


def scenario_with(apart: float = 0.0, replicas: Replicas | None = None) -> Scenario:
    clocks = EndpointClocks(measured=True, _apart=apart)
    profile = SimpleNamespace(clocks=clocks, replicas=replicas or Replicas())
    return cast("Scenario", SimpleNamespace(verifier=SimpleNamespace(profile=profile), exchanges=[], until=until))


def until(look: Callable[[], Any]) -> Any:
    return next((found for found in (look() for _ in range(20)) if found is not None), None)


def items(**seconds: int) -> Items:
    return [{"Id": name, "AbsoluteTime": f"2027-01-31T12:00:{second:02}.000Z"} for name, second in seconds.items()]


@pytest.mark.parametrize(
    ("listed", "apart", "due"),
    [
        (items(a=1, b=2, c=3), 0, "abc"),
        (items(b=1, a=5, c=7), 5, "bac"),  # sorted by times that clocks explain
        (items(b=1, a=5, c=7), 0, "abc"),  # nobody saw clocks apart
        (items(b=1, a=5, c=7), 3, "abc"),  # not so far
        (items(a=5, b=1, c=7), 5, "abc"),  # listed by arrival
        (items(c=7, b=1, a=5), 5, "abc"),  # in no order at all
        (items(b=1, a=55, c=57), 5, "abc"),  # no matter of clocks
        (items(a=1, c=3), 5, "abc"),
    ],
)
def test_a_transcript_may_be_sorted_by_times_of_clocks_that_are_apart(listed: Items, apart: float, due: str) -> None:
    assert due_order(scenario_with(apart), listed, ["a", "b", "c"]) == list(due)


def reader(scenario: Scenario, shows: Iterator[Items]) -> Participant:
    return cast("Participant", SimpleNamespace(scenario=scenario, items=lambda: next(shows)))


SENT = Exchange(Request("SendMessage", "POST", "/"), Response(200, (), b'{"Id": "b", "AbsoluteTime": ""}'))
WHOLE, OLD = items(a=1, b=2), items(a=1)


def test_replicas_that_lag_are_waited_for() -> None:
    replicas = Replicas()
    shows = iter([WHOLE, OLD, WHOLE, OLD, WHOLE, WHOLE, WHOLE, WHOLE, WHOLE, WHOLE])
    assert ids(settled(reader(scenario_with(replicas=replicas), shows), SENT)) == ["a", "b"]
    assert replicas.lag
    assert next(shows) == WHOLE


def test_transcripts_of_one_store_are_read_again_a_few_times_only() -> None:
    replicas, read = Replicas(), 0

    def shows() -> Iterator[Items]:
        nonlocal read
        for shown in cycle([WHOLE]):
            read += 1
            yield shown

    one = reader(scenario_with(replicas=replicas), shows())
    for _ in range(10):
        settled(one, SENT)
    assert (read, replicas.lag) == (10 + 3 * 3, False)
    assert one.scenario.exchanges == []
