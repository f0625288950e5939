"""The judgement of successful replies, beside a JSON Schema validator that reads botocore's shapes itself."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import regex
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from conformance.checks.outputs import judge_asked, judge_output
from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Constraint, ConstraintKind, Direction
from tests.checks.documents import TIME, Place, candidates, places, whole_reply
from tests.checks.exchanges import call_with_reply, reply
from tests.contract.service_models import ALL_OPERATIONS, operation_model
from tests.strategies.judges import schema_of, without_consequences

WORDS = {
    "type": "type",
    "minLength": "length-min",
    "maxLength": "length-max",
    "minItems": "size-min",
    "maxItems": "size-max",
    "minProperties": "size-min",
    "maxProperties": "size-max",
    "minimum": "range-min",
    "maximum": "range-max",
    "enum": "enum",
    "pattern": "pattern",
}
# Promises that no model states; they have tests of their own below.
BEYOND_THE_MODEL = (".present", ".time", ".time-fraction")
# The real service was seen to send an empty NextToken.
LAWFUL = {"GetTranscript.output.NextToken.length-min"}
DEPTH = {"DescribeContact": 2}  # members below are judged by their type alone, with the one above them


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    """A pattern as Smithy means it: found anywhere, Unicode's properties known."""
    if isinstance(value, str) and not regex.search(pattern, value):
        yield ValidationError("no match")


Validator: Any = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]


@cache
def validator(name: str) -> Draft202012Validator:
    shape = operation_model(name).output_shape
    assert shape is not None
    checked: Draft202012Validator = Validator(schema_of(shape))
    return checked


def judge(name: str, document: Any) -> dict[str, set[bool]]:
    """By requirement id, whether a reply with `document` was found to keep it; several values may differ."""
    found: dict[str, set[bool]] = {}
    for requirement, violation in judge_output(name, call_with_reply(name, reply(200, document))):
        found.setdefault(requirement, set()).add(violation is None)
    return found


def broken_ids(name: str, document: Any) -> set[str]:
    return {rid for rid, kept in judge(name, document).items() if False in kept}


def expected_ids(name: str, place: Place, document: Any) -> set[str]:
    """The ids that the schema's errors stand for. Everything in `document` lies on the way to `place`, or below it."""
    errors = without_consequences(validator(name).iter_errors(document))
    return {rid for e in errors for rid in _ids(name, place, e) if rid not in LAWFUL}


def _ids(name: str, place: Place, error: ValidationError) -> Iterator[str]:
    depth, steps = DEPTH.get(name, 99), len(error.absolute_path)
    path = place.path[:steps]
    if error.validator == "required" or steps > len(place.path):
        return
    if "propertyNames" in error.absolute_schema_path:
        path = (*path, "key")
    if len(path) <= depth or error.validator == "type":
        yield ".".join((name, "output", *path[:depth], WORDS[str(error.validator)]))


def constraints(name: str) -> list[Constraint]:
    found = [r.constraint for r in catalogue().values() if r.operation == name and r.constraint]
    return [c for c in found if c.direction is Direction.OUTPUT]


@pytest.mark.parametrize("name", ALL_OPERATIONS)
def test_a_lawful_reply_keeps_each_promise_about_it(name: str) -> None:
    on_request = {c.id for c in constraints(name) if c.kind is ConstraintKind.PRESENT and c.asked_by}
    assert judge(name, whole_reply(name)) == {c.id: {True} for c in constraints(name) if c.id not in on_request}


@pytest.mark.parametrize("name", ALL_OPERATIONS)
def test_what_a_schema_finds_wrong_in_a_reply_is_found_and_nothing_else(name: str) -> None:
    for place in places(name):
        for value in candidates(place):
            document = place.holding(value)
            found = {rid for rid in broken_ids(name, document) if not rid.endswith(BEYOND_THE_MODEL)}
            assert found == expected_ids(name, place, document), (place.path, value)


@pytest.mark.parametrize("name", ALL_OPERATIONS)
def test_a_null_member_of_a_reply_is_an_absent_one(name: str) -> None:
    for place in places(name):
        if place.above[-1][1].type_name == "structure":
            with_null, without = place.holding(None), Place(place.above[:-1], place.above[-1][0], place.above[-1][1])
            document = without.holding({}) if len(place.path) > 1 else {}
            assert judge(name, with_null) == judge(name, document)


def left_out(document: Any, path: tuple[str, ...]) -> Any:
    """`document` without the member at `path`, in each element of the lists on the way."""
    made = copy.deepcopy(document)
    holders = [made]
    for step in path[:-1]:
        holders = [below for h in holders for below in (h if step == "member" else [h[step]])]
    for holder in holders:
        del holder[path[-1]]
    return made


