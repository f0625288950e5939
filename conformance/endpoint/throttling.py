"""Calls that the endpoint throttled are repeated after a while, and given up where throttling does not end."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from tenacity import RetryCallState, Retrying, retry_if_result
from tenacity.wait import wait_exponential, wait_random

from conformance.contract.errors import THROTTLING
from conformance.contract.operation_traits import STARTING
from conformance.contract.wire import Exchange, Response

TOO_MANY_REQUESTS = 429
QUOTA_USED_UP = "LimitExceededException"


@dataclass(slots=True)
class Patience:
    """For how long the client repeats a throttled call.

    There are `attempts` in all, with waits that double from `first_wait` to `longest_wait` and never come to more than
    `total`, all in seconds. After `give_up` calls in a row that stayed throttled to the end, calls are not repeated
    until one is not throttled. After `give_up` of those that stayed throttled while others were served at once, a call
    is repeated once only, until that helps: the endpoint calls some input throttled for ever.
    """

    attempts: int = 6  # 16 calls at once are then served at 2 a second
    first_wait: float = 0.5
    longest_wait: float = 5.0
    total: float = 15.0
    give_up: int = 3
    _given_up: int = 0
    _for_ever: int = 0

    @property
    def longest_hold(self) -> float:
        """The most seconds that one throttled reply may keep the whole run; none where waiting has proved useless."""
        return 0.0 if self._given_up >= self.give_up else self.longest_wait

    def settle(self, first: Exchange, again: Callable[[], Exchange]) -> Exchange:
        """`first`, or the result of `again` while the endpoint throttles; the last one if throttling continues."""
        if not is_throttled(first):
            self._for_ever += self._given_up if self._given_up < self.give_up else 0  # more may be an outage
            self._given_up = 0
            return first
        if self._given_up >= self.give_up:
            return first
        last = self._repeat(first, again)
        if is_throttled(last):
            self._given_up += 1
        else:
            self._given_up = self._for_ever = 0
        return last

    def _repeat(self, first: Exchange, again: Callable[[], Exchange]) -> Exchange:
        known, attempts = [first], 2 if self._for_ever >= self.give_up else self.attempts
        retrying = Retrying(
            stop=lambda state: state.attempt_number >= attempts or self._would_exceed(state),
            wait=self._wait,
            retry=retry_if_result(is_throttled),
            retry_error_callback=_last_result,
        )
        return retrying(lambda: known.pop() if known else again())

    def _would_exceed(self, state: RetryCallState) -> bool:
        """Whether the waits would come to more than `total`. What calls take, or a stop of this process, is no wait."""
        return state.idle_for + state.upcoming_sleep > self.total

    def _wait(self, state: RetryCallState) -> float:
        """The wait that the endpoint requests, within the limit; else twice the wait before, and a little at random."""
        asked = asked_wait(_last_result(state).response)
        if asked is not None:
            return min(max(asked, 0.0), self.longest_wait)
        doubling = wait_exponential(multiplier=self.first_wait, max=self.longest_wait)
        return (doubling + wait_random(0, self.first_wait / 2))(state)


def is_throttled(exchange: Exchange) -> bool:
    """Whether the reply says that more was sent than is allowed: status 429, an exception that means it, or a 503 page.

    A 503 of the operation itself names an exception or has a request id.
    """
    response = exchange.response
    if response is None or response.succeeded:
        return False
    return response.status == TOO_MANY_REQUESTS or response.error_name in THROTTLING or response.is_limiters


def is_rate_limited(exchange: Exchange) -> bool:
    """Whether the reply says that calls came too fast, rather than that a quota of open chats is used up."""
    return is_throttled(exchange) and exchange.response is not None and exchange.response.error_name != QUOTA_USED_UP


def is_full(exchange: Exchange) -> bool:
    """Whether a start was refused because the account holds its most contacts."""
    response = exchange.response
    return response is not None and exchange.request.operation in STARTING and response.error_name == QUOTA_USED_UP


def asked_wait(response: Response | None) -> float | None:
    """The seconds of a Retry-After header, or None where there is none that can be read."""
    text = response.header("Retry-After") if response else None
    if text is None:
        return None
    try:
        return float(text) if text.strip().isdecimal() else _moment(text) - _now(response)
    except (ValueError, OverflowError):
        return None


def _now(response: Response | None) -> float:
    """When the endpoint replied by its own clock, which a date in its reply counts from."""
    date = response.header("Date") if response else None
    with suppress(ValueError, OverflowError):
        return _moment(date or "")
    return time.time()


def _moment(text: str) -> float:
    return parsedate_to_datetime(text).timestamp()


def _last_result(state: RetryCallState) -> Exchange:
    assert state.outcome is not None  # noqa: S101 - tenacity asks only after an attempt
    exchange: Exchange = state.outcome.result()
    return exchange
