"""Over TLS the same holds: trust as told, bounds, kept connections, lost replies."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.contract.model import operation
from conformance.contract.wire import to_request
from conformance.endpoint.settings import build_settings
from conformance.endpoint.sockets import open_socket
from tests.endpoint.conftest import TIMEOUT
from tests.endpoint.raw_endpoint import OK, Endpoint, MakeTarget, Peer, Script, StartEndpoint
from tests.endpoint.raw_sockets import accept
from tests.endpoint.replies import failure_of, reply_to

StartTls = Callable[[Script], tuple[Endpoint, str]]
MESSAGE = to_request(operation("SendMessage"), {"ConnectionToken": "token", "Content": "x" * 1_000_000})


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, which nobody trusts unless told to."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl to make a certificate")
    file = tmp_path_factory.mktemp("tls") / "endpoint.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1,DNS:endpoint.invalid"]
    made = [
        "-keyout",
        str(file),
        "-out",
        str(file),
        "-days",
        "2",
        "-nodes",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
    ]
    subprocess.run([openssl, "req", "-x509", *made, *subject], check=True, capture_output=True)
    return file


def over_tls(certificate: Path, script: Script) -> Script:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def play(peer: Peer) -> None:
        with context.wrap_socket(peer.socket, server_side=True) as peer.socket:
            script(peer)

    return play


def serves(peer: Peer) -> None:
    while peer.request():
        peer.send(OK)


@pytest.fixture
def https(endpoint: StartEndpoint, certificate: Path) -> StartTls:
    def start(script: Script) -> tuple[Endpoint, str]:
        served = endpoint(over_tls(certificate, script))
        return served, served.url.replace("http://", "https://")

    return start


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(https: StartTls, target_at: MakeTarget) -> None:
    served, url = https(serves)
    failure = target_at(url).send(MESSAGE).failure
    assert failure == "the TLS certificate is self-signed and not trusted here"
    assert served.received == []


def test_a_certificate_of_the_bundle_is_trusted_and_the_connection_kept(
    https: StartTls, target_at: MakeTarget, certificate: Path
) -> None:
    served, url = https(serves)
    target = target_at(url, ca_bundle=str(certificate))
    assert [reply_to(target.send(MESSAGE)).status for _ in range(3)] == [200] * 3
    assert len(served.peers) == 1
    assert served.received[0].body == MESSAGE.body


def test_an_endpoint_without_tls_says_so(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    served = endpoint(lambda peer: peer.send(b"HTTP/1.1 400 Bad\r\n\r\n"))
    assert target_at(served.url.replace("http://", "https://")).send(MESSAGE).failure == "the port does not speak TLS"


def test_a_handshake_that_hangs_ends_in_time(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    served = endpoint(lambda peer: peer.wait())
    began = time.monotonic()
    failure = target_at(served.url.replace("http://", "https://"), timeout=TIMEOUT).send(MESSAGE).failure
    assert time.monotonic() - began < 1
    assert failure == "time-out: no connection within 0.5 s"


def test_a_reply_that_drips_ends_in_time(https: StartTls, target_at: MakeTarget, certificate: Path) -> None:
    def drips(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n")
        while not peer.wait(0.05):
            peer.send(b" ")

    began = time.monotonic()
    exchange = target_at(https(drips)[1], timeout=TIMEOUT, ca_bundle=str(certificate)).send(MESSAGE)
    assert time.monotonic() - began < 1
    assert reply_to(exchange).truncated
    assert set(reply_to(exchange).body) == {ord(" ")}


def test_a_request_that_is_read_slowly_ends_in_time(https: StartTls, target_at: MakeTarget, certificate: Path) -> None:
    def reads_slowly(peer: Peer) -> None:
        while not peer.wait(0.05):
            peer.socket.recv(1000)

    target = target_at(https(reads_slowly)[1], timeout=TIMEOUT, ca_bundle=str(certificate))
    big = to_request(operation("SendMessage"), {"ConnectionToken": "t", "Content": "x" * 30_000_000})
    began = time.monotonic()
    assert failure_of(target.send(big)).startswith("time-out")
    assert time.monotonic() - began < 1


def test_a_reply_can_be_lost(https: StartTls, target_at: MakeTarget, certificate: Path) -> None:
    served, url = https(serves)
    exchange = target_at(url, ca_bundle=str(certificate)).send_and_hang_up(MESSAGE)
    assert failure_of(exchange).startswith("hung up on purpose, when the first byte")
    assert served.received[0].body == MESSAGE.body


def test_a_proxy_of_the_environment_is_passed_through(
    endpoint: StartEndpoint, target_at: MakeTarget, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tunnels(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        over_tls(certificate, serves)(peer)

    proxy = endpoint(tunnels)
    monkeypatch.setenv("https_proxy", proxy.url)
    monkeypatch.setenv("no_proxy", "")
    target = target_at("https://endpoint.invalid:9/base", ca_bundle=str(certificate))
    assert [reply_to(target.send(MESSAGE)).status for _ in range(2)] == [200, 200]
    connect, *sent = proxy.received
    assert connect.line.startswith("CONNECT endpoint.invalid:9 ")
    assert [one.line for one in sent] == ["POST /base/participant/message HTTP/1.1"] * 2
    assert failure_of(target.send_and_hang_up(MESSAGE)).startswith("hung up on purpose, when the first byte")


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
            "answered 407 to CONNECT endpoint.invalid:9 (it wants a user and a password)",
        ),
        (b"", "brought no connection about"),
    ],
)
def test_a_proxy_that_does_not_let_through_is_no_finding(
    endpoint: StartEndpoint, target_at: MakeTarget, monkeypatch: pytest.MonkeyPatch, reply: bytes, says: str
) -> None:
    def refuses(peer: Peer) -> None:
        peer.request()
        peer.send(reply)
        peer.wait()

    monkeypatch.setenv("https_proxy", endpoint(refuses).url)
    monkeypatch.setenv("no_proxy", "")
    began = time.monotonic()
    assert failure_of(target_at("https://endpoint.invalid:9", timeout=TIMEOUT).send(MESSAGE)).endswith(says)
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("trusted", [True, False])
def test_a_web_socket_trusts_the_same_certificates(https: StartTls, certificate: Path, *, trusted: bool) -> None:
    _, url = https(accept)
    known = str(certificate) if trusted else None
    settings = build_settings(url, instance_id="i", contact_flow_id="f", timeout=TIMEOUT, ca_bundle=known)
    socket = open_socket(settings, url.replace("https", "wss"))
    socket.close()
    refusal = "the TLS certificate is self-signed and not trusted here; give that certificate with --ca-bundle FILE"
    assert socket.failure == (None if trusted else refusal)


def test_a_web_socket_waits_no_longer_for_a_tls_handshake(endpoint: StartEndpoint) -> None:
    url = endpoint(lambda peer: peer.wait()).url
    began = time.monotonic()
    socket = open_socket(build_settings(url, instance_id="i", contact_flow_id="f", timeout=TIMEOUT), "wss" + url[4:])
    assert time.monotonic() - began < 3 * TIMEOUT
    assert socket.failure == "time-out: it was not open within 0.5 s"
