"""What is wrong with a member that a reply should have."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from conformance.checks.diagnosis.bodies import lacking, not_an_object
from tests.checks.diagnosis.exchanges import reply


@pytest.mark.parametrize(
    ("members", "wrong"),
    [
        ({}, "has no ContactId"),
        ({"ContactId": None}, "has no ContactId"),
        ({"contactId": "c"}, 'has no ContactId but "contactId"'),
        ({"contact_id": "c"}, 'has no ContactId but "contact_id"'),
        ({"ContactId": ""}, "has an empty ContactId"),
        ({"ContactId": 7}, "has a ContactId that is no string but a JSON number"),
        ({"ContactId": ["c"]}, "has a ContactId that is no string but a JSON list"),
        ({"ContactId": {}}, "has a ContactId that is no string but a JSON object"),
    ],
)
def test_a_text_that_cannot_be_used_is_named_as_what_it_is(members: dict[str, Any], wrong: str) -> None:
    assert lacking(members, ("ContactId",)) == wrong


def test_a_member_of_a_member_is_named_by_its_path() -> None:
    wrong = lacking({"ConnectionCredentials": {"ConnectionToken": ""}}, ("ConnectionCredentials", "ConnectionToken"))
    assert wrong == "has an empty ConnectionCredentials.ConnectionToken"


def test_an_empty_body_is_as_good_as_an_empty_object() -> None:
    assert not_an_object(reply(200, " \n")) is None


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("utf-8-sig", "JSON behind a byte order mark"),
        ("utf-16", "JSON in UTF-16"),
        ("utf-32", "JSON in UTF-32"),
        ("latin-1", "JSON with bytes that are not UTF-8"),
    ],
)
def test_json_in_another_encoding_is_named(encoding: str, words: str) -> None:
    """Every client of these services reads UTF-8 without a mark."""
    assert not_an_object(reply(200, '{"ContactId": "\u00e9"}'.encode(encoding))) == words


def test_what_is_no_json_in_any_encoding_is_counted() -> None:
    assert not_an_object(reply(200, ")]}',\n{}")) == "8 bytes that are not JSON"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (gzip.compress(b"{}", mtime=0), "a body in gzip, which no Content-Encoding tells"),
        (b"\x28\xb5\x2f\xfd\x04\x00", "a body in zstd, which no Content-Encoding tells"),
        (b'{"ContactId": "c', "JSON that breaks off after 16 bytes"),
        (b'{"ContactId": "\xc3', "JSON that breaks off after 16 bytes"),
        (b'{"Transcript": [{}', "JSON that breaks off after 18 bytes"),
        (b'{"ContactId" "c"}', "JSON with a mistake in it"),
        (b'{"Id": NaN}', "JSON with NaN as a number, which JSON does not have"),
        (b'{"Id": [-Infinity]}', "JSON with -Infinity as a number, which JSON does not have"),
        (b"{'Id': 'c'}", "JSON with single quotes in place of double ones"),
        (b'{"Id": "c",}', "JSON with a comma before a closing bracket"),
        (b'{"Ids": [1, ]}', "JSON with a comma before a closing bracket"),
        (b'{"Ids": [1 , \n]}', "JSON with a comma before a closing bracket"),
        (b'{"Id":}', "JSON with a mistake in it"),
        (b'{"Ids": [1}', "JSON with a mistake in it"),
        (b'{"Is": True}', "JSON with a value in the words of Python"),
        (b'{"Text": "a\nb"}', "JSON with a control character in a text, such as a line's end"),
        (b'{"Id": "c"}{"Id": "d"}', "JSON with more behind its end"),
        (b'{"Id": "c"}\xff', "JSON with more behind its end"),
    ],
)
def test_a_body_that_a_gateway_has_changed_is_named(body: bytes, words: str) -> None:
    """Compressed without a word, or cut: the address is right, and advice about it would be wrong."""
    assert not_an_object(reply(200, body)) == words
