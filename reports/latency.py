"""How long an endpoint took to reply, by operation: all of it, and the percentiles of single replies.

And how near a run came to what its round trips and its rate allow at best.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reports.run import Run

PERCENTILES = (50, 95, 99)


def times_of(milliseconds: Mapping[str, Sequence[float]]) -> dict[str, dict[str, Any]]:
    """What the replies of each operation took, the longest in all first, as compliance.schema.json describes it."""
    found = {operation: _times(sorted(replies)) for operation, replies in milliseconds.items() if replies}
    return dict(sorted(found.items(), key=lambda pair: -pair[1]["seconds"]))


def _times(replies: Sequence[float]) -> dict[str, Any]:
    return {
        "replies": len(replies),
        "seconds": round(sum(replies) / 1000, 3),
        **{f"p{share}_ms": percentile(replies, share) for share in PERCENTILES},
        "max_ms": replies[-1],
    }


def percentile(ordered: Sequence[float], share: int) -> float:
    """The least of `ordered`, which are in order, that `share` per cent of them do not exceed."""
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]


def limit_of(run: Run) -> dict[str, Any]:
    """The seconds that a run of these requests takes at least, and the share that they are of what it took.

    The calls that a process has in flight wait for their replies together; at a rate, the requests take their time
    whoever sends them.
    """
    replies = [took for operation in run.milliseconds.values() for took in operation]
    at_once = run.processes * run.header.get("in_flight", 1)
    waiting = sum(replies) / 1000 / at_once if replies else None
    rate, pacing = run.header.get("rate"), _pacing(run)
    least = max((seconds for seconds in (waiting, pacing) if seconds is not None), default=None)
    return {
        "processes": run.processes,
        "in_flight": run.header.get("in_flight", 1),
        "parts": run.parts,
        "round_trips_seconds": None if waiting is None else round(waiting, 3),
        "rate": rate,
        "rate_seconds": None if pacing is None else round(pacing, 3),
        "share": round(min(1.0, least / run.duration_seconds), 3) if least and run.duration_seconds else None,
    }


def _pacing(run: Run) -> float | None:
    """The seconds that the requests take at the rates that the run was held to; None where it was held to none."""
    rate, rates = run.header.get("rate"), run.header.get("rates") or {}
    needed = [number / rates[name] for name, number in run.requests.items() if name in rates]
    return max([*needed, *([sum(run.requests.values()) / rate] if rate else [])], default=None)
