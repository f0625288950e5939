"""How many calls are in flight where the options do not say, and what bounds the number."""

from __future__ import annotations

import pytest

from conformance.endpoint.settings import SettingsError, build_settings
from conformance.session.in_flight.number import FAR, calls_in_flight, check_in_flight


@pytest.mark.parametrize(
    ("target", "given", "asked", "number"),
    [
        ("http://127.0.0.1:8000", {}, None, 1),
        ("http://localhost:8000", {}, None, 1),
        ("http://127.0.0.1:8000", {}, 4, 4),
        ("http://192.0.2.1", {}, None, FAR),
        ("http://192.0.2.1", {}, 16, 16),
        ("http://192.0.2.1", {}, 1, 1),
        ("http://192.0.2.1", {"max_open": 3}, 16, 3),
        ("http://192.0.2.1", {"rate": 2.5}, None, 3),
        ("http://192.0.2.1", {"rate": 100.0}, 16, 16),
    ],
)
def test_the_number_is_bounded_by_rates_and_open_contacts(
    target: str, given: dict[str, float], asked: int | None, number: int
) -> None:
    settings = build_settings(target, instance_id="i", contact_flow_id="f", **given)  # type: ignore[arg-type]
    assert calls_in_flight(asked, settings) == number


def test_less_than_one_call_cannot_be_in_flight() -> None:
    check_in_flight(None)
    check_in_flight(1)
    with pytest.raises(SettingsError, match="--in-flight 0"):
        check_in_flight(0)
