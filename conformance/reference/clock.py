"""The endpoint's own time, which may be moved forward so that expiries can be shown without waiting."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import formatdate

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Clock:
    """Milliseconds since the epoch, `moved` milliseconds ahead of `source` (seconds since the epoch).

    Where several machines answer, `skew` is by how many milliseconds the clock of the present one is ahead, and
    `most_skew` that of the machine which is furthest ahead.
    """

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self.moved = self.skew = self.most_skew = 0

    def now(self) -> int:
        """The present, in milliseconds since the epoch, by the machine that answers."""
        return int(self._source() * SECOND) + self.moved + self.skew

    def age(self, at: int) -> int:
        """Milliseconds that have passed since `at` or more: whichever machine dated it, it is not called younger."""
        return self.now() - self.skew + self.most_skew - at

    def advance(self, seconds: float) -> None:
        """Moves the clock forward. Raises ValueError for a negative number of seconds: time does not go back."""
        if seconds < 0:
            raise ValueError(f"the clock only moves forward, not by {seconds} seconds; give a number from 0")
        self.moved += int(seconds * SECOND)


def iso(milliseconds: int) -> str:
    """A time as the Participant Service writes it: ``yyyy-MM-ddThh:mm:ss.SSSZ`` (model: ISO8601Datetime)."""
    seconds, fraction = divmod(milliseconds, SECOND)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{fraction:03d}Z"


def epoch_seconds(milliseconds: int) -> float:
    """A time as Connect operations write it: a JSON number of epoch seconds (restJson1 timestamps)."""
    return milliseconds / SECOND


def http_date(milliseconds: int) -> str:
    """A time as it stands in a Date header."""
    return formatdate(milliseconds // SECOND, usegmt=True)
