"""The OpenAPI document is one, names its operations' security, tokens and errors, and says why it is silent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openapi_spec_validator import OpenAPIV31SpecValidator

from conformance.commands.cli import main
from conformance.contract.catalogue import catalogue
from conformance.contract.model import operations
from conformance.contract.openapi import not_expressed
from conformance.contract.openapi.document import LEGEND, NOT_EXPRESSED, document, ids_expressed_in
from conformance.contract.openapi.limits import LEFT_OUT, portable
from conformance.contract.openapi.not_expressed import NoReason, reason_of
from conformance.contract.openapi.responses import ERROR_HEADER
from conformance.contract.openapi.shapes import FRESH, PARTLY, RESOURCE, SAID, SHOULD, Bound
from conformance.contract.requirements import Level
from conformance.results.verdicts import ExitCode
from tests.openapi.judging import CALLS, DOCUMENTS, body_schema, first_error, reply_schema, strict_schema

WIDEST = DOCUMENTS[Bound.WIDEST]


@pytest.mark.slow
@pytest.mark.parametrize("found", DOCUMENTS.values(), ids=DOCUMENTS)
def test_it_is_an_openapi_document_of_every_operation(found: dict[str, object]) -> None:
    OpenAPIV31SpecValidator(json.loads(json.dumps(found))).validate()
    assert CALLS[Bound.WIDEST].keys() == CALLS[Bound.NARROWEST].keys() == operations().keys()


def unexpressed_rules() -> dict[str, str]:
    """What is not said or not said whole, with the reason."""
    found = dict(WIDEST[NOT_EXPRESSED])
    for call in CALLS[Bound.WIDEST].values():
        found |= call[NOT_EXPRESSED]
    return found


def test_each_requirement_is_said_or_has_a_reason_why_not() -> None:
    silent = unexpressed_rules()
    assert silent.keys() == catalogue().keys() - ids_expressed_in(WIDEST)
    assert all(reason.endswith(".") for reason in silent.values())
    assert {"SendMessage.Content.bytes-max", "SendMessage.ClientToken.same-token-same-result"} <= silent.keys()
    assert "WebSocket.alive.ping" in WIDEST[NOT_EXPRESSED]


def test_a_requirement_without_a_reason_is_named_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence names the file as a contributor opens it, also where the command comes upon the requirement."""
    place = re.escape("conformance/contract/openapi/not_expressed.toml gives no reason")
    with pytest.raises(NoReason, match=f"^no schema expresses SendMessage.ContentType.length-max, and {place}"):
        reason_of("SendMessage.ContentType.length-max")
    monkeypatch.setattr(not_expressed, "_reasons", tuple)
    done = CliRunner().invoke(main, ["openapi"])
    assert done.exit_code == ExitCode.SUITE_ERROR
    assert re.fullmatch(rf"Error: no schema expresses [\w.-]+, and {place}: [^\n]+\n", done.output)


def test_a_clause_has_its_rule_beside_it() -> None:
    excluding, *_ = body_schema("StartChatContact")["allOf"]
    assert excluding[SAID] == ["StartChatContact.RelatedContactId.excludes-persistent-chat"]
    (short,) = body_schema("SendMessage")["properties"]["Content"]["allOf"]
    assert short[PARTLY] == ["SendMessage.Content.bytes-max", "SendMessage.Content.bytes-max-every-type"]
    content = body_schema("SendMessage")["properties"]["Content"][SAID]
    assert {"SendMessage.Content.length-max", "SendMessage.Content.bytes-at-limit"} <= set(content)


def test_open_questions_are_said_nowhere() -> None:
    records = {rid for rid, requirement in catalogue().items() if requirement.level is Level.RECORD}
    assert records <= unexpressed_rules().keys()


def test_what_is_said_in_part_is_also_among_what_is_not_expressed() -> None:
    def partly(part: object) -> set[str]:
        if isinstance(part, list):
            return set().union(*map(partly, part))
        if not isinstance(part, dict):
            return set()
        return set(part.get(PARTLY, ())).union(*(partly(below) for key, below in part.items() if key != PARTLY))

    assert {"SendMessage.Content.bytes-max", "SendMessage.error.type"} <= partly(WIDEST) <= unexpressed_rules().keys()


