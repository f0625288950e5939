"""How long an endpoint took to reply, by operation: all of it, and the percentiles of single replies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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
