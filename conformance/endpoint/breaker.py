"""When to stop asking: an endpoint that hangs or is not there must cost seconds, not hours."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

FAILURES_IN_A_ROW = 3
TRIAL_SECONDS = 3.0


@dataclass(slots=True)
class Breaker:
    """Counts failures in a row and says when the endpoint counts as gone. Thread-safe.

    It is gone after FAILURES_IN_A_ROW calls without a whole reply, if it could not be reached at all (an endless reply
    is as good as none) or if they took `patience` seconds together: a connection that is closed at once may be the
    answer to just that request, and costs nothing. From then on one call every TRIAL_SECONDS is let through, until a
    reply comes.
    """

    patience: float
    trial_seconds: float = TRIAL_SECONDS
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _failures: int = 0
    _seconds: float = 0.0
    _last: str = ""
    _next_trial: float | None = None

    def refusal(self) -> str | None:
        """Why a call is not worth making now, or None."""
        with self._lock:
            now = time.monotonic()
            if self._next_trial is None:
                return None
            if now < self._next_trial:
                return f"not sent, as the calls before got no reply: {self._last}"
            self._next_trial = now + self.trial_seconds
            return None

    def note(self, *, failure: str | None, reached: bool, seconds: float) -> None:
        """What became of a call: `failure` None for a reply; `seconds` is how long it took."""
        with self._lock:
            if failure is None:
                self._failures, self._seconds, self._next_trial = 0, 0.0, None
                return
            self._failures += 1
            self._seconds += seconds
            self._last = failure
            gone = not reached or self._seconds >= self.patience
            if self._next_trial is not None or (self._failures >= FAILURES_IN_A_ROW and gone):
                self._next_trial = time.monotonic() + self.trial_seconds
