"""The two parts of what tests in flight take: calls that may overlap, and calls that one test makes alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Part = dict[str, float]


@dataclass(slots=True)
class Parts:
    """Requests and seconds of tests in flight since this was made, and those of them in which one test was alone.

    `sent` says how many requests the run has sent so far, `clock` how many seconds have passed.
    """

    sent: Callable[[], int]
    clock: Callable[[], float] = time.monotonic
    _requests: int = 0
    _seconds: float = 0.0
    _is_alone: bool = False
    _first: int = field(init=False)
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._first, self._began = self.sent(), self.clock()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """What is sent inside is sent by one test, while the others wait."""
        if self._is_alone:  # a test that runs alone asks for quiet
            yield
            return
        self._is_alone, first, began = True, self.sent(), self.clock()
        try:
            yield
        finally:
            self._requests += self.sent() - first
            self._seconds += self.clock() - began
            self._is_alone = False

    def plain(self) -> dict[str, Part]:
        """Both parts up to now, as compliance.schema.json describes them."""
        requests, seconds = self.sent() - self._first, self.clock() - self._began
        return {
            "overlapping": _part(requests - self._requests, seconds - self._seconds),
            "alone": _part(self._requests, self._seconds),
        }


def _part(requests: int, seconds: float) -> Part:
    return {"requests": requests, "seconds": round(seconds, 3)}
