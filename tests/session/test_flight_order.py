"""Long tests begin before short ones, and those that take turns before all others."""

from __future__ import annotations

from conformance.session.flight_order import in_flight_order
from conformance.session.in_flight.script import Script

LONG = "conformance/operations/test_get_transcript_pages.py::test_pages_of_any_size_are_the_same_whole"
SHORT = "conformance/journeys/test_life_cycle.py::test_lawful_calls_succeed_in_any_order"
DERIVED = "conformance/protocol/test_limits.py::test_the_longest_text_is_accepted_and_a_longer_one_refused[A.b]"


def script(name: str, *, alone: bool = False, turn: int = 0) -> Script:
    return Script(name, (), lambda: None, {}, runs_scenario=False, afresh=False, alone=alone, turn=turn)


def test_turns_then_the_broad_then_the_long_then_the_short_then_what_is_alone() -> None:
    scripts = {
        "alone": script(LONG, alone=True),
        "short": script(SHORT),
        "long": script(LONG),
        "derived": script(DERIVED),
        "last turn": script(DERIVED, turn=3),
        "first turn": script(LONG, turn=1),
    }
    assert [*in_flight_order(scripts)] == ["first turn", "last turn", "derived", "long", "short", "alone"]


def test_derived_tests_that_begin_at_once_are_of_different_operations() -> None:
    names = ("A.b", "A.c", "A.d", "B.b", "B.c", "C.b")
    scripts = {name: script(DERIVED.replace("A.b", name)) for name in names}
    assert [*in_flight_order(scripts)] == ["A.b", "B.b", "C.b", "A.c", "B.c", "A.d"]