PRESENT = [c for name in ALL_OPERATIONS for c in constraints(name) if c.kind is ConstraintKind.PRESENT]
ON_REQUEST = [c for c in PRESENT if c.asked_by]


@pytest.mark.parametrize("constraint", PRESENT, ids=lambda c: c.id)
def test_a_member_that_is_always_there_is_missed(constraint: Constraint) -> None:
    name, whole = constraint.operation.name, whole_reply(constraint.operation.name)
    without = left_out(whole, constraint.member.path)
    assert broken_ids(name, without) == (set() if constraint.asked_by else {constraint.id})
    exchange = call_with_reply(name, reply(200, without))
    violation = judge_asked(constraint, exchange)
    assert violation is not None
    assert (violation.requirement, violation.actual, violation.exchanges) == (constraint.id, "absent", (exchange,))


@pytest.mark.parametrize("constraint", ON_REQUEST, ids=lambda c: c.id)
def test_a_member_that_was_asked_for_is_found(constraint: Constraint) -> None:
    name = constraint.operation.name
    assert judge_asked(constraint, call_with_reply(name, reply(200, whole_reply(name)))) is None


def test_one_element_without_a_member_is_enough() -> None:
    item = {"Id": "1", "Type": "MESSAGE", "AbsoluteTime": TIME}
    reply_ = {"InitialContactId": "c", "Transcript": [item, {"Id": "2", "AbsoluteTime": TIME}, item]}
    assert broken_ids("GetTranscript", reply_) == {"GetTranscript.output.Transcript.member.Type.present"}


def test_what_holds_no_members_does_not_show_their_presence() -> None:
    found = judge("DescribeView", {"View": "x"})
    assert found == {"DescribeView.output.View.present": {True}, "DescribeView.output.View.type": {False}}
    assert judge("GetTranscript", {"InitialContactId": "c", "Transcript": ["x"]}) == {
        "GetTranscript.output.InitialContactId.present": {True},
        "GetTranscript.output.InitialContactId.type": {True},
        "GetTranscript.output.InitialContactId.length-min": {True},
        "GetTranscript.output.InitialContactId.length-max": {True},
        "GetTranscript.output.Transcript.present": {True},
        "GetTranscript.output.Transcript.type": {True},
        "GetTranscript.output.Transcript.member.type": {False},
    }


def test_a_call_without_a_reply_holds_nothing() -> None:
    nothing = call_with_reply("SendMessage", None)
    assert {rid for rid, violation in judge_output("SendMessage", nothing) if violation} == {
        "SendMessage.output.Id.present",
        "SendMessage.output.AbsoluteTime.present",
    }
    websocket = catalogue()["StartChatContact.output.Websocket.present"].constraint
    assert websocket is not None
    assert judge_asked(websocket, call_with_reply("StartChatContact", None)) is not None


@pytest.mark.parametrize(
    ("time", "is_time", "has_milliseconds"),
    [
        # As the documents write it, and as the real service was seen to write it.
        ("2022-07-08T12:16:00.047Z", True, True),
        ("2023-08-03T08:15:46Z", True, False),
        # Other ways of ISO 8601 to write the same.
        ("2022-07-08T12:16:00,047Z", True, True),
        ("2022-07-08T12:16:00.047+00:00", True, True),
        ("2022-07-08T12:16:00.047-0000", True, True),
        ("2022-07-08T12:16:00.0Z", True, False),
        ("2022-07-08T12:16:00.047123456+00:00", True, False),
        ("2016-12-31T23:59:60.000Z", True, True),
        ("2022-07-08T24:00:00.000Z", True, True),
        ("2024-02-29T00:00:00.000Z", True, True),
        # No designator, another zone, no T, no seconds, another text around it.
        ("2022-07-08T12:16:00.047", False, True),
        ("2022-07-08T12:16:00.047+01:00", False, True),
        ("2022-07-08T12:16:00.047-00:30", False, True),
        ("2022-07-08 12:16:00.047Z", False, True),
        ("2022-07-08T12:16Z", False, True),
        ("2022-07-08T12:16:00.047Z\n", False, True),
        (" 2022-07-08T12:16:00.047Z", False, True),
        ("2022-07-08T12:16:00.Z", False, True),
        ("1657282560.047", False, True),
        ("Fri, 08 Jul 2022 12:16:00 GMT", False, True),
        ("", False, True),
        # What no calendar and no clock has, and digits that are not ASCII.
        ("2022-13-08T12:16:00.047Z", False, True),
        ("2022-02-30T12:16:00.047Z", False, True),
        ("2023-02-29T12:16:00.047Z", False, True),
        ("2022-07-08T25:16:00.047Z", False, True),
        ("2022-07-08T12:60:00.047Z", False, True),
        ("2022-07-08T12:16:61.047Z", False, True),
        ("\uff12\uff10\uff12\uff12-07-08T12:16:00.047Z", False, True),
    ],
)
def test_a_time_is_told_from_what_is_none(time: str, *, is_time: bool, has_milliseconds: bool) -> None:
    found = judge("SendMessage", {"Id": "1", "AbsoluteTime": time})
    assert found["SendMessage.output.AbsoluteTime.time"] == {is_time}
    assert found["SendMessage.output.AbsoluteTime.time-fraction"] == {has_milliseconds}


