"""Times of replies: sums and percentiles."""

from __future__ import annotations

from reports.latency import percentile, times_of


def test_times_are_summed_and_ranked_by_operation() -> None:
    found = times_of({"A": [1.0, 3.0], "B": [10.0], "C": []})
    assert list(found) == ["B", "A"]
    assert found["A"] == {"replies": 2, "seconds": 0.004, "p50_ms": 1.0, "p95_ms": 3.0, "p99_ms": 3.0, "max_ms": 3.0}


def test_a_percentile_is_a_reply_that_was_seen() -> None:
    hundred = [float(number) for number in range(1, 101)]
    assert [percentile(hundred, share) for share in (50, 95, 99, 100)] == [50.0, 95.0, 99.0, 100.0]
    assert percentile([7.0], 50) == 7.0
