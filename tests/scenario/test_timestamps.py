"""A time in a reply is wrong only where two clocks agree that it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from conformance.checks.violation import Inconclusive
from conformance.contract.wire import Exchange, Request, Response
from conformance.endpoint.local_time import local_time
from conformance.engine.clocks import STATED, EndpointClocks
from conformance.scenario.scenario import Scenario
from conformance.scenario.timestamps import Present, is_near, off_by, present_of, require_within

NOW = datetime(2027, 1, 31, 12, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def scenario_of(clocks: EndpointClocks | None = None, stated: float | None = None) -> Scenario:
    """As much of a scenario as is asked; the endpoint dates messages by a clock that is `told` seconds ahead."""
    known = clocks or EndpointClocks(measured=True)
    if stated is not None:
        at = (NOW + timedelta(seconds=stated)).isoformat()
        response = Response(200, (), f'{{"AbsoluteTime": "{at}"}}'.encode())
        known.learn(Exchange(Request("SendMessage", "POST", "/"), response, NOW.timestamp()))
    return cast(
        "Scenario", SimpleNamespace(verifier=SimpleNamespace(profile=SimpleNamespace(clocks=known)), exchanges=[])
    )


def reply(date: datetime | None) -> Exchange:
    headers = () if date is None else (("Date", format_datetime(date, usegmt=True)),)
    return Exchange(Request("GetAttachment", "POST", "/"), Response(200, headers, b"{}"), NOW.timestamp())


@pytest.mark.parametrize(
    ("date", "stated", "right", "wrong"),
    [
        (NOW, None, [NOW], [NOW + HOUR, NOW - HOUR]),
        (NOW + HOUR, 0, [NOW, NOW + HOUR], [NOW - HOUR]),  # a gateway whose clock is wrong
        (None, 0, [NOW], [NOW + HOUR]),
        (NOW + HOUR, 3_600, [NOW + HOUR], [NOW - HOUR]),  # this machine's clock is wrong
    ],
)
def test_a_time_is_right_by_one_clock_and_wrong_by_two(
    date: datetime | None, stated: float | None, right: list[datetime], wrong: list[datetime]
) -> None:
    present = present_of(scenario_of(stated=stated), reply(date))
    assert [is_at(present, at) for at in right] == [True] * len(right)
    assert [is_at(present, at) for at in wrong] == [False] * len(wrong)


def is_at(present: Present, moment: datetime) -> bool:
    return present.fits(lambda now, apart: abs(moment - now) <= SECOND + apart)


@pytest.mark.parametrize(("date", "says"), [(None, "no Date header"), (NOW + HOUR, "13:00:00 by the Date header")])
def test_a_time_that_no_two_clocks_judge_is_inconclusive(date: datetime | None, says: str) -> None:
    present = present_of(scenario_of(), reply(date))
    with pytest.raises(Inconclusive, match=says):
        present.fits(lambda now, _: now > NOW + 2 * HOUR)


def test_some_seconds_are_lawful_where_clocks_are_so_far_apart() -> None:
    apart = EndpointClocks(measured=True)
    for stated in (-4, 3):
        scenario = scenario_of(apart, stated)
    assert present_of(scenario, reply(NOW)).fits(lambda now, room: abs(NOW + 7 * SECOND - now) <= SECOND + room)
    assert is_near(scenario, 7 * SECOND, SECOND)
    assert not is_near(scenario, 9 * SECOND, SECOND)
    assert not is_near(scenario_of(), 7 * SECOND, SECOND)


@pytest.mark.parametrize(
    ("stated", "right"), [(-1, False), (0, True), (3, True), (5, True), (6.5, False)], ids="{}".format
)
def test_a_reply_may_be_of_any_moment_of_a_call_that_took_long(stated: float, *, right: bool) -> None:
    """This process was stopped for five seconds before the request left it or after the reply had come."""
    exchange = replace(reply(NOW + 5 * SECOND), elapsed=5.0)
    at = NOW + stated * SECOND
    present = present_of(scenario_of(), exchange)
    assert present.fits(lambda now, room: abs(at - now) <= SECOND / 2 + room) is right


@pytest.mark.parametrize(
    ("took", "stated", "off"), [((0, 0), 10, 0), ((0, 0), 12, 2), ((5, 0), 5, 0), ((0, 5), 15, 0), ((5, 5), 21, 6)]
)
def test_times_of_two_replies_are_as_far_apart_as_what_was_done(
    took: tuple[float, float], stated: float, off: float
) -> None:
    """The second call was made 10 seconds after the first; each took a while, at any moment of which it was served."""
    first, later = replace(reply(NOW), elapsed=took[0]), replace(reply(NOW), elapsed=took[1])
    later = replace(later, started=first.started + 10)
    assert off_by(stated * SECOND, 0 * SECOND, first, later) == off * SECOND


def test_what_came_too_late_shows_nothing() -> None:
    """What was to be tried before an end was tried after it, because this process was stopped."""
    since = replace(reply(NOW), started=local_time() - 5)
    require_within(10, since)
    with pytest.raises(Inconclusive, match=r"5\.0 seconds after a call, which was to be within 4"):
        require_within(4, since)


def test_a_moved_clock_is_reckoned_with() -> None:
    """A server in front writes the Date by a clock that nobody moves."""
    clocks = EndpointClocks(measured=True)
    clocks.move(3_600)
    present = present_of(scenario_of(clocks), reply(NOW))
    assert present.fits(lambda now, _: abs(NOW + HOUR - now) <= SECOND)
    assert present.miss(NOW + HOUR) == timedelta(0)
    assert STATED not in present.clocks
    members: dict[str, Any] = dict(present.clocks)
    assert len(members) == 2