@pytest.mark.parametrize(
    ("view", "matches"), [("view:1/$", True), ("view\n", False), ("\nview", False), ("vi ew", False)]
)
def test_a_pattern_ends_where_the_text_does(view: str, *, matches: bool) -> None:
    assert judge("DescribeView", {"View": {"Id": view}})["DescribeView.output.View.Id.pattern"] == {matches}


def test_a_time_of_a_wrong_type_is_that_one_violation() -> None:
    assert broken_ids("SendMessage", {"Id": "1", "AbsoluteTime": 1657282560}) == {
        "SendMessage.output.AbsoluteTime.type"
    }


def violations(name: str, document: Any) -> dict[str, tuple[str, str]]:
    exchange = call_with_reply(name, reply(200, document))
    found = [violation for _, violation in judge_output(name, exchange) if violation]
    assert all(violation.exchanges == (exchange,) for violation in found)
    return {violation.requirement: (violation.expected, violation.actual) for violation in found}


WHOLE_SECONDS = "2022-07-08T12:16:00Z"
CONTACT = {"TotalPauseCount": 11, "Tags": dict.fromkeys("abcdefg", "x"), "QueueInfo": {"Id": 1}}


@pytest.mark.parametrize(
    ("name", "document", "facet", "says", "actual"),
    [
        ("SendEvent", {"Id": 7}, "Id.type", "is a JSON string", "7"),
        ("SendEvent", {"Id": ""}, "Id.length-min", "has at least 1 code points", "0 code points"),
        ("SendEvent", {"Id": "x" * 257}, "Id.length-max", "has at most 256 code points", "257 code points"),
        ("SendEvent", {}, "Id.present", "is present", "absent"),
        ("GetAttachment", {"AttachmentSizeInBytes": 0}, "AttachmentSizeInBytes.range-min", "is at least 1", "0"),
        ("DescribeContact", {"Contact": CONTACT}, "Contact.TotalPauseCount.range-max", "is at most 10", "11"),
        ("DescribeContact", {"Contact": CONTACT}, "Contact.Tags.size-max", "holds at most 6 entries", "7 entries"),
        (
            "DescribeContact",
            {"Contact": CONTACT},
            "Contact.QueueInfo.type",
            "is a JSON object",
            "Contact.QueueInfo.Id 1, no JSON string",
        ),
        (
            "DescribeContact",
            {"Contact": {"Tags": {}}},
            "Contact.Tags.size-min",
            "holds at least 1 entries",
            "0 entries",
        ),
        ("DescribeView", {"View": {"Id": "?"}}, "View.Id.pattern", r"matches ^[a-zA-Z0-9\_\-:\/$]+$", '"?"'),
        (
            "SendEvent",
            {"AbsoluteTime": "now"},
            "AbsoluteTime.time",
            "is an ISO 8601 time with T and a UTC designator",
            '"now"',
        ),
        (
            "SendEvent",
            {"AbsoluteTime": WHOLE_SECONDS},
            "AbsoluteTime.time-fraction",
            "has three digits of a second's fraction",
            f'"{WHOLE_SECONDS}"',
        ),
        # Of a long value 80 characters are shown.
        ("SendEvent", {"Id": ["x" * 76, None]}, "Id.type", "is a JSON string", '["' + "x" * 76 + '", null]'),
        ("SendEvent", {"Id": {"a": True}}, "Id.type", "is a JSON string", '{"a": true}'),
    ],
)
def test_a_violation_says_what_was_expected_and_what_came(
    name: str, document: Any, facet: str, says: str, actual: str
) -> None:
    member = facet.rpartition(".")[0]
    assert violations(name, document)[f"{name}.output.{facet}"] == (f"{member} {says}", actual)


def test_an_enumeration_is_listed_in_the_order_of_the_model() -> None:
    shape: Any = operation_model("GetTranscript").output_shape
    words = ", ".join(shape.members["Transcript"].member.members["ParticipantRole"].metadata["enum"])
    (found,) = violations("GetTranscript", {"InitialContactId": "c", "Transcript": [
        {"Id": "1", "Type": "MESSAGE", "AbsoluteTime": TIME, "ParticipantRole": "agent"}
    ]}).values()  # fmt: skip
    assert found == (f"Transcript.member.ParticipantRole is one of {words}", '"agent"')
