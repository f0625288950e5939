"""What each reply is judged by, whoever asked for it."""

from __future__ import annotations

import gzip

import pytest

from conformance.checks.passive import judge_front, judge_reply
from conformance.contract.catalogue import catalogue
from conformance.contract.wire import Exchange, Response
from tests.checks.documents import TIME, whole_reply
from tests.checks.exchanges import JSON, REQUEST_ID, call_with_reply, error_reply, reply
from tests.contract.service_models import ALL_OPERATIONS, CONNECT_OPERATIONS, PARTICIPANT_OPERATIONS

SENT = {"Id": "1", "AbsoluteTime": TIME}
ERROR = {"error.content-type", "error.body", "error.type", "error.status", "reply.request-id", "reply.no-server-error"}
SUCCESS = {"success.status", "success.body", "reply.request-id", "reply.no-server-error"}


def judge_passively(exchange: Exchange) -> tuple[set[str], dict[str, tuple[str, str]]]:
    """The families that a reply keeps, and what was expected and seen of those that it breaks."""
    kept: set[str] = set()
    broken: dict[str, tuple[str, str]] = {}
    for requirement, violation in judge_reply(exchange):
        assert requirement in catalogue()
        family = requirement.removeprefix(f"{exchange.request.operation}.")
        if violation is None:
            kept.add(family)
        else:
            assert (violation.requirement, violation.exchanges) == (requirement, (exchange,))
            broken[family] = (violation.expected, violation.actual)
    return {family for family in kept if not family.startswith("output.")}, broken


def breaches_of(response: Response, name: str = "SendMessage") -> dict[str, tuple[str, str]]:
    return judge_passively(call_with_reply(name, response))[1]


@pytest.mark.parametrize("name", ALL_OPERATIONS)
def test_a_right_reply_keeps_every_promise_about_successes(name: str) -> None:
    assert judge_passively(call_with_reply(name, reply(200, whole_reply(name)))) == (SUCCESS, {})


@pytest.mark.parametrize("name", ALL_OPERATIONS)
def test_a_right_refusal_keeps_every_promise_about_errors(name: str) -> None:
    kind = "ValidationException" if name in PARTICIPANT_OPERATIONS else "InvalidRequestException"
    assert judge_passively(call_with_reply(name, error_reply(400, kind))) == (ERROR, {})


def test_the_members_of_a_success_are_judged_too() -> None:
    assert breaches_of(reply(200, {"Id": "1"})) == {
        "output.AbsoluteTime.present": ("AbsoluteTime is present", "absent"),
    }


@pytest.mark.parametrize("response", [None, Response(200, truncated=True), Response(400, truncated=True)])
def test_what_did_not_come_whole_is_judged_by_its_status_alone(response: Response | None) -> None:
    front = set() if response is None else {"reply.no-server-error"}
    assert judge_passively(call_with_reply("SendMessage", response)) == (front, {})


def test_a_browsers_preflight_is_no_call_of_the_operation() -> None:
    preflight = call_with_reply("SendMessage", reply(500), method="OPTIONS")
    assert list(judge_reply(preflight)) == []


@pytest.mark.parametrize("status", [100, 199, 300, 302, 304, 399])
def test_what_is_neither_success_nor_error_is_judged_by_its_status_alone(status: int) -> None:
    assert judge_passively(call_with_reply("SendMessage", reply(status))) == ({"reply.no-server-error"}, {})


@pytest.mark.parametrize(
    ("response", "actual"),
    [
        (error_reply(500, "InternalServerException"), "500 InternalServerException"),
        (error_reply(503, None), "503"),
        (Response(502, truncated=True), "502"),
        # Asking for fewer requests is lawful at any time, whatever the status.
        (error_reply(503, "ThrottlingException"), None),
        (error_reply(499, None), None),
    ],
)
def test_nothing_is_answered_with_a_server_error(response: Response, actual: str | None) -> None:
    expected = {} if actual is None else {"reply.no-server-error": ("a status below 500", actual)}
    found = breaches_of(response)
    assert {k: v for k, v in found.items() if k == "reply.no-server-error"} == expected
    exchange = call_with_reply("StopContact", response)
    ((requirement, violation),) = judge_front(exchange)
    assert requirement == "StopContact.reply.no-server-error"
    assert (violation is None) == (actual is None)
    assert violation is None or violation.exchanges == (exchange,)


def test_a_missing_reply_says_nothing_about_the_server() -> None:
    assert list(judge_front(call_with_reply("SendMessage", None))) == []


@pytest.mark.parametrize("response", [Response(200, (JSON,), b"{}"), Response(400, (JSON,), b"{}")])
def test_every_reply_carries_a_request_id(response: Response) -> None:
    assert breaches_of(response)["reply.request-id"] == ("a header x-amzn-RequestId", "no such header")
    with_id = Response(response.status, (JSON, ("X-AMZN-REQUESTID", "1")), b"{}")
    assert "reply.request-id" not in breaches_of(with_id)


def test_a_success_has_the_modelled_status() -> None:
    assert breaches_of(reply(202, SENT)) == {"success.status": ("status 200", "202")}


