"""What was seen of each operation: musts that apply, by what became of them."""

from __future__ import annotations

from typing import Any

from reports.coverage import coverage_of


def row(operation: str, verdict: str, level: str = "must") -> dict[str, Any]:
    return {"operation": operation, "verdict": verdict, "level": level}


def test_musts_are_counted_and_what_is_broken_comes_first() -> None:
    found = coverage_of(
        [
            *(row("A", verdict) for verdict in ("pass", "untested", "inconclusive", "not-applicable")),
            row("A", "fail", "should"),
            *(row("B", verdict) for verdict in ("fail", "pass")),
        ]
    )
    assert found == [
        {"operation": "B", "all": 2, "kept": 1, "broken": 1, "unseen": 0},
        {"operation": "A", "all": 3, "kept": 1, "broken": 0, "unseen": 2},
    ]
