"""Everything that is wrong with a reply is found, under the requirement that the contract has for it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.catalogue import catalogue, constraints
from conformance.contract.model import Kind, Member, operations
from conformance.contract.openapi.limits import is_expressed
from conformance.contract.openapi.shapes import Bound
from conformance.contract.requirements import Constraint, ConstraintKind, Direction, Level
from conformance.contract.wire import Response
from conformance.verification.schema_oracle.findings import _load as loaded_replies
from conformance.verification.schema_oracle.findings import judge, reply_requirements
from conformance.verification.schema_oracle.replies import apart
from conformance.verification.schema_oracle.requests import _load as loaded_requests
from tests.checks.exchanges import JSON, call_with_reply, error_reply, reply

TIME = "2026-01-31T12:00:00.000Z"
SENT = {"Id": "m-1", "AbsoluteTime": TIME}
PAGE = Response(400, (("Content-Type", "text/html"),), b"<html><p>no")
ITEM = {"Id": "m-1", "AbsoluteTime": TIME, "Type": "MESSAGE"}


def test_a_configuration_of_the_working_directory_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "schemathesis.toml").write_text("no [toml")
    monkeypatch.chdir(tmp_path)
    assert loaded_replies.__wrapped__().keys() == operations().keys()
    assert loaded_requests.__wrapped__(Bound.WIDEST)


def against(name: str, response: Response) -> set[str]:
    """The ids that are found broken, without the operation's name."""
    found = [violation.requirement for violation in judge(call_with_reply(name, response))]
    assert len(found) == len(set(found))
    return {rid.removeprefix(f"{name}.") for rid in found}


WRONG: list[tuple[str, Response, set[str]]] = [
    ("SendMessage", reply(200, {"Id": 5, "AbsoluteTime": "noon"}), {"output.Id.type", "output.AbsoluteTime.time"}),
    ("SendMessage", reply(201, {**SENT, "Id": "x" * 257}), {"success.status", "output.Id.length-max"}),
    ("SendMessage", reply(200, {**SENT, "Id": ""}), {"output.Id.length-min"}),
    ("SendMessage", reply(200, {}), {"output.Id.present", "output.AbsoluteTime.present"}),
    ("SendMessage", reply(200), {"output.Id.present", "output.AbsoluteTime.present"}),
    ("SendMessage", reply(200, {"Id": None, "AbsoluteTime": TIME}), {"output.Id.present"}),
    ("SendMessage", reply(200, [SENT]), {"success.body"}),
    ("SendMessage", Response(200, (JSON,), b"{"), {"success.body"}),
    ("SendMessage", Response(200, (), b"{"), {"success.body", "Protocol.success.content-type"}),
    (
        "GetTranscript",
        reply(200, {"InitialContactId": "c", "Transcript": [ITEM, {"Type": "GREETING"}, {**ITEM, "Id": 5}, None]}),
        {f"output.Transcript.member{below}" for below in (".Id.present", ".Id.type", ".AbsoluteTime.present", ".type")}
        | {"output.Transcript.member.Type.enum"},
    ),
    (
        "GetContactAttributes",
        reply(200, {"Attributes": {"": "v", "k": None, "l": "v" * 32768}}),
        {f"output.Attributes.{below}" for below in ("key.length-min", "value.type", "value.length-max")},
    ),
    ("SendMessage", error_reply(400, "NoSuchException"), {"error.type"}),
    ("SendMessage", error_reply(418, "ValidationException"), {"error.status"}),
    ("SendMessage", error_reply(403, "aws.chat#ValidationException:http://x/"), {"error.status"}),
    ("SendMessage", reply(400, {}, ("X-Amzn-ErrorType", "AccessDenied")), {"error.type"}),
    ("SendMessage", reply(403, [], ("X-Amzn-ErrorType", "AccessDeniedException")), {"error.body"}),
    ("SendMessage", Response(400, (("Content-Type", "text/html"),), b"<p>"), {"error.body", "error.content-type"}),
]


@pytest.mark.parametrize(("name", "response", "broken"), WRONG)
def test_all_that_is_wrong_with_a_reply_is_found(name: str, response: Response, broken: set[str]) -> None:
    assert against(name, response) == broken


LAWFUL: list[tuple[str, Response]] = [
    ("SendMessage", reply(200, SENT)),
    ("SendMessage", reply(200, {**SENT, "SomethingNew": [1]})),
    ("SendMessage", reply(200, {**SENT, "AbsoluteTime": "2026-01-31T12:00:00+00:00", "MessageMetadata": None})),
    (
        "SendMessage",
        Response(200, (("content-type", "application/x-amz-json-1.1; charset=utf-8"),), reply(200, SENT).body),
    ),
    ("SendMessage", Response(200, (JSON,), b'{"Id":"\\ud800","AbsoluteTime":"2026-01-31T12:00:00Z"}')),
    ("DisconnectParticipant", reply(200, {})),
    ("DisconnectParticipant", Response(200)),
    ("GetTranscript", reply(200, {"InitialContactId": "c", "Transcript": [ITEM], "NextToken": None})),
    ("SendMessage", error_reply(400, "ValidationException")),
    ("SendMessage", error_reply(400, "aws.chat#ValidationException:http://x/#y")),
    ("SendMessage", reply(400, {"Message": "no", "code": 17}, ("X-Amzn-ErrorType", "ValidationException:http://x/"))),
    ("SendMessage", reply(400, {"message": None, "code": "SerializationException"})),
    ("SendMessage", reply(429, {"__type": "TooManyRequestsException"})),
    ("SendMessage", error_reply(403, None)),
    ("SendMessage", Response(307, (), b"elsewhere")),
    ("SendMessage", Response(200, (JSON,), b'{"Id', truncated=True)),
]