@pytest.mark.parametrize(
    ("body", "actual"),
    [
        (b"[]", "a JSON list"),
        (b'"ok"', "a JSON string"),
        (b"null", "a JSON null"),
        (b"<html>", "an HTML page"),
        (b'{"Id": "1"', "JSON that breaks off after 10 bytes"),
        (b'{"Id": NaN}', "JSON with NaN as a number, which JSON does not have"),
        (b'{"Id": -Infinity}', "JSON with -Infinity as a number, which JSON does not have"),
        (b"\xef\xbb\xbf{}", "JSON behind a byte order mark"),
        ('{"Id": "1"}'.encode("utf-16"), "JSON in UTF-16"),
        (b'{"Id": "\xff"}', "JSON with bytes that are not UTF-8"),
    ],
)
def test_the_body_of_a_success_is_a_json_object(body: bytes, actual: str) -> None:
    wrong = Response(200, (JSON, REQUEST_ID), body)
    assert breaches_of(wrong) == {"success.body": ("a JSON object as body", actual)}


def test_a_body_that_was_compressed_unasked_is_called_that() -> None:
    """Every request says Accept-Encoding: identity; what came is no broken JSON."""
    compressed = Response(200, (JSON, REQUEST_ID, ("Content-Encoding", "gzip")), gzip.compress(b"{}"))
    _, actual = breaches_of(compressed)["success.body"]
    assert actual.startswith("a body in the content coding gzip, which the request did not accept")


@pytest.mark.parametrize("body", [b"", b" \r\n"])
def test_an_empty_body_is_as_good_as_an_empty_object(body: bytes) -> None:
    empty = Response(200, (JSON, REQUEST_ID), body)
    assert judge_passively(call_with_reply("StopContact", empty)) == (SUCCESS, {})
    assert set(breaches_of(empty)) == {"output.Id.present", "output.AbsoluteTime.present"}


@pytest.mark.parametrize(
    ("header", "shown"), [((("Content-Type", "text/html"),), "text/html"), ((), "no content type")]
)
def test_the_content_type_of_an_error_is_json(header: tuple[tuple[str, str], ...], shown: str) -> None:
    wrong = Response(400, (*header, REQUEST_ID), b'{"__type": "ValidationException"}')
    assert breaches_of(wrong) == {"error.content-type": ("a JSON content type", shown)}


@pytest.mark.parametrize(
    ("body", "actual"),
    [
        (b"[]", "a JSON list"),
        (b"no", "2 bytes that are not JSON"),
        (b'{"message": "no"}', "no exception type in header, __type or code"),
        (b"", "no exception type in header, __type or code"),
        (b'{"__type": "AException", "code": "BException"}', "several types: AException, BException"),
    ],
)
def test_an_error_is_a_json_object_that_names_one_type(body: bytes, actual: str) -> None:
    wrong = Response(400, (JSON, REQUEST_ID), body)
    families = {family: result for family, result in breaches_of(wrong).items() if family != "error.type"}
    assert families == {"error.body": ("a JSON object that names one exception type", actual)}


@pytest.mark.parametrize("body", [b"", b"\n", b"{}", b'{"__type": "ns#ValidationException"}'])
def test_a_type_in_the_header_is_as_good_as_one_in_the_body(body: bytes) -> None:
    named = Response(400, (JSON, REQUEST_ID, ("x-amzn-ErrorType", "ValidationException:http://a.test/")), body)
    assert judge_passively(call_with_reply("SendMessage", named)) == (ERROR, {})


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("name", ["SendMessage", "CreateParticipantConnection"])
def test_a_gateway_that_refuses_a_bearer_may_leave_the_name_out(name: str, status: int) -> None:
    assert breaches_of(error_reply(status, None), name) == {
        "error.named-when-denied": ("a named exception type", str(status))
    }
    kept, _ = judge_passively(call_with_reply(name, error_reply(status, None)))
    assert "error.body" in kept


@pytest.mark.parametrize("status", [400, 402, 404, 429])
def test_what_no_gateway_refuses_a_bearer_with_names_its_type(status: int) -> None:
    assert set(breaches_of(error_reply(status, None))) == {"error.body"}


@pytest.mark.parametrize("name", CONNECT_OPERATIONS)
def test_there_is_no_such_gateway_before_connect(name: str) -> None:
    assert set(breaches_of(error_reply(403, None), name)) == {"error.body"}


def test_a_refused_bearer_that_is_named_is_kept() -> None:
    kept, wrong = judge_passively(call_with_reply("SendMessage", error_reply(403, "AccessDeniedException")))
    assert (kept, wrong) == (ERROR | {"error.named-when-denied"}, {})


def test_a_gateways_refusal_is_json_even_without_a_name() -> None:
    wrong = Response(403, (JSON, REQUEST_ID), b"Forbidden")
    assert breaches_of(wrong) == {
        "error.named-when-denied": ("a named exception type", "403"),
        "error.body": ("a JSON object that names one exception type", "9 bytes that are not JSON"),
    }


def test_an_error_names_a_type_that_its_operation_may_answer_with() -> None:
    # ConflictException is declared by SendEvent, not by SendMessage; the status of an unknown type is not judged.
    kept, wrong = judge_passively(call_with_reply("SendMessage", error_reply(409, "ConflictException")))
    assert wrong == {"error.type": ("a declared or common type", "409 ConflictException")}
    assert "error.status" not in kept
    assert breaches_of(error_reply(409, "ConflictException"), "SendEvent") == {}


@pytest.mark.parametrize(
    ("status", "kind", "expected"),
    [
        (404, "ValidationException", "ValidationException with status 400"),
        (409, "SerializationException", "SerializationException with status 400"),
        (409, "MissingAuthenticationToken", "MissingAuthenticationToken with status 400 or 403"),
    ],
)
def test_an_error_has_the_status_of_its_type(status: int, kind: str, expected: str) -> None:
    assert breaches_of(error_reply(status, kind)) == {"error.status": (expected, f"{status} {kind}")}