def test_a_pattern_that_readers_understand_differently_is_left_out_with_the_reason() -> None:
    assert portable("^[a-z]+$") == "^[a-z]+$"
    assert portable(r"^[a-z\_]+$") == "^[a-z_]+$"
    assert [portable(pattern) for pattern in (r"^\p{L}+$", "(", r"\@")] == [None, None, None]
    view = reply_schema("DescribeView")["properties"]["View"]["properties"]
    assert view["Id"]["pattern"] == r"^[a-zA-Z0-9_\-:\/$]+$"
    left_out = view["Name"]["anyOf"][0][LEFT_OUT]
    assert left_out["pattern"].startswith(r"^([\p{L}")
    assert "Unicode" in left_out["reason"]


def test_participants_bring_a_token_and_all_others_sign() -> None:
    for name, call in CALLS[Bound.WIDEST].items():
        signed = operations()[name].signed
        assert call["security"] == ([{"sigv4": []}] if signed else [{"bearer": []}])
        assert (f"{name}.signature.required" if signed else f"{name}.bearer.unsigned-accepted") in ids_expressed_in(
            call
        )


def test_a_bearer_has_1_to_1000_characters_one_of_them_a_letter_or_digit() -> None:
    with_bearer = [name for name, operation in operations().items() if operation.bearer]
    assert len(with_bearer) == 11
    for name in with_bearer:
        (bearer,) = [p for p in CALLS[Bound.WIDEST][name]["parameters"] if p["in"] == "header"]
        assert (bearer["name"], bearer["required"]) == ("X-Amz-Bearer", True)
        assert first_error(bearer["schema"], "a" * 1000) == first_error(bearer["schema"], "a") == []
        assert [bool(first_error(bearer["schema"], token)) for token in ("", "a" * 1001, " ", "!")] == [True] * 4


ERRORS = [
    ("SendMessage", 400, "ValidationException"),
    ("SendMessage", 400, "SerializationException"),
    ("SendMessage", 403, "AccessDeniedException"),
    ("SendEvent", 409, "ConflictException"),
    ("StartAttachmentUpload", 402, "ServiceQuotaExceededException"),
    ("StartChatContact", 429, "LimitExceededException"),
    ("DescribeView", 404, "ResourceNotFoundException"),
]


@pytest.mark.parametrize(("name", "status", "kind"), ERRORS)
def test_an_error_names_a_type_of_its_status_with_any_decoration(name: str, status: int, kind: str) -> None:
    reply = CALLS[Bound.WIDEST][name]["responses"][str(status)]
    header, body = reply["headers"][ERROR_HEADER], reply["content"]["application/json"]["schema"]
    assert kind in header["schema"]["anyOf"][0]["enum"]
    decorated = (kind, f"{kind}:http://internal.amazon.com/x", f"com.amazonaws#{kind}", f"a#{kind}:http://b/#c")
    for text in decorated:
        assert first_error(header["schema"], text) == []
        assert first_error(body, {"__type": text, "message": "no"}) == first_error(body, {"code": text}) == []
    for text in (f"{kind}2", f"My{kind}", "NoSuchException", ""):
        assert first_error(header["schema"], text) != []
    assert first_error(body, {"__type": "NoSuchException"}) != []
    assert first_error(body, {"code": "400"}) == first_error(body, {"code": 400}) == first_error(body, {}) == []


def test_a_mock_finds_an_example_of_each_error_that_the_operation_declares_itself() -> None:
    for name, call in CALLS[Bound.WIDEST].items():
        declared = {(str(error.status), error.name) for error in operations()[name].errors}
        for status, reply in call["responses"].items():
            if ERROR_HEADER in reply["headers"]:
                (first,) = reply["headers"][ERROR_HEADER]["schema"]["examples"]
                bodies = reply["content"]["application/json"]["examples"]
                assert next(iter(bodies)) == first
                assert (status, first) in declared or status not in dict(declared)
                assert set(bodies) >= {kind for where, kind in declared if where == status}
    refusals = {name: CALLS[Bound.WIDEST][name]["responses"]["400"] for name in ("SendMessage", "StopContact")}
    examples = {name: next(iter(found["content"]["application/json"]["examples"])) for name, found in refusals.items()}
    assert examples == {"SendMessage": "ValidationException", "StopContact": "InvalidParameterException"}