@pytest.mark.parametrize(("name", "response"), LAWFUL)
def test_nothing_is_found_in_a_lawful_reply(name: str, response: Response) -> None:
    assert against(name, response) == set()


def test_of_a_call_without_a_reply_nothing_is_said() -> None:
    assert list(judge(call_with_reply("SendMessage", None))) == []


def test_all_ids_are_promised_and_none_is_an_open_question() -> None:
    spoken = {rid for subject in operations().values() for rid in reply_requirements(subject)}
    assert spoken <= catalogue().keys()
    assert all(catalogue()[rid].level is not Level.RECORD for rid in spoken)


def breaking(constraint: Constraint) -> Any:
    """A value that breaks a limit and no other."""
    limit = constraint.limit
    values: dict[ConstraintKind, Callable[[], Any]] = {
        ConstraintKind.TYPE: lambda: "true" if constraint.member.kind is Kind.BOOLEAN else True,
        ConstraintKind.LENGTH_MIN: lambda: "a" * (limit - 1),
        ConstraintKind.LENGTH_MAX: lambda: "a" * (limit + 1),
        ConstraintKind.RANGE_MIN: lambda: limit - 1,
        ConstraintKind.RANGE_MAX: lambda: limit + 1,
        ConstraintKind.ENUM: lambda: "NOT_LISTED",
        ConstraintKind.TIME: lambda: "yesterday",
    }
    return values[constraint.kind]()


def document(root: Member, path: tuple[str, ...], value: Any) -> Any:
    """A reply with `value` at `path` and nothing else."""
    if not path:
        return value
    below = document(root.child(path[0]), path[1:], value)
    shapes: dict[str, Callable[[], Any]] = {
        "member": lambda: [below],
        "value": lambda: {"k": below},
        "key": lambda: {below: "v"},
    }
    return shapes[path[0]]() if path[0] in shapes else {root.child(path[0]).wire_name: below}


KINDS = (
    *(ConstraintKind.TYPE, ConstraintKind.LENGTH_MIN, ConstraintKind.LENGTH_MAX, ConstraintKind.ENUM),
    *(ConstraintKind.RANGE_MIN, ConstraintKind.RANGE_MAX, ConstraintKind.TIME, ConstraintKind.PRESENT),
)


LIMITS = [c for c in constraints(Direction.OUTPUT, *KINDS) if is_expressed(c) and c.asked_by is None]


def findings_in_broken_reply(constraint: Constraint) -> list[str]:
    path, root = constraint.member.path, constraint.operation.output
    if constraint.kind is ConstraintKind.PRESENT:
        sent = document(root, path[:-1], {})
    else:
        sent = document(root, path, breaking(constraint))
    return [violation.requirement for violation in judge(call_with_reply(constraint.operation.name, reply(200, sent)))]


def test_each_limit_of_a_reply_is_found_broken() -> None:
    found = {constraint.id: findings_in_broken_reply(constraint) for constraint in LIMITS}
    assert {rid: ids for rid, ids in found.items() if rid not in ids} == {}


@pytest.mark.parametrize(
    ("response", "rule", "expected", "actual"),
    [
        (PAGE, "error.body", "a JSON object that names one exception type", "an HTML page"),
        (PAGE, "error.content-type", "a JSON content type", "text/html"),
        (reply(201, SENT), "success.status", "status 200", "201"),
        (
            reply(200, {**SENT, "Id": "x" * 257}),
            "output.Id.length-max",
            "Id has at most 256 code points",
            "257 code points",
        ),
        (reply(200, {"Id": "m"}), "output.AbsoluteTime.present", "AbsoluteTime is present", "absent"),
        (error_reply(400, "NoSuchException"), "error.type", "a declared or common type", "400 NoSuchException"),
    ],
)
def test_what_is_found_is_told_in_the_words_of_the_suite(
    response: Response, rule: str, expected: str, actual: str
) -> None:
    """The same fact, found twice, is one sentence; no word of another tool's reaches a reader."""
    (found,) = [v for v in judge(call_with_reply("SendMessage", response)) if v.requirement == f"SendMessage.{rule}"]
    assert (found.expected, found.actual) == (expected, actual)


def test_what_the_own_check_does_not_find_is_told_by_its_promise() -> None:
    (found,) = [
        v for v in judge(call_with_reply("SendMessage", Response(200, (), b"{"))) if v.requirement.startswith("Prot")
    ]
    assert found.expected.startswith("A success with a body has the Content-Type application/json (a reply that fits")
    assert found.actual == "200"


def test_a_schema_is_taken_apart_without_being_changed() -> None:
    schema = {
        "type": "object",
        "required": ["A"],
        "properties": {"A": {"type": "string"}, "B": {"anyOf": [{"type": "string", "enum": ["b"]}, {"type": "null"}]}},
        "allOf": [{"required": ["C"]}],
    }
    before = copy.deepcopy(schema)
    found = apart(schema)
    assert schema == before
    assert found["properties"]["B"] == {"type": ["string", "null"], "enum": ["b", None]}
    assert found["allOf"] == [{"required": ["A"], "properties": {"A": {"not": {"type": "null"}}}}]
