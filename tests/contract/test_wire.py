import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.serialize import create_serializer
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.model import operation
from conformance.contract.wire import (
    EVIDENCE_BYTES,
    Exchange,
    Request,
    Response,
    as_evidence,
    has_too_many_values,
    header_of,
    to_request,
)
from tests.contract.service_models import ALL_OPERATIONS, operation_model

BEARING = "X-Amz-Bearer"
NO_SURROGATES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def example(shape: Any, above: tuple[str, ...] = ()) -> Any:
    """A value of `shape` with every member that it can have; a shape inside itself stays empty."""
    if shape.name in above:
        return {}
    inside = (*above, shape.name)
    makers: dict[str, Callable[[], Any]] = {
        "structure": lambda: {name: example(child, inside) for name, child in shape.members.items()},
        "list": lambda: [example(shape.member, inside)] * 2,
        "map": lambda: {"key one": example(shape.value, inside), "ключ": example(shape.value, inside)},
        "string": lambda: 'a/b c?ü€𝄞"\\\n',
        "boolean": lambda: False,
    }
    return makers.get(shape.type_name, lambda: 42)()


def serialize(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The request that botocore makes of `arguments`."""
    result: dict[str, Any] = create_serializer("rest-json", include_validation=False).serialize_to_request(
        arguments, operation_model(name)
    )
    return result


def assert_same(name: str, arguments: dict[str, Any]) -> None:
    ours, theirs = to_request(operation(name), arguments), serialize(name, arguments)
    assert (ours.method, ours.path) == (theirs["method"], theirs["url_path"])
    assert theirs["query_string"] == {}
    assert json.loads(ours.body or b"null") == json.loads(theirs["body"] or b"null")
    for header, value in theirs["headers"].items():
        assert ours.header(header) == value


@pytest.mark.parametrize("name", ALL_OPERATIONS)
def test_a_request_with_every_member_is_the_one_that_botocore_makes(name: str) -> None:
    assert_same(name, example(operation_model(name).input_shape))


@pytest.mark.parametrize("name", ALL_OPERATIONS)
def test_a_request_with_the_required_members_is_the_one_that_botocore_makes(name: str) -> None:
    shape: Any = operation_model(name).input_shape
    assert_same(name, {member: example(shape.members[member]) for member in shape.required_members})


@given(token=NO_SURROGATES)
def test_any_text_in_a_path_is_encoded_as_botocore_encodes_it(token: str) -> None:
    assert_same("DescribeView", {"ViewToken": token, "ConnectionToken": "t"})


@given(contact=NO_SURROGATES)
def test_two_members_of_a_path_stay_apart(contact: str) -> None:
    assert_same("DescribeContact", {"InstanceId": "{ContactId}", "ContactId": contact})


@given(content=NO_SURROGATES)
def test_any_text_in_a_body_means_what_botocore_makes_of_it(content: str) -> None:
    assert_same("SendMessage", {"Content": content, "ContentType": "text/plain", "ConnectionToken": "t"})


def test_wrong_values_travel_as_they_are() -> None:
    request = to_request(operation("SendMessage"), {"Content": ["no", {"text": None}], "ContentType": 7})
    assert json.loads(request.body) == {"Content": ["no", {"text": None}], "ContentType": 7}
    assert request.header(BEARING) is None


def test_an_unknown_member_travels_in_the_body() -> None:
    assert json.loads(to_request(operation("SendEvent"), {"Nickname": "x"}).body) == {"Nickname": "x"}


def test_nothing_given_is_an_empty_object_and_not_an_empty_body() -> None:
    request = to_request(operation("GetTranscript"), {})
    assert request.body == b"{}"
    assert request.header("content-type") == "application/json"


def test_a_get_request_has_no_body_and_no_content_type() -> None:
    request = to_request(operation("DescribeView"), {"ViewToken": "v", "ConnectionToken": "t"})
    assert request.body == b""
    assert request.headers == ((BEARING, "t"),)


def test_a_missing_member_of_the_path_leaves_its_placeholder() -> None:
    assert to_request(operation("DescribeContact"), {"InstanceId": "i"}).path == "/contacts/i/{ContactId}"


def test_a_lone_surrogate_travels_as_an_escape() -> None:
    body = to_request(operation("SendMessage"), {"Content": "\ud800"}).body
    assert b'"\\ud800"' in body


def test_a_token_of_another_type_is_sent_as_text() -> None:
    assert to_request(operation("SendEvent"), {"ConnectionToken": 12}).header(BEARING) == "12"


def test_header_names_are_found_in_any_letter_case_and_the_first_one_counts() -> None:
    headers = (("X-One", "1"), ("x-one", "2"))
    assert header_of(headers, "X-ONE") == "1"
    assert header_of(headers, "X-Two") is None
    assert Response(200, headers).header("x-OnE") == "1"


def test_a_header_is_replaced_whatever_its_letter_case() -> None:
    request = Request("SendEvent", "POST", "/", (("A", "1"), ("X-Amz-Bearer", "old"), ("x-amz-bearer", "older")))
    assert request.with_header("x-AMZ-bearer", "new").headers == (("A", "1"), ("x-AMZ-bearer", "new"))
    assert request.with_header("X-AMZ-BEARER", None).headers == (("A", "1"),)
    assert request.with_header("B", "").headers[-1] == ("B", "")


@pytest.mark.parametrize(
    ("body", "members"),
    [
        (b'{"Id": "1"}', {"Id": "1"}),
        (b"", {}),
        (b"[1]", {}),
        (b'"text"', {}),
        (b"<html>", {}),
        (b"\xff\xfe\x00", {}),
        (b'{"cut": "of', {}),
        (b"[" * 200_000, {}),
        (b"9" * 10_000, {}),
    ],
)
def test_only_a_json_object_has_members(body: bytes, members: dict[str, str]) -> None:
    assert Response(200, (), body).members == members


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[" * 200_000])
def test_a_body_that_is_no_json_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        _ = Response(200, (), body).document


@pytest.mark.parametrize(("status", "succeeded"), [(199, False), (200, True), (204, True), (299, True), (300, False)])
def test_success_is_a_status_of_200_to_299(status: int, succeeded: bool) -> None:  # noqa: FBT001 - a row of the table
    assert Response(status).succeeded is succeeded


# The decorations that the protocol's own tests name for one and the same exception type.
@pytest.mark.parametrize(
    "decorated",
    [
        "FooError",
        "FooError:http://internal.amazon.com/coral/com.amazon.coral.validate/",
        "aws.protocoltests.restjson#FooError",
        "aws.protocoltests.restjson#FooError:http://internal.amazon.com/coral/com.amazon.coral.validate/",
    ],
)
def test_an_exception_type_is_read_in_any_place_and_decoration(decorated: str) -> None:
    in_header = Response(400, (("X-Amzn-Errortype", decorated),))
    in_type = Response(400, (), json.dumps({"__type": decorated}).encode())
    in_code = Response(400, (), json.dumps({"code": decorated}).encode())
    assert {r.error_name for r in (in_header, in_type, in_code)} == {"FooError"}


def test_each_exception_type_that_a_reply_names_counts_once() -> None:
    body = json.dumps({"__type": "ns#One", "code": "Two"}).encode()
    assert Response(400, (("x-amzn-errortype", "One:tail"),), body).error_names == ("One", "Two")


@pytest.mark.parametrize("body", [b"{}", b'{"__type": 7}', b'{"code": ""}', b'{"code": "not a name!"}', b"<html>"])
def test_a_reply_may_name_no_exception_type(body: bytes) -> None:
    assert Response(403, (), body).error_name is None


def reply_of(body: bytes, **changes: Any) -> Exchange:
    return Exchange(Request("SendMessage", "POST", "/"), Response(200, (("X-A", "b"),), body, **changes))


def test_a_short_reply_is_evidence_as_it_is() -> None:
    exchange = reply_of(b"{}")
    assert as_evidence(exchange) is exchange
    assert as_evidence(Exchange(exchange.request, None, failure="lost")).failure == "lost"


def test_evidence_of_a_long_reply_is_cut_and_says_how_long_it_was() -> None:
    long = reply_of(b"[" + b"1," * EVIDENCE_BYTES + b"1]")
    kept = as_evidence(as_evidence(long), 100).response
    assert kept is not None
    assert (len(kept.body), kept.truncated, kept.size) == (100, True, 2 * EVIDENCE_BYTES + 3)
    assert kept.headers == (("X-A", "b"),)


def test_evidence_of_long_headers_is_cut() -> None:
    kept = as_evidence(Exchange(Request("SendMessage", "POST", "/"), Response(200, (("X-A", "b" * 50_000),)))).response
    assert kept is not None
    assert len(kept.headers[0][1]) < 5_000
    assert not kept.truncated


def test_a_body_that_was_cut_is_no_json_even_where_its_beginning_is() -> None:
    with pytest.raises(ValueError, match="was cut"):
        _ = Response(200, (), b"{}", truncated=True).document


def test_long_bodies_are_read_as_short_ones_are() -> None:
    first, second = (reply_of(json.dumps({"a": letter * EVIDENCE_BYTES}).encode()).response for letter in "xy")
    assert first is not None
    assert second is not None
    for response, letter in ((first, "x"), (second, "y"), (first, "x"), (first, "x")):
        assert response.members == {"a": letter * EVIDENCE_BYTES}


def test_a_number_may_have_as_many_digits_as_it_likes() -> None:
    found = Response(200, (), b'{"a":' + b"9" * 5_000 + b',"b":-7}').members
    assert found == {"a": float("inf"), "b": -7}


@pytest.mark.parametrize(
    ("text", "too_many"),
    [
        (b'{"Transcript":[' + b"{}," * 2_000 + b"{}]}", False),
        (b'{"Content":"' + b"x" * 1_000_000 + b'"}', False),
        (b"[" + b"[]," * 60_000 + b"0]", True),
        (b"[" + b"{}," * 60_000 + b"0]", True),
        (b"[" + b'"ab",' * 60_000 + b"0]", True),
        (b"{" + b'"ab":1,' * 60_000 + b'"a":1}', True),
    ],
    ids=["a transcript", "a long text", "lists", "objects", "texts", "members"],
)
def test_texts_of_very_many_values_are_told_from_long_ones(text: bytes, too_many: bool) -> None:  # noqa: FBT001 - a row
    assert has_too_many_values(text) is too_many
