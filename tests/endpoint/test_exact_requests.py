"""A request goes out as it stands, byte for byte, with only what HTTP needs around it."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.contract.model import operation
from conformance.contract.wire import Headers, Request, to_request
from conformance.endpoint.signing import Signer
from tests.endpoint.raw_endpoint import MESSAGE, OK, MakeTarget, Peer, StartEndpoint, answering
from tests.endpoint.replies import failure_of

VIEW = to_request(operation("DescribeView"), {"ConnectionToken": "token", "ViewToken": "view"})


@pytest.mark.parametrize("base", ["", "/base", "/a//b/../%2f"])
@pytest.mark.parametrize(
    "path", ["/", "//", "/a//b", "/a/../b/./c", "/%2F%2f%41", "/a%zz", "/a;b=c,d", "/a?b=%20&c", '/a{}|^`"<>', "/a/"]
)
def test_the_path_is_kept(endpoint: StartEndpoint, target_at: MakeTarget, base: str, path: str) -> None:
    served = endpoint(answering(OK), base=base)
    target_at(served.url).send(replace(MESSAGE, path=path))
    assert served.received[0].line == f"POST {base}{path} HTTP/1.1"


def test_headers_keep_their_order_and_letter_case(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    headers = (("x-amz-BEARER", "t"), ("content-type", "a/b"), ("X-A", "1"), ("x-a", "2"), ("EMPTY", ""))
    served = endpoint(answering(OK))
    target_at(served.url).send(replace(MESSAGE, headers=headers))
    sent = served.received[0].headers
    assert tuple(pair for pair in sent if pair in headers) == headers


def test_only_what_http_needs_is_added(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    served = endpoint(answering(OK))
    target_at(served.url).send(MESSAGE)
    added = {name: value for name, value in served.received[0].headers if (name, value) not in MESSAGE.headers}
    assert added == {
        "Host": served.url.removeprefix("http://"),
        "User-Agent": "connect-chat-conformance",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Content-Length": str(len(MESSAGE.body)),
    }


def test_what_the_request_says_itself_is_not_added_again(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    own = (
        ("HOST", "other"),
        ("user-agent", "me"),
        ("accept", "x/y"),
        ("accept-encoding", "gzip"),
        ("content-length", "2"),
    )
    served = endpoint(answering(OK))
    target_at(served.url).send(replace(MESSAGE, headers=own, body=b"{}"))
    assert served.received[0].headers == own


def test_a_get_has_no_length_and_an_empty_post_has_one(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    served = endpoint(answering(OK))
    target = target_at(served.url)
    target.send(VIEW)
    target.send(replace(MESSAGE, body=b""))
    assert [one.values("content-length") for one in served.received] == [[], ["0"]]


def test_a_chunked_request_is_sent_in_chunks(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    wire = []

    def script(peer: Peer) -> None:
        peer.request()
        wire.append(peer.socket.recv(1000))
        peer.send(OK)

    target_at(endpoint(script).url).send(MESSAGE.with_header("Transfer-Encoding", "chunked"))
    assert wire[0].startswith(b"%x\r\n" % len(MESSAGE.body) + MESSAGE.body)


def test_headers_of_the_settings_are_added_and_not_shown(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    served = endpoint(answering(OK))
    exchange = target_at(served.url, headers=["X-Api-Key: secret", "X-Amz-Bearer: other"]).send(MESSAGE)
    assert served.received[0].values("x-api-key") == ["secret"]
    assert served.received[0].values("x-amz-bearer") == ["token"], "the request's own wins"
    assert exchange.request == MESSAGE


@pytest.mark.parametrize(
    "odd",
    [
        MESSAGE.with_header("X-Amz-Bearer", "a\r\nX-Injected: b"),
        MESSAGE.with_header("X-Amz-Bearer", "snow \u2603"),
        MESSAGE.with_header("X-Amz-Bearer", "lone \ud800"),
        replace(MESSAGE, path="/a b"),
        replace(MESSAGE, path="/caf\xe9"),
        replace(MESSAGE, path="/a\nb"),
    ],
)
@pytest.mark.parametrize("signed", [False, True])
def test_what_http_cannot_carry_is_a_failure_and_no_exception(
    endpoint: StartEndpoint, target_at: MakeTarget, odd: Request, *, signed: bool
) -> None:
    served = endpoint(answering(OK))
    exchange = target_at(served.url).send(odd, signed=signed)
    assert failure_of(exchange).startswith("not sent: HTTP cannot carry the path or a header")
    assert served.received == []


def test_what_http_cannot_carry_is_not_held_against_the_endpoint(
    endpoint: StartEndpoint, target_at: MakeTarget
) -> None:
    served = endpoint(answering(OK))
    target = target_at(served.url)
    for _ in range(5):
        assert target.send(replace(MESSAGE, path="/a b")).attempt == 1
    assert target.send(MESSAGE).attempt == 1
    assert target.send(replace(MESSAGE, path="/a b")).attempt == 1, "on a kept connection"


def test_each_service_has_its_address(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    connect, participant = endpoint(answering(OK)), endpoint(answering(OK))
    target = target_at(connect.url, participant_target=participant.url + "/p")
    target.send(MESSAGE)
    target.send(to_request(operation("StopContact"), {"InstanceId": "i", "ContactId": "c"}))
    assert [one.target for one in participant.received] == ["/p/participant/message"]
    assert [one.target for one in connect.received] == ["/contact/stop"]


def test_cookies_are_not_sent_back(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    served = endpoint(answering(OK.replace(b"OK\r\n", b"OK\r\nSet-Cookie: a=b; Path=/\r\n")))
    target = target_at(served.url)
    target.send(MESSAGE)
    target.send(MESSAGE)
    assert served.received[1].values("cookie") == []


def test_a_netrc_does_not_replace_the_signature(
    endpoint: StartEndpoint, target_at: MakeTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    served = endpoint(answering(OK))
    target_at(served.url).send(to_request(operation("StopContact"), {"InstanceId": "i", "ContactId": "c"}))
    assert served.received[0].values("authorization")[0].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")


def test_the_exchange_says_when_and_how_long(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    before = time.time()
    exchange = target_at(endpoint(answering(OK)).url).send(MESSAGE)
    assert before <= exchange.started <= exchange.started + exchange.elapsed <= time.time()
    assert exchange.elapsed > 0


def test_the_time_of_an_exchange_begins_when_its_request_goes_out(
    endpoint: StartEndpoint, target_at: MakeTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reply came `elapsed` seconds later: neither signing nor a process that was stopped comes between."""
    signed: list[float] = []

    def sign(*_: object) -> Headers:
        time.sleep(0.1)
        signed.append(time.time())
        return ()

    monkeypatch.setattr(Signer, "sign", sign)
    exchange = target_at(endpoint(answering(OK)).url).send(MESSAGE, signed=True)
    assert signed[0] - 0.01 <= exchange.started  # the two clocks are read one after the other
