"""This machine's clock, as it went when the run began."""

from __future__ import annotations

import time

_BEGAN, _MONOTONIC = time.time(), time.monotonic()


def local_time() -> float:
    """Seconds since the epoch by this machine's clock.

    It goes on evenly whatever happens to that clock: one that is set right during a run makes no duration wrong and no
    signature invalid.
    """
    return local_time_at(time.monotonic())


def local_time_at(moment: float) -> float:
    """What `local_time` was at a moment of the monotonic clock."""
    return _BEGAN + moment - _MONOTONIC
