"""The gateway: it hands on what it is given, and disturbs the line in the one way that it was made for."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
import requests

from conformance.contract.model import operation
from conformance.contract.wire import Exchange, Response, to_request
from conformance.endpoint.client import HttpTarget
from conformance.endpoint.settings import build_settings
from conformance.endpoint.sockets import open_socket
from conformance.power.disturbances.certificate import certificate_in
from conformance.power.disturbances.collection import DISTURBANCES
from conformance.power.disturbances.disturbance import Line, Loss
from conformance.power.disturbances.gateway import Gateway
from conformance.session.reference_process import ReferenceProcess, start_reference

pytestmark = pytest.mark.slow

HEAD_END = b"\r\n\r\n"


@pytest.fixture(scope="module")
def reference() -> Iterator[ReferenceProcess]:
    started = start_reference()
    yield started
    started.stop()


def line(name: str) -> Line:
    what = DISTURBANCES[name].what
    assert isinstance(what, Line)
    return what


def ids_of(reference: ReferenceProcess) -> dict[str, Any]:
    return {name: reference.facts[name] for name in ("instance_id", "contact_flow_id")}


def a_start(gateway: Gateway, reference: ReferenceProcess, ca_bundle: Path | None = None) -> Exchange:
    """StartChatContact through the gateway."""
    ids = ids_of(reference)
    target = HttpTarget(build_settings(gateway.url, ca_bundle=str(ca_bundle) if ca_bundle else None, **ids))
    arguments = {
        "InstanceId": ids["instance_id"],
        "ContactFlowId": ids["contact_flow_id"],
        "ParticipantDetails": {"DisplayName": "Ann"},
    }
    exchange = target.send(to_request(operation("StartChatContact"), arguments))
    target.close()
    return exchange


def reply(gateway: Gateway, *more: str) -> bytes:
    """What a connection yields for a request of a path that is not there."""
    return replies(gateway, 1, *more)


def replies(gateway: Gateway, count: int, *more: str) -> bytes:
    """What one connection yields for `count` such requests, one after another, as long as it is open."""
    port = int(gateway.origin.rpartition(":")[2])
    request = "\r\n".join(["GET /nowhere HTTP/1.1", "Host: x", *more, "", ""]).encode()
    found = b""
    with socket.create_connection(("127.0.0.1", port), timeout=2) as peer, suppress(ConnectionError):
        for _ in range(count):
            peer.sendall(request)
            found += b"".join(iter(lambda: _receive(peer), b""))
    return found


def _receive(peer: socket.socket) -> bytes:
    """What comes next; nothing once nothing has come for a moment."""
    peer.settimeout(0.3)
    try:
        return peer.recv(65_536)
    except TimeoutError:
        return b""


@pytest.mark.parametrize(
    "name", [name for name, one in DISTURBANCES.items() if isinstance(one.what, Line) and not one.what.tls]
)
def test_a_call_is_served_through_every_line(reference: ReferenceProcess, name: str) -> None:
    with Gateway(reference.facts["url"], line(name)) as gateway:
        response = a_start(gateway, reference).response
    assert response is not None
    assert response.status == 200
    assert response.members["ContactId"]


def test_a_gateway_with_tls_is_trusted_by_its_certificate_alone(reference: ReferenceProcess, tmp_path: Path) -> None:
    certificate = certificate_in(tmp_path)
    with Gateway(reference.facts["url"], line("tls-gateway"), certificate) as gateway:
        assert gateway.url.startswith("https://")
        response = a_start(gateway, reference, certificate).response
        untrusted = a_start(gateway, reference)
    assert response is not None
    assert response.status == 200
    assert untrusted.response is None


def test_below_a_prefix_a_wrong_signature_is_refused_all_the_same(reference: ReferenceProcess) -> None:
    """The gateway signs for what was signed rightly, and for nothing else."""
    with Gateway(reference.facts["url"], line("prefix")) as gateway:
        assert gateway.url.endswith("/stage/v1")
        unsigned = requests.put(f"{gateway.url}/contact/chat", json={}, timeout=5)
    assert unsigned.status_code == 403


def test_web_sockets_go_through_the_gateway(reference: ReferenceProcess) -> None:
    with Gateway(reference.facts["url"], line("prefix")) as gateway:
        started = a_start(gateway, reference).response
        assert started is not None
        target = HttpTarget(build_settings(gateway.url, **ids_of(reference)))
        connect = {"ParticipantToken": started.members["ParticipantToken"], "Type": ["WEBSOCKET"]}
        connected = target.send(to_request(operation("CreateParticipantConnection"), connect)).response
        assert connected is not None
        url = connected.members["Websocket"]["Url"]
        assert url.startswith(gateway.url.replace("http", "ws", 1))
        opened = open_socket(target.settings, url)
        assert opened.is_open
        opened.close()
        target.close()


@pytest.mark.parametrize(
    ("name", "is_so"),
    [
        ("http-1.0", lambda head: head.startswith(b"HTTP/1.0 404 ")),
        ("chunked", lambda head: b"Transfer-Encoding: chunked" in head and b"Content-Length" not in head),
        ("interim-replies", lambda head: head.startswith(b"HTTP/1.1 103 ")),
        ("standing-date", lambda head: b"Date: Sat, 21 Nov 2026 08:15:00 GMT" in head),
        ("closing", lambda head: b"Connection: close" in head),
        ("lower-case-headers", lambda head: b"content-length:" in head),
        ("upper-case-headers", lambda head: b"CONTENT-LENGTH:" in head),
        ("added-headers", lambda head: head.count(b"Set-Cookie: ") == 2),
        ("dropped-request-id", lambda head: b"requestid" not in head.lower()),
    ],
)
def test_a_reply_has_the_form_of_its_line(
    reference: ReferenceProcess, name: str, is_so: Callable[[bytes], bool]
) -> None:
    with Gateway(reference.facts["url"], line(name)) as gateway:
        head, _, _ = reply(gateway).partition(HEAD_END)
    with Gateway(reference.facts["url"], Line()) as gateway:
        plain, _, _ = reply(gateway).partition(HEAD_END)
    assert is_so(head)
    assert not is_so(plain)


def test_chunks_have_extensions_and_a_trailer(reference: ReferenceProcess) -> None:
    with Gateway(reference.facts["url"], line("chunk-extensions")) as gateway:
        _, _, body = reply(gateway).partition(HEAD_END)
    assert b';part="a;b"\r\n' in body
    assert body.endswith(b'0;part="a;b"\r\nX-Checksum: 7\r\n\r\n')


def test_a_limiter_serves_so_many_a_second(reference: ReferenceProcess) -> None:
    with Gateway(reference.facts["url"], line("rate-limiter")) as gateway:
        asked = [requests.get(f"{gateway.url}/nowhere", timeout=5) for _ in range(2)]
        served = line("rate-limiter").instead
        assert served is not None
        refused = [served(Random(0)) for _ in range(1_000)]
    assert [reply.status_code for reply in asked] == [404, 404]
    assert None in refused
    (limited,) = {one for one in refused if isinstance(one, Response)}
    assert (limited.status, limited.header("Retry-After")) == (429, "1")


@pytest.mark.parametrize(
    ("name", "served"), [("chunked", 2), ("http-1.0", 1), ("closing", 1), ("closing-unannounced", 1)]
)
def test_a_connection_is_kept_or_closed_after_a_reply(reference: ReferenceProcess, name: str, served: int) -> None:
    with Gateway(reference.facts["url"], line(name)) as gateway:
        assert replies(gateway, 2).count(b" 404 ") == served


def test_replies_are_compressed_for_who_takes_it(reference: ReferenceProcess) -> None:
    with Gateway(reference.facts["url"], line("gzip")) as gateway:
        asked, not_asked = reply(gateway, "Accept-Encoding: gzip"), reply(gateway)
    head, _, body = asked.partition(HEAD_END)
    assert b"Content-Encoding: gzip" in head
    assert gzip.decompress(body) == not_asked.partition(HEAD_END)[2]


def test_a_delay_is_waited_for(reference: ReferenceProcess) -> None:
    with Gateway(reference.facts["url"], Line(delay=lambda _: 0.2)) as gateway:
        began = time.monotonic()
        requests.get(gateway.url, timeout=5)
    assert time.monotonic() - began > 0.2


@pytest.mark.parametrize(("loss", "reached"), [(Loss.OF_REQUEST, 0), (Loss.OF_REPLY, 1)])
def test_a_lost_exchange_has_no_reply_and_reaches_the_endpoint_or_not(loss: Loss, reached: int) -> None:
    came: list[str] = []

    def answer_itself(_: object) -> Response:
        came.append("request")
        return Response(200)

    with (
        Gateway("http://127.0.0.1:9", Line(instead=answer_itself)) as endpoint,
        Gateway(endpoint.url, Line(instead=lambda _: loss)) as gateway,
    ):
        assert reply(gateway) == b""
    assert len(came) == reached


@pytest.mark.parametrize("name", ["rare-503", "rare-502-page", "rare-429", "rare-429-page", "rare-drops"])
def test_trouble_comes_once_in_two_hundred_exchanges_and_the_same_in_each_run(name: str) -> None:
    counted = []
    for _ in range(2):
        gateway = Gateway("http://127.0.0.1:9", line(name))
        instead = gateway.line.instead
        assert instead is not None
        counted.append([number for number in range(10_000) if instead(gateway.chance) is not None])
    assert counted[0] == counted[1]
    assert 30 < len(counted[0]) < 70
