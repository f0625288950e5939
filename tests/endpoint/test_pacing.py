"""A run goes as fast as it may: by documented rates, and by what the endpoint shows."""

from __future__ import annotations

import time

import pytest

from conformance.contract.service_rates import ServiceRate
from conformance.contract.wire import Exchange, Request, Response
from conformance.endpoint.counters import RunCounters
from conformance.endpoint.pacing import LearnedRate, Pacing
from conformance.endpoint.throttling import is_rate_limited


def answer(status: int, operation: str = "SendMessage", name: str = "", after: str = "") -> Exchange:
    headers = (("x-amzn-ErrorType", name), ("Retry-After", after))
    given = tuple((header, value) for header, value in headers if value)
    return Exchange(Request(operation, "POST", "/"), Response(status, given, b"{}"))


def seconds_of(pacing: Pacing, operation: str, number: int) -> float:
    began = time.monotonic()
    for _ in range(number):
        pacing.wait(operation)
    return time.monotonic() - began


def test_each_operation_goes_by_its_own_rate_after_its_burst() -> None:
    pacing = Pacing(RunCounters(), rates={"SendMessage": ServiceRate(20, 3)})
    assert seconds_of(pacing, "SendMessage", 3) < 0.05
    assert seconds_of(pacing, "SendEvent", 100) < 0.05
    assert seconds_of(pacing, "SendMessage", 4) >= 0.15


def test_two_processes_share_the_rate_of_an_operation() -> None:
    counters, rates = RunCounters(), {"SendMessage": ServiceRate(20, 3)}
    one, other = Pacing(counters, rates=rates), Pacing(counters, rates=rates)
    seconds_of(one, "SendMessage", 3)
    assert seconds_of(other, "SendMessage", 4) >= 0.15


@pytest.mark.parametrize("rates", [{"SendMessage": ServiceRate(100, 100)}, {}], ids=["known", "unknown"])
def test_what_retry_after_asks_for_holds_for_all_processes(rates: dict[str, ServiceRate]) -> None:
    counters = RunCounters()
    one, other = Pacing(counters, rates=rates), Pacing(counters, rates=rates)
    began = time.monotonic()
    one.learn(answer(429, after="1"), longest=5)
    other.wait("SendMessage")
    assert time.monotonic() - began >= 0.9


def test_a_quota_of_open_chats_is_no_rate() -> None:
    assert is_rate_limited(answer(429, name="ThrottlingException"))
    assert not is_rate_limited(answer(429, name="LimitExceededException"))


class Limited:
    """An endpoint that serves so many requests in each second, asked as fast as `learned` lets the run."""

    def __init__(self, learned: LearnedRate, limit: int, fastest: float = 200) -> None:
        self.learned, self.limit, self.fastest = learned, limit, fastest
        self.now, self.second, self.in_second = 0.0, 0, 0
        learned.clock = lambda: self.now

    def serve(self, number: int) -> tuple[int, float]:
        """How many of `number` requests were throttled, and how long they took."""
        began, throttled = self.now, 0
        for _ in range(number):
            self.now += 1 / min(self.learned.rate or self.fastest, self.fastest)
            if int(self.now) != self.second:
                self.second, self.in_second = int(self.now), 0
            self.in_second += 1
            refused = self.in_second > self.limit
            throttled += refused
            self.learned.learn(throttled=refused)
        return throttled, self.now - began


def test_a_run_slows_down_to_what_is_served_and_speeds_up_again() -> None:
    endpoint = Limited(LearnedRate(), limit=20)
    endpoint.serve(200)
    throttled, seconds = endpoint.serve(1000)
    assert throttled <= 150
    assert seconds <= 1000 / 20 * 2
    endpoint.limit = 1000
    _, before = endpoint.serve(200)
    endpoint.serve(2000)
    _, after = endpoint.serve(200)
    assert after < before / 2


def test_an_endpoint_that_refused_its_first_calls_is_soon_asked_as_fast_as_it_serves() -> None:
    """As one that is still starting says 503. At 20 seconds a request no reply is needed for each tenth more."""
    learned = LearnedRate()
    endpoint = Limited(learned, limit=0, fastest=1)
    endpoint.serve(15)
    assert (learned.rate or 1) < 0.1
    endpoint.limit, endpoint.fastest = 10**9, 200
    _, seconds = endpoint.serve(300)
    assert seconds <= 120


def test_a_few_throttled_calls_slow_nothing_down() -> None:
    learned = LearnedRate()
    assert not any(learned.learn(throttled=number % 50 == 0) for number in range(1, 500))
    assert learned.rate is None


def test_calls_in_flight_that_are_throttled_together_halve_the_rate_once() -> None:
    """Sixteen calls were sent at once, at the rate that is halved; those sent afterwards count again."""
    learned, now = LearnedRate(), 10.0
    learned.clock = lambda: now
    for _ in range(100):
        learned.learn(throttled=False)
        now += 0.01
    assert sum(learned.learn(throttled=True, ago=0.05) for _ in range(16)) == 1
    assert learned.rate == pytest.approx(50, rel=0.05)
    now += 0.1
    assert sum(learned.learn(throttled=True, ago=0.05) for _ in range(3)) == 1
    assert learned.rate == pytest.approx(25, rel=0.05)


def test_an_endpoint_that_throttles_every_fourth_call_however_slow_is_given_up() -> None:
    learned = LearnedRate()
    for number in range(2000):
        learned.learn(throttled=number % 4 == 0)
    assert learned.rate is None


def test_an_endpoint_that_calls_bad_input_throttled_does_not_bring_a_run_to_a_stand() -> None:
    """Between such calls so many are served that each halving seems to bring relief."""
    learned = LearnedRate()
    endpoint = Limited(learned, limit=10**9, fastest=2_000)
    for _ in range(60):
        endpoint.serve(31)
        for _ in range(3):
            learned.learn(throttled=True)
    assert learned.rate is None
