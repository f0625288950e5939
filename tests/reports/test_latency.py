"""Times of replies: sums and percentiles."""

from __future__ import annotations

from typing import Any

import pytest

from reports.latency import limit_of, percentile, times_of
from reports.run import run_of
from tests.reports.ledgers import FOOTER, HEADER


def test_times_are_summed_and_ranked_by_operation() -> None:
    found = times_of({"A": [1.0, 3.0], "B": [10.0], "C": []})
    assert list(found) == ["B", "A"]
    assert found["A"] == {"replies": 2, "seconds": 0.004, "p50_ms": 1.0, "p95_ms": 3.0, "p99_ms": 3.0, "max_ms": 3.0}


def test_a_percentile_is_a_reply_that_was_seen() -> None:
    hundred = [float(number) for number in range(1, 101)]
    assert [percentile(hundred, share) for share in (50, 95, 99, 100)] == [50.0, 95.0, 99.0, 100.0]
    assert percentile([7.0], 50) == 7.0


def entries(*milliseconds: list[float], requests: int = 0, **header: Any) -> list[dict[str, Any]]:
    """The ledgers of a run of 12.5 seconds in as many processes as there are lists."""
    written: list[dict[str, Any]] = [{"entry": "header", "schema_version": 1, **HEADER, **header} for _ in milliseconds]
    for took in milliseconds:
        sent = {"by_operation": {"SendMessage": requests}, "shrinking": 0, "milliseconds": {"SendMessage": took}}
        written += [{"entry": "traffic", **sent}, {"entry": "footer", **FOOTER}]
    return written


@pytest.mark.parametrize(
    ("rate", "limit"),
    [
        (None, {"round_trips_seconds": 2.5, "rate": None, "rate_seconds": None, "share": 0.2}),
        (10.0, {"round_trips_seconds": 2.5, "rate": 10.0, "rate_seconds": 10.0, "share": 0.8}),
        (1.0, {"round_trips_seconds": 2.5, "rate": 1.0, "rate_seconds": 100.0, "share": 1.0}),
    ],
)
def test_the_limit_is_the_larger_of_round_trips_and_rate(rate: float | None, limit: dict[str, Any]) -> None:
    """Two processes waited 2 and 3 seconds for the replies to 50 requests each."""
    run = run_of(entries([40.0] * 50, [60.0] * 50, requests=50, rate=rate))
    assert limit_of(run) == {"processes": 2, "in_flight": 1, "parts": None, **limit}


def test_calls_in_flight_wait_for_their_replies_together() -> None:
    limit = limit_of(run_of(entries([40.0] * 50, [60.0] * 50, requests=50, in_flight=4)))
    assert (limit["in_flight"], limit["round_trips_seconds"]) == (4, 0.625)


def test_the_parts_of_tests_in_flight_are_told_apart() -> None:
    parts = {"overlapping": {"requests": 40, "seconds": 2.5}, "alone": {"requests": 10, "seconds": 0.5}}
    written = entries([40.0] * 50, requests=50, in_flight=4)
    assert limit_of(run_of([*written[:-1], {**written[-1], "parts": parts}]))["parts"] == parts


def test_rates_of_operations_limit_a_run_too() -> None:
    run = run_of(entries([40.0] * 50, [60.0] * 50, requests=50, rate=50.0, rates={"SendMessage": 20.0, "SendEvent": 1}))
    assert (limit_of(run)["rate_seconds"], limit_of(run)["share"]) == (5.0, 0.4)


def test_a_ledger_without_times_has_no_limit() -> None:
    unknown = {"round_trips_seconds": None, "rate": None, "rate_seconds": None, "share": None}
    assert limit_of(run_of(entries([]))) == {"processes": 1, "in_flight": 1, "parts": None, **unknown}
