"""The bytes around the service: HTTP and web sockets on one port."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, NoReturn

import pytest
import requests
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from conformance.contract.wire import Request
from conformance.reference.errors import HangUp
from tests.reference.served import Served

SUBSCRIBE = '{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}'
PREFLIGHT = "authorization, content-type, x-amz-bearer, x-amz-content-sha256, x-amz-date, x-amz-user-agent"


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with Served.running() as running:
        yield running


@pytest.fixture
def chat_start(server: Served) -> dict[str, Any]:
    return server.start()


def token_of(chat_start: dict[str, Any]) -> str:
    return str(chat_start["ConnectionCredentials"]["ConnectionToken"])


def say(server: Served, chat_start: dict[str, Any], content: str) -> requests.Response:
    return server.post("/participant/message", token_of(chat_start), {"ContentType": "text/plain", "Content": content})


def test_a_call_travels(server: Served, chat_start: dict[str, Any]) -> None:
    """Body, headers and status come through; Date is the endpoint's own."""
    reply = say(server, chat_start, "héllo 😀")
    assert (reply.status_code, set(reply.json())) == (200, {"Id", "AbsoluteTime"})
    assert reply.headers["content-type"] == "application/json"
    assert {"x-amzn-requestid", "date"} <= {name.lower() for name in reply.headers}
    assert len(reply.raw.headers.getlist("date")) == 1


def test_an_encoded_path_stays_encoded(server: Served, chat_start: dict[str, Any]) -> None:
    """%2F is no separator: the view token keeps its slash."""
    headers = {"X-Amz-Bearer": token_of(chat_start)}
    reply = server.session.get(server.origin + "/participant/views/a%2Fb%20c", headers=headers, timeout=5)
    assert reply.json()["ResourceId"] == "a/b c"


def test_an_exchange_takes_no_44_milliseconds(server: Served, chat_start: dict[str, Any]) -> None:
    """Nagle's algorithm is off: 50 exchanges on one connection would take over two seconds with it."""
    begun = time.monotonic()
    for number in range(50):
        assert say(server, chat_start, str(number)).status_code == 200
    assert time.monotonic() - begun < 1.5


def test_frames_come_over_the_socket(server: Served, chat_start: dict[str, Any]) -> None:
    """Subscribing, heartbeat, a message and the end, on a socket of the same port, closed with 1000."""
    with connect(chat_start["Websocket"]["Url"]) as socket:
        socket.send(SUBSCRIBE)
        assert json.loads(socket.recv(timeout=5))["content"]["status"] == "success"
        socket.send(b"\x00binary")
        socket.send('{"topic":"aws/heartbeat"}')
        assert json.loads(socket.recv(timeout=5)) == {"topic": "aws/heartbeat"}
        sent = say(server, chat_start, "hello").json()
        assert json.loads(json.loads(socket.recv(timeout=5))["content"])["Id"] == sent["Id"]
        server.post("/participant/disconnect", token_of(chat_start), {})
        rest = [json.loads(json.loads(frame)["content"])["ContentType"].rpartition(".event.")[2] for frame in socket]
    assert rest == ["participant.left", "chat.ended"]
    assert socket.close_code == 1000


def test_a_wrong_socket_url_is_refused_before_it_opens(server: Served) -> None:
    """The handshake itself is answered with 403."""
    with (
        pytest.raises(InvalidStatus) as refusal,
        connect(server.origin.replace("http", "ws") + "/participant/websocket"),
    ):
        pass
    assert refusal.value.response.status_code == 403


def test_a_socket_that_its_client_closed_is_forgotten(server: Served, chat_start: dict[str, Any]) -> None:
    """Closed politely or torn down, it takes none of the five places, and messages go on."""
    for _ in range(6):
        with connect(chat_start["Websocket"]["Url"]) as polite:
            polite.send(SUBSCRIBE)
            polite.recv(timeout=5)
    with connect(chat_start["Websocket"]["Url"]) as torn:
        torn.socket.shutdown(socket.SHUT_RDWR)
    assert say(server, chat_start, "hello").status_code == 200