def _examples(part: Any) -> Iterator[tuple[Any, Any]]:
    """Each schema with an example of it, in schemas themselves and beside those of bodies."""
    if isinstance(part, list):
        for below in part:
            yield from _examples(below)
    elif isinstance(part, dict):
        examples = part.get("examples", ())
        if isinstance(examples, dict):
            yield from ((part["schema"], example["value"]) for example in examples.values())
        else:
            yield from ((part, example) for example in examples)
        yield from (found for below in part.values() for found in _examples(below))


def test_each_example_fits_the_schema_that_it_stands_at() -> None:
    replies = [reply for call in CALLS[Bound.WIDEST].values() for reply in call["responses"].values()]
    found = list(_examples(replies))
    assert {"2026-01-31T12:00:00.000Z", "wss://example.com/chat", "*"} <= {
        text for _, text in found if text == str(text)
    }
    assert [
        (example, wrong) for schema, example in found if (wrong := first_error(strict_schema(schema), example))
    ] == []


def test_what_should_hold_stands_beside_what_must() -> None:
    types, error = body_schema("CreateParticipantConnection"), CALLS[Bound.WIDEST]["SendMessage"]["responses"]["400"]
    refusal = error["content"]["application/json"]["schema"]
    for schema, body in ((types, {"Type": ["WEBSOCKET", None]}), (refusal, {"__type": "ValidationException"})):
        assert first_error(schema, body) == []
        assert first_error(strict_schema(schema), body) != []
    assert (
        first_error(strict_schema(refusal), {"Message": "no"})
        == first_error(strict_schema(refusal), {"message": "no"})
        == []
    )
    for name in ("x-amzn-RequestId", "Access-Control-Allow-Origin"):
        assert error["headers"][name]["required"] is False
        assert error["headers"][name][SHOULD][0]["required"] is True


def test_the_type_stands_in_a_header_only_where_that_is_asked_for() -> None:
    for found, expected in ((WIDEST, False), (document(error_header_required=True), True)):
        call = found["paths"]["/participant/message"]["post"]
        assert call["responses"]["400"]["headers"][ERROR_HEADER]["required"] is expected


def test_members_that_name_something_or_are_never_used_twice_are_marked() -> None:
    start = body_schema("StartChatContact")["properties"]
    assert "instance" in start["InstanceId"][RESOURCE]
    assert start["ClientToken"][FRESH] is True
    assert RESOURCE not in body_schema("SendMessage")["properties"]["Content"]
    known = document(known={"InstanceId": "i-1"})["paths"]["/contact/chat"]["put"]["requestBody"]
    assert known["content"]["application/json"]["schema"]["properties"]["InstanceId"]["examples"] == ["i-1"]


def test_every_extension_is_explained() -> None:
    used = set(re.findall(r'"(x-conformance-[a-z-]+)":', json.dumps(DOCUMENTS)))
    assert used == {entry["extension"] for entry in WIDEST[LEGEND]} | {LEGEND}


def test_the_command_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    assert CliRunner().invoke(main, ["openapi", "--output", str(path)]).exit_code == 0
    assert json.loads(path.read_text()) == json.loads(json.dumps(WIDEST))
    narrow = json.loads(CliRunner().invoke(main, ["openapi", "--bound", "narrowest"]).output)
    assert narrow == json.loads(json.dumps(document(Bound.NARROWEST))) != json.loads(path.read_text())
    refused = CliRunner().invoke(main, ["openapi", "--output", str(path / "x.json")])
    assert (refused.exit_code, "cannot be written" in refused.output) == (4, True)
