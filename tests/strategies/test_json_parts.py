"""Documents that are wrong in one part: each differs from the right one in that part alone."""

from __future__ import annotations

from strategies.json_parts import FEW, wrong_parts

RIGHT = {"version": "1", "data": {"title": "Red"}}


def test_each_member_at_any_depth_is_left_out_and_changed() -> None:
    wrong = wrong_parts(RIGHT, FEW)
    assert wrong["data absent"] == {"version": "1"}
    assert wrong["data.title absent"] == {"version": "1", "data": {}}
    assert wrong["data.title a number"] == {"version": "1", "data": {"title": 5}}
    assert wrong["a further member"] == {"version": "1", "data": {"title": "Red"}, "conformance": 1}
    assert len(wrong) == 5 + 3 * len(FEW)


def test_a_member_is_renamed_and_wrapped() -> None:
    wrong = wrong_parts({"messageId": "m"})
    assert wrong["messageId in other letter case"] == {"MESSAGEiD": "m"}
    assert wrong["messageId in an array"] == {"messageId": ["m"]}
    assert wrong["messageId in an object"] == {"messageId": {"value": "m"}}


def test_the_right_document_stays_as_it_was() -> None:
    wrong_parts(RIGHT)
    assert RIGHT == {"version": "1", "data": {"title": "Red"}}