def test_a_preflight_names_every_header(server: Served) -> None:
    """A page on another origin may send what SDKs send, each header by its name."""
    asked = {
        "Origin": "https://example.com",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": PREFLIGHT,
    }
    reply = server.session.options(server.origin + "/participant/connection", headers=asked, timeout=5)
    allowed = {name.strip().lower() for name in reply.headers["access-control-allow-headers"].split(",")}
    assert reply.status_code == 200
    assert set(PREFLIGHT.split(", ")) <= allowed
    assert reply.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["/participant/message", "/uploads/x?signature=1", "/downloads/x", "/nothing"])
def test_refusals_show_themselves_to_other_origins(server: Served, path: str) -> None:
    """Error replies and signed URLs carry the header too, else a page sees a network error."""
    reply = server.post(path, "unknown", {}, Origin="https://example.com")
    assert reply.status_code in (403, 404)
    assert reply.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("size", [11, 40])
def test_megabytes_are_refused_politely(server: Served, chat_start: dict[str, Any], size: int) -> None:
    """A body of megabytes gets its 413, below and above what the server keeps."""
    reply = say(server, chat_start, "x" * (size * 1024 * 1024))
    assert (reply.status_code, reply.headers["x-amzn-errortype"]) == (413, "RequestEntityTooLargeException")


def test_a_long_header_is_no_server_error(server: Served, chat_start: dict[str, Any]) -> None:
    """Tens of kilobytes of header change nothing."""
    message = {"ContentType": "text/plain", "Content": "hello"}
    reply = server.post("/participant/message", token_of(chat_start), message, **{"X-Long": "x" * 60_000})
    assert reply.status_code < 500


def test_a_connection_can_be_closed_in_the_place_of_a_reply(server: Served) -> None:
    """As a fault of an endpoint has it; the next connection is served."""

    def hang_up(_: Request) -> NoReturn:
        raise HangUp

    server.handle = hang_up
    with pytest.raises(requests.ConnectionError, match="closed connection without response"):
        server.post("/participant/message", "any", {})
    server.handle = server.service.handle
    assert server.post("/participant/message", "any", {}).status_code == HTTPStatus.FORBIDDEN


def deliver(server: Served, content_length: int, body: bytes, token: str) -> None:
    """Sends a request on a socket of its own and hangs up without waiting for the reply."""
    head = (
        "POST /participant/message HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"X-Amz-Bearer: {token}\r\nContent-Length: {content_length}\r\n\r\n"
    )
    with socket.create_connection(server.listener.getsockname()) as raw:
        raw.sendall(head.encode() + body)


def contents(server: Served, chat_start: dict[str, Any]) -> list[str]:
    transcript = server.post("/participant/transcript", token_of(chat_start), {}).json()["Transcript"]
    return [item["Content"] for item in transcript]


def test_a_lost_reply_is_not_a_lost_call(server: Served, chat_start: dict[str, Any]) -> None:
    """A request that was delivered is performed though its client hung up; the retry gets its result."""
    body = b'{"ContentType":"text/plain","Content":"once","ClientToken":"t"}'
    deliver(server, len(body), body, token_of(chat_start))
    deadline = time.monotonic() + 5
    while not contents(server, chat_start) and time.monotonic() < deadline:
        time.sleep(0.01)
    server.post("/participant/message", token_of(chat_start), json.loads(body))
    assert contents(server, chat_start) == ["once"]


def test_half_a_request_has_no_effect(server: Served, chat_start: dict[str, Any]) -> None:
    """A client that hangs up within its body has asked for nothing."""
    body = b'{"ContentType":"text/plain","Content":"half"}'
    deliver(server, len(body) + 1, body, token_of(chat_start))
    say(server, chat_start, "whole")
    assert contents(server, chat_start) == ["whole"]


def test_sixteen_calls_at_once_act_once(server: Served, chat_start: dict[str, Any]) -> None:
    """Concurrent duplicates with one ClientToken are one message."""
    message = {"ContentType": "text/plain", "Content": "hello", "ClientToken": "t"}
    headers = {"X-Amz-Bearer": token_of(chat_start)}
    replies: list[str] = []

    def send() -> None:
        replies.append(
            requests.post(server.origin + "/participant/message", json=message, headers=headers, timeout=5).json()["Id"]
        )

    threads = [threading.Thread(target=send) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(replies) == 16
    assert len(set(replies)) == 1
    assert contents(server, chat_start) == ["hello"]
