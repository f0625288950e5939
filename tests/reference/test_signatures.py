"""Connect operations are signed with Signature Version 4, and every part of the signature counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from botocore.credentials import Credentials

from conformance.contract.model import CONNECT, operation, operations
from conformance.contract.wire import to_request
from conformance.reference.instances import INSTANCE_ID
from tests.reference.account import CREDENTIALS, FLOW, Account, refusal_of

START = to_request(operation("StartChatContact"), FLOW)
INVALID = (403, "InvalidSignatureException")
UNSIGNED = (403, "MissingAuthenticationTokenException")
INCOMPLETE = (400, "IncompleteSignatureException")


@pytest.mark.parametrize("name", [name for name, covered in operations().items() if covered.service == CONNECT])
def test_an_unsigned_call_is_refused(account: Account, name: str) -> None:
    """No Connect operation answers without a signature."""
    arguments = {"InstanceId": INSTANCE_ID, "ContactId": "c", "InitialContactId": "c"}
    assert refusal_of(account.send(to_request(operation(name), arguments))) == UNSIGNED


def test_a_signed_path_may_need_encoding(account: Account) -> None:
    """The signature covers the path as it is sent, percent-encoded."""
    reply = account.call("DescribeContact", InstanceId=INSTANCE_ID, ContactId="a b/c%20é")
    assert refusal_of(reply) == (404, "ResourceNotFoundException")


def test_another_key_is_unknown(account: Account) -> None:
    """A well-formed signature of unknown keys opens nothing."""
    unknown = Credentials("AKIDSTRANGER", CREDENTIALS.secret_key)
    assert refusal_of(account.send(account.sign(START, credentials=unknown))) == (403, "UnrecognizedClientException")


def test_another_secret_is_refused(account: Account) -> None:
    """The secret key decides."""
    thief = Credentials(CREDENTIALS.access_key, "guessed")
    assert refusal_of(account.send(account.sign(START, credentials=thief))) == INVALID


def test_another_service_is_refused(account: Account) -> None:
    """A signature for execute-api is none for connect."""
    assert refusal_of(account.send(account.sign(START, service="execute-api"))) == INVALID


@pytest.mark.parametrize(
    "change",
    [
        lambda signed: replace(signed, body=signed.body + b" "),
        lambda signed: replace(signed, path=signed.path + "?a=b"),
        lambda signed: signed.with_header("Host", "elsewhere"),
        lambda signed: signed.with_header("Content-Type", "application/json; charset=utf-8"),
        lambda signed: signed.with_header("X-Amz-Content-SHA256", "0" * 64),
    ],
    ids=["body", "query", "host", "signed header", "payload hash"],
)
def test_a_change_after_signing_is_refused(account: Account, change: object) -> None:
    """Body, query, host and signed headers are covered."""
    assert callable(change)
    assert refusal_of(account.send(change(account.sign(START)))) == INVALID


@pytest.mark.parametrize(("seconds", "status"), [(14 * 60, 200), (16 * 60, 403)])
def test_a_signature_is_good_for_15_minutes(account: Account, seconds: int, status: int) -> None:
    """A request may arrive 15 minutes after it was signed, not later."""
    signed = account.sign(START)
    account.service.advance(seconds)
    assert account.send(signed).status == status


@pytest.mark.parametrize("authorization", ["Bearer x", "AWS4-HMAC-SHA256 Credential=a", "AWS4-HMAC-SHA256 \x00"])
def test_an_unreadable_authorization_is_incomplete(account: Account, authorization: str) -> None:
    """What is not of Signature Version 4 is named so."""
    assert refusal_of(account.send(START.with_header("Authorization", authorization))) == INCOMPLETE


@pytest.mark.parametrize("date", [None, "yesterday"])
def test_a_signature_has_a_time(account: Account, date: str | None) -> None:
    """Without a readable X-Amz-Date or Date nothing can be verified."""
    assert refusal_of(account.send(account.sign(START).with_header("X-Amz-Date", date))) == INCOMPLETE


def test_a_time_that_does_not_exist_is_no_time(account: Account) -> None:
    """The thirteenth month is refused, not a server error."""
    signed = account.sign(START).with_header("X-Amz-Date", "20261399T000000Z")
    authorization = (signed.header("Authorization") or "").replace("20260301", "20261399")
    assert refusal_of(account.send(signed.with_header("Authorization", authorization))) == INCOMPLETE


def test_a_date_header_serves_where_x_amz_date_is_missing(account: Account) -> None:
    """Signature Version 4 allows Date in the place of X-Amz-Date; the signature then covers another text."""
    changed = account.sign(START).with_header("X-Amz-Date", None).with_header("Date", "Sun, 01 Mar 2026 12:00:00 GMT")
    assert refusal_of(account.send(changed)) == INVALID


def test_a_date_beyond_the_calendar_is_no_time(account: Account) -> None:
    """The last hour of the year 9999 in a western zone has no UTC; that is refused, not a server error."""
    changed = account.sign(START).with_header("X-Amz-Date", None).with_header("Date", "31 Dec 9999 23:00:00 -1200")
    assert refusal_of(account.send(changed)) == INCOMPLETE


def test_the_day_of_the_scope_is_the_day_of_the_signature(account: Account) -> None:
    """A credential scope of another day is refused."""
    signed = account.sign(START)
    authorization = (signed.header("Authorization") or "").replace("20260301", "20260228")
    assert refusal_of(account.send(signed.with_header("Authorization", authorization))) == INVALID
