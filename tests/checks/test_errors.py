import pytest

from conformance.checks.errors import belongs, describe, error_text, is_json, is_throttled
from conformance.contract.model import operation
from conformance.contract.wire import Exchange, Request, Response
from tests.checks.exchanges import error_reply


@pytest.mark.parametrize(
    ("status", "name", "throttled"),
    [
        (429, None, True),
        # Connect's quota of chats and its rate are both declared with 429; services were seen to throttle with 400.
        (429, "LimitExceededException", True),
        (429, "NobodysException", True),
        (400, "ThrottlingException", True),
        (503, "TooManyRequestsException", True),
        (400, "ValidationException", False),
        (403, None, False),
        (428, None, False),
        (430, None, False),
        (200, None, False),
    ],
)
def test_a_reply_that_asks_for_fewer_requests_is_throttling(status: int, name: str | None, *, throttled: bool) -> None:
    assert is_throttled(error_reply(status, name)) is throttled


def test_an_operation_answers_with_what_it_declares_and_with_what_is_common() -> None:
    assert belongs(operation("DescribeView"), "ResourceNotFoundException")
    assert belongs(operation("SendMessage"), "SerializationException")
    assert not belongs(operation("SendMessage"), "ResourceNotFoundException")


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json ;charset=utf-8",
        "application/json;x=text/html",
        "application/json; charset=utf-8; version=1",
        "text/json",
        "application/x-json",
        # The AWS protocols of other services, and a suffix as RFC 6839 has it.
        "application/x-amz-json-1.0",
        "application/x-amz-json-1.1",
        "application/problem+json",
        "application/vnd.api+json",
    ],
)
def test_a_content_type_of_json_is_known_in_every_form(content_type: str) -> None:
    assert is_json(Response(400, (("content-type", content_type),)))


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/html",
        "text/plain; charset=json",
        "application/octet-stream",
        "application/jsonlines",
        "application/x-ndjson",
        "application/json-seq",
        "application/json+xml",
        "json/text",
        "json",
        "text/html; application/json",
        "text/html/json",
    ],
)
def test_another_content_type_is_none_of_json(content_type: str) -> None:
    assert not is_json(Response(400, (("Content-Type", content_type),)))


def test_no_content_type_is_none_of_json() -> None:
    assert not is_json(Response(400))


def test_a_reply_is_described_by_its_status_and_the_type_that_it_names() -> None:
    assert describe(error_reply(400, "ValidationException")) == "400 ValidationException"
    assert describe(error_reply(403, None)) == "403"


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (None, "no answer"),
        (Response(200, (), b"{}"), "no error name, status 200"),
        (Response(409, (), b'{"__type": "ConflictException"}'), "ConflictException"),
    ],
)
def test_an_error_is_told_by_its_name_or_in_words(response: Response | None, words: str) -> None:
    assert error_text(Exchange(Request("StopContact", "POST", "/contact/stop"), response)) == words
