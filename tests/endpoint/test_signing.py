"""What the endpoint receives carries a signature that botocore itself computes for just those bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials, ReadOnlyCredentials

from conformance.contract.model import operation
from conformance.contract.wire import Request, to_request
from conformance.endpoint.signing import Signer
from tests.endpoint.raw_endpoint import OK, START, MakeTarget, Received, StartEndpoint, answering

Expected = Callable[..., str]
KNOWN = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
DESCRIBE = to_request(operation("DescribeContact"), {"InstanceId": "i", "ContactId": "c"})


@pytest.fixture
def expect_authorization(monkeypatch: pytest.MonkeyPatch) -> Expected:
    """The Authorization value by botocore's own signer, for a request rebuilt from what came over the wire."""

    def sign(received: Received, service: str = "connect", credentials: Credentials = KNOWN) -> str:
        signed = received.values("authorization")[0].split("SignedHeaders=")[1].split(",")[0].split(";")
        method, target, _ = received.line.split(" ")
        rebuilt = AWSRequest(method, f"http://{received.values('host')[0]}{target}", data=received.body)
        for name, value in received.headers:
            if name.lower() in signed:
                rebuilt.headers[name] = value
        moment = datetime.strptime(received.values("x-amz-date")[0], "%Y%m%dT%H%M%SZ")  # noqa: DTZ007 - as botocore's
        monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: moment)
        botocore.auth.SigV4Auth(credentials, service, "us-east-1").add_auth(rebuilt)
        return rebuilt.headers["Authorization"]

    return sign


REQUESTS = {
    "a-body": START,
    "no-body": DESCRIBE,
    "an-empty-body": replace(START, body=b""),
    "non-ascii-text": replace(START, body='{"DisplayName": "Zoë 😀"}'.encode()),
    "bytes-that-are-no-text": replace(START, body=bytes(range(256))),
    "a-percent-encoded-path": replace(DESCRIBE, path="/contacts/i/%C3%A9%20%2F%F0%9F%98%80"),
    "small-percent-encoding": replace(DESCRIBE, path="/contacts/i/%c3%a9%2f"),
    "a-path-with-slashes-and-dots": replace(DESCRIBE, path="//contacts/./i/../c//"),
    "a-query": replace(DESCRIBE, path="/contacts/i/c?b=2&a=1&a=%20"),
    "headers-in-odd-case": replace(START, headers=(("content-TYPE", "application/json"), ("X-a", "  b   c "))),
    "a-header-twice": replace(START, headers=(("X-A", "1"), ("x-a", "2"), ("X-A", "3"))),
    "a-latin-1-header": replace(START, headers=(("X-A", "caf\xe9"),)),
    "a-host-of-its-own": replace(START, headers=(("Host", "connect.us-east-1.amazonaws.com"),)),
    "an-old-signature": replace(START, headers=(("Authorization", "AWS4-HMAC-SHA256 old"), ("X-Amz-Date", "1"))),
}


@pytest.mark.parametrize("base", ["", "/base/%7Epath"])
@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_the_signature_is_botocores(
    endpoint: StartEndpoint, target_at: MakeTarget, expect_authorization: Expected, request_: Request, base: str
) -> None:
    served = endpoint(answering(OK), base=base)
    exchange = target_at(served.url, headers=["X-Extra: of the settings"]).send(request_)
    (received,) = served.received
    assert received.target == base + request_.path
    assert received.body == request_.body
    assert received.values("authorization") == [expect_authorization(received)]
    assert exchange.request.header("Authorization") == expect_authorization(received)


