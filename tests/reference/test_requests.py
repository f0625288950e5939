"""What a request must be before any operation looks at it: path, media type, JSON, size."""

from __future__ import annotations

import json

import pytest

from conformance.contract.model import operations
from conformance.contract.wire import Request
from conformance.reference.choices import Choices
from conformance.reference.instances import INSTANCE_ID
from conformance.reference.service import HANDLERS, handler_of
from tests.reference.account import ACCESS_DENIED, SERIALIZATION, VALIDATION, Account, Chat, refusal_of

MESSAGE = {"ContentType": "text/plain", "Content": "hello"}


def message_request(chat: Chat, body: bytes, content_type: str | None = "application/json") -> Request:
    request = Request("", "POST", "/participant/message", (("X-Amz-Bearer", chat.token),), body)
    return request.with_header("Content-Type", content_type)


def test_every_covered_operation_is_performed() -> None:
    """The endpoint knows exactly the operations of the contract."""
    assert set(HANDLERS) == set(operations())


def test_an_operation_without_a_function_is_named() -> None:
    with pytest.raises(LookupError, match="a function list_queues, which would perform ListQueues"):
        handler_of("ListQueues")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/participant/message/more", 404),
        ("POST", "/", 404),
        ("POST", "/participant/views/", 404),
        ("PUT", "/participant/message", 405),
        ("POST", "/contacts/a/b", 405),
    ],
)
def test_what_is_no_operation_is_unknown(account: Account, method: str, path: str, status: int) -> None:
    """An unknown path is 404, an unknown method of a known path 405, both UnknownOperationException (W-07)."""
    assert refusal_of(account.send(Request("", method, path))) == (status, "UnknownOperationException")


def test_a_path_member_is_percent_decoded_once(account: Account, chat: Chat) -> None:
    """A ViewToken with a slash stays one segment, and %25 becomes %, not more (W-31)."""
    missing = account.call("DescribeView", chat.token, ViewToken="a/b c%2F")
    assert missing.members["ResourceId"] == "a/b c%2F"


def test_a_path_member_that_is_no_utf8_is_refused(account: Account, chat: Chat) -> None:
    """Bytes that are no text name nothing, and are no server error."""
    request = Request("", "GET", "/participant/views/%ff", (("X-Amz-Bearer", chat.token),))
    assert refusal_of(account.send(request)) == VALIDATION


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/x-amz-json-1.1"]
)
def test_json_is_taken_under_its_names(account: Account, chat: Chat, content_type: str) -> None:
    """A charset parameter and another letter case change nothing; an older SDK names the type differently."""
    assert account.send(message_request(chat, json.dumps(MESSAGE).encode(), content_type)).status == 200


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", None, ""])
def test_another_media_type_is_refused(account: Account, chat: Chat, content_type: str | None) -> None:
    """A body that is not declared as JSON is 415 UnsupportedMediaTypeException (W-04)."""
    reply = account.send(message_request(chat, json.dumps(MESSAGE).encode(), content_type))
    assert refusal_of(reply) == (415, "UnsupportedMediaTypeException")


def test_another_media_type_may_be_read_as_json() -> None:
    """The other lawful variant: Content-Type is not looked at (U3)."""
    account = Account(Choices(other_media_types="read as JSON"))
    assert account.send(message_request(account.chat(), json.dumps(MESSAGE).encode(), "text/plain")).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff",
        b'{"ContentType":"text/plain","Content":NaN}',
        b'{"ContentType":"text/plain","Content":"\\ud800"}',
        b'{"ContentType":"text/plain","Content":"hello","Deep":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"ContentType":"text/plain","Content":"hello","Huge":' + b"9" * 5_000 + b"}",
    ],
)
def test_what_is_no_json_object_is_refused(account: Account, chat: Chat, body: bytes) -> None:
    """Broken JSON, another JSON type, lone surrogates and JSON beyond reading are SerializationException (W-03)."""
    assert refusal_of(account.send(message_request(chat, body))) == SERIALIZATION


def test_an_empty_body_is_an_input_without_members(account: Account, chat: Chat) -> None:
    """Nothing is missing from an empty GetTranscript; SendMessage lacks its members."""
    empty = Request("", "POST", "/participant/transcript", (("X-Amz-Bearer", chat.token),))
    assert account.send(empty).status == 200
    assert refusal_of(account.send(message_request(chat, b""))) == VALIDATION


def test_a_body_of_more_than_10_megabytes_is_refused(account: Account, chat: Chat) -> None:
    """API Gateway takes 10 MB; more is 413, and nothing is sent."""
    reply = account.send(message_request(chat, b" " * (10 * 1024 * 1024 + 1)))
    assert refusal_of(reply) == (413, "RequestEntityTooLargeException")


def test_nul_and_characters_beyond_the_bmp_come_back_unchanged(chat: Chat) -> None:
    """Every Unicode character is content."""
    chat.say("a\x00b 😀 \u202e")
    assert chat.transcript()[0]["Content"] == "a\x00b 😀 \u202e"


def test_the_order_of_checks_is_a_choice() -> None:
    """A request that is wrong in both ways is refused for its bearer, or for its members (U18)."""
    arguments = {"ContentType": "text/plain"}
    assert refusal_of(Account().call("SendMessage", "unknown", **arguments)) == ACCESS_DENIED
    members_first = Account(Choices(first_checked="members"))
    assert refusal_of(members_first.call("SendMessage", "unknown", **arguments)) == VALIDATION
    assert refusal_of(members_first.call("SendMessage", "unknown", **MESSAGE)) == ACCESS_DENIED


def test_every_reply_is_stamped(account: Account) -> None:
    """A reply has a request id of its own and the endpoint's time, errors included."""
    first, second = account.start(), account.call("SendMessage", "unknown")
    assert first.header("x-amzn-RequestId") != second.header("x-amzn-RequestId")
    assert first.header("Date") == second.header("Date") == "Sun, 01 Mar 2026 12:00:00 GMT"


def test_an_error_has_its_type_in_a_header_and_a_json_message(account: Account) -> None:
    """The type is bare in x-amzn-ErrorType (W-01) and the body's member is message, as it was seen (W-10)."""
    reply = account.call("DescribeContact", InstanceId=INSTANCE_ID, ContactId="unknown")
    assert refusal_of(reply) == (404, "ResourceNotFoundException")
    assert reply.header("Content-Type") == "application/json"
    assert set(reply.members) == {"message"}
