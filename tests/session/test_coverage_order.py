from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import pytest

from conformance.engine.depth import DEPTHS
from conformance.scenario.markers import verifies
from conformance.session.coverage_order import Cost, adding_tests, by_coverage, cost_of, in_running_order

MUST, OTHER_MUST = "SendMessage.Content.bytes-max", "SendMessage.Id.unique"
RECORD = "SendMessage.request.wrong-path"


def test_the_test_that_shows_most_for_its_cost_comes_first() -> None:
    tests = {"operations/a.py::test_a": (MUST,), "operations/a.py::test_b": (MUST, OTHER_MUST)}
    assert by_coverage(tests, 10) == ("operations/a.py::test_b", "operations/a.py::test_a")


def test_what_shows_nothing_new_keeps_its_place_behind_the_others() -> None:
    tests = {"a.py::test_r": (RECORD,), "a.py::test_s": (RECORD,), "a.py::test_m": (MUST,)}
    assert by_coverage(tests, 10) == ("a.py::test_m", "a.py::test_r", "a.py::test_s")


def test_a_derived_requirement_is_shown_by_its_own_test_alone() -> None:
    derived, own = (
        "SendMessage.Content.type",
        "conformance/protocol/test_members.py::test_type[SendMessage.Content.type]",
    )
    tests = {"conformance/protocol/test_members.py::test_schema[SendMessage]": (derived,), own: (derived,)}
    assert by_coverage(tests, 10)[0] == own


def test_a_test_that_adds_nothing_or_one_should_for_much_is_none_of_the_adding_ones() -> None:
    tests = {
        "conformance/operations/a.py::test_both": (MUST, OTHER_MUST),
        "conformance/operations/a.py::test_one": (MUST,),
        "conformance/operations/a.py::test_open": (RECORD,),
        "conformance/operations/a.py::test_dear": ("SendMessage.AbsoluteTime.when-sent",),
        "conformance/protocol/test_members.py::test_type[SendMessage.Content.type]": ("SendMessage.Content.type",),
    }
    assert adding_tests(tests, 10, DEPTHS["aws"]) == set(tests) - {
        "conformance/operations/a.py::test_one",
        "conformance/operations/a.py::test_open",
        "conformance/operations/a.py::test_dear",
    }


def test_tests_of_one_operation_share_a_cost_and_an_unknown_test_is_an_ordinary_one() -> None:
    function = "conformance/protocol/test_members.py::test_another_json_type_is_refused"
    assert cost_of(f"{function}[SendMessage.Content.type]") == cost_of(f"{function}[SendMessage.ContentType.type]")
    assert cost_of("conformance/operations/test_x.py::test_of_tomorrow") == Cost(12, 1)


@dataclass
class Item:
    """As much of a collected test as its place depends on."""

    nodeid: str
    marks: tuple[pytest.MarkDecorator, ...]

    def iter_markers(self, name: str) -> Iterator[pytest.Mark]:
        return (decorator.mark for decorator in self.marks if decorator.name == name)

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        return next(self.iter_markers(name), None)


def test_a_run_begins_with_what_shows_most_promises_and_ends_with_what_must_come_last() -> None:
    should = "SendMessage.AbsoluteTime.when-sent"
    items = [
        Item("operations/a.py::test_last", (verifies(MUST, OTHER_MUST, should), pytest.mark.moves_clock)),
        Item("operations/a.py::test_open", (verifies(RECORD),)),
        Item("operations/a.py::test_one", (verifies(MUST),)),
        Item("operations/a.py::test_should", (verifies(should),)),
        Item("operations/a.py::test_both", (verifies(OTHER_MUST, "SendMessage.AbsoluteTime.never-back"),)),
    ]
    ordered = in_running_order(cast("list[pytest.Item]", items))
    names = [item.nodeid.partition("::")[2] for item in ordered]
    assert names == ["test_both", "test_one", "test_should", "test_open", "test_last"]


def test_a_long_scenario_that_shows_much_comes_before_a_derived_test_that_shows_little() -> None:
    ends = "StopContact.ContactId.type"
    derived = Item(f"conformance/protocol/test_members.py::test_of_tomorrow[{ends}]", (verifies(ends),))
    scenario = Item("conformance/journeys/t.py::test_of_tomorrow", (verifies(MUST, OTHER_MUST),))
    assert in_running_order(cast("list[pytest.Item]", [derived, scenario]))[0].nodeid == scenario.nodeid


def test_a_must_comes_before_a_should_that_costs_as_much() -> None:
    claims = ("SendMessage.AbsoluteTime.when-sent", MUST)
    items = [Item(f"operations/a.py::test_{number}", (verifies(rid),)) for number, rid in enumerate(claims)]
    ordered = in_running_order(cast("list[pytest.Item]", items))
    assert [item.nodeid for item in ordered] == ["operations/a.py::test_1", "operations/a.py::test_0"]