def test_every_header_of_the_request_is_signed(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    served = endpoint(answering(OK))
    target_at(served.url, headers=["X-Extra: of the settings"]).send(START)
    assert "SignedHeaders=content-type;host;x-amz-date;x-extra," in served.received[0].values("authorization")[0]


def test_a_header_that_the_signature_replaces_is_not_signed(
    endpoint: StartEndpoint, target_at: MakeTarget, expect_authorization: Expected
) -> None:
    """A gateway asks for it at the Participant Service, and it goes to no operation that is signed."""
    served = endpoint(answering(OK))
    exchange = target_at(served.url, headers=["Authorization: Basic eDp5"]).send(START)
    assert served.received[0].values("authorization") == [exchange.request.header("Authorization")]
    assert exchange.request.header("Authorization") == expect_authorization(served.received[0])


@pytest.mark.parametrize("change", [b"other", b""])
def test_another_body_has_another_signature(
    endpoint: StartEndpoint, target_at: MakeTarget, expect_authorization: Expected, change: bytes
) -> None:
    served = endpoint(answering(OK))
    target_at(served.url).send(START)
    received = served.received[0]
    assert expect_authorization(replace(received, body=change)) != expect_authorization(received)


def test_a_session_token_is_sent_and_signed(expect_authorization: Expected) -> None:
    temporary = Credentials("ASIA", "secret", "session-token")
    headers = (("Host", "h"), ("Content-Type", "application/json"))
    added = Signer(temporary, "us-east-1").sign("connect", "PUT", "http://h/contact/chat", headers, b"{}")
    received = Received("PUT /contact/chat HTTP/1.1", headers + added, b"{}")
    assert received.values("x-amz-security-token") == ["session-token"]
    assert received.values("authorization") == [expect_authorization(received, credentials=temporary)]


def test_credentials_that_change_are_followed(expect_authorization: Expected) -> None:
    class Rotating(Credentials):
        def get_frozen_credentials(self) -> ReadOnlyCredentials:
            self.access_key += "X"
            return super().get_frozen_credentials()

    signer = Signer(Rotating("AKID", "secret"), "us-east-1")
    for key in ("AKIDX", "AKIDXX"):
        headers = (("Host", "h"),)
        received = Received("GET / HTTP/1.1", headers + signer.sign("connect", "GET", "http://h/", headers, b""), b"")
        assert received.values("authorization") == [
            expect_authorization(received, credentials=Credentials(key, "secret"))
        ]


def test_participant_calls_are_not_signed_unless_asked_for(
    endpoint: StartEndpoint, target_at: MakeTarget, expect_authorization: Expected
) -> None:
    message = to_request(operation("SendMessage"), {"ConnectionToken": "token", "Content": "Hello"})
    served = endpoint(answering(OK))
    target = target_at(served.url)
    target.send(message)
    target.send(message, signed=True)
    plain, signed = served.received
    assert plain.values("authorization") == plain.values("x-amz-date") == []
    assert signed.values("authorization") == [expect_authorization(signed, service="execute-api")]
    assert signed.values("x-amz-bearer") == ["token"]


def test_a_request_that_is_not_to_be_signed_goes_out_as_it_stands(
    endpoint: StartEndpoint, target_at: MakeTarget
) -> None:
    served = endpoint(answering(OK))
    forged = START.with_header("Authorization", "AWS4-HMAC-SHA256 forged")
    exchange = target_at(served.url).send(forged, signed=False)
    assert served.received[0].values("authorization") == ["AWS4-HMAC-SHA256 forged"]
    assert exchange.request == forged


def test_the_date_follows_the_clock_of_the_endpoint(
    endpoint: StartEndpoint, target_at: MakeTarget, expect_authorization: Expected
) -> None:
    served = endpoint(answering(OK))
    target = target_at(served.url)
    target.clock_offset = 8 * 86_400.0
    target.send(START)
    (received,) = served.received
    dated = datetime.strptime(received.values("x-amz-date")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert abs(dated - datetime.now(UTC) - timedelta(days=8)) < timedelta(seconds=5)
    assert received.values("authorization") == [expect_authorization(received)]


def test_credentials_that_cannot_be_refreshed_are_a_failure_of_the_call(
    endpoint: StartEndpoint, target_at: MakeTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = endpoint(answering(OK))
    target = target_at(served.url)

    def refuse() -> None:
        raise botocore.exceptions.TokenRetrievalError(provider="sso", error_msg="expired")

    monkeypatch.setattr(target.settings.credentials, "get_frozen_credentials", refuse)
    exchange = target.send(START)
    assert exchange.failure == "not sent: the AWS credentials cannot be refreshed (TokenRetrievalError)"
    assert served.received == []


def test_the_known_credentials_are_those_of_the_published_example() -> None:
    """The signature of the example request in AWS's documentation of Signature Version 4 (IAM ListUsers)."""
    auth = botocore.auth.SigV4Auth(KNOWN, "iam", "us-east-1")
    request = Request("ListUsers", "GET", "/?Action=ListUsers&Version=2010-05-08")
    rebuilt = AWSRequest(request.method, "https://iam.amazonaws.com" + request.path)
    rebuilt.headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
    rebuilt.headers["X-Amz-Date"] = "20150830T123600Z"
    rebuilt.context["timestamp"] = "20150830T123600Z"
    text = auth.string_to_sign(rebuilt, auth.canonical_request(rebuilt))
    assert auth.signature(text, rebuilt) == "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
