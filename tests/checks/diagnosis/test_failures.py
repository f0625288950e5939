"""Calls without a reply: the sentence names what kept it away, and what mends just that."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.checks.diagnosis.failures import Failure, cause_of_failure, failure_in
from conformance.checks.diagnosis.replies import cause_of
from conformance.contract.model import operation
from conformance.contract.wire import to_request
from conformance.endpoint.client import HttpTarget
from conformance.endpoint.ports import other_protocol
from conformance.endpoint.settings import build_settings
from tests.checks.diagnosis.certificates import FUTURE, NOW, PAST, certificate
from tests.endpoint.raw_endpoint import Endpoint, Peer, Script

START = to_request(operation("StartChatContact"), {"InstanceId": "i", "ContactFlowId": "f"})
TIMEOUT = 5.0
Serve = Callable[[Script], Endpoint]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts an endpoint that plays a script."""
    started: list[Endpoint] = []

    def start(script: Script) -> Endpoint:
        started.append(Endpoint(script))
        started[-1].start()
        return started[-1]

    yield start
    for one in started:
        one.stop()


def over_tls(file: Path, *, wants_certificate: bool = False, newest: ssl.TLSVersion | None = None) -> Script:
    """An endpoint that shakes hands and answers nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    if wants_certificate:
        context.verify_mode = ssl.CERT_REQUIRED
    if newest is not None:
        context.maximum_version = newest

    def script(peer: Peer) -> None:
        with context.wrap_socket(peer.socket, server_side=True, do_handshake_on_connect=False) as peer.socket:
            try:
                peer.socket.do_handshake()
                peer.request()
            except ssl.SSLError:
                peer.wait(1)  # so that the alert is read before the connection goes

    return script


def explain(url: str, **options: Any) -> str:
    """What a call to `url` is said to have met."""
    settings = build_settings(url, instance_id="i", contact_flow_id="f", timeout=TIMEOUT, **options)
    with HttpTarget(settings) as target:
        return str(cause_of(target.send(START)))


@pytest.mark.parametrize(
    ("dates", "names", "sentence"),
    [
        (PAST, "IP:127.0.0.1", "the TLS certificate has expired; renew it on the endpoint"),
        (
            FUTURE,
            "IP:127.0.0.1",
            "the TLS certificate is not valid yet; set the clocks of this machine and of the endpoint right",
        ),
        (
            None,
            "DNS:other.example",
            "the TLS certificate is for another host name; give --target by a name that stands in the certificate",
        ),
    ],
)
def test_a_certificate_that_is_trusted_may_be_wrong_all_the_same(
    serve: Serve, tmp_path: Path, dates: tuple[str, str] | None, names: str, sentence: str
) -> None:
    file = certificate(tmp_path / "made", dates or NOW, names)
    url = serve(over_tls(file)).url.replace("http://", "https://")
    assert explain(url, ca_bundle=str(file)) == sentence


def test_a_certificate_that_nobody_vouches_for_needs_an_authority(serve: Serve, tmp_path: Path) -> None:
    url = serve(over_tls(certificate(tmp_path / "made"))).url.replace("http://", "https://")
    text = explain(url)
    assert (
        text == "the TLS certificate is self-signed and not trusted here; give that certificate with --ca-bundle FILE"
    )
    assert "is it running" not in text


def test_a_client_certificate_that_is_wanted_is_named(serve: Serve, tmp_path: Path) -> None:
    file = certificate(tmp_path / "made")
    url = serve(over_tls(file, wants_certificate=True)).url.replace("http://", "https://")
    assert explain(url, ca_bundle=str(file)).startswith("the endpoint wants a TLS client certificate; this suite sends")


def test_a_handshake_that_is_refused_may_be_for_want_of_a_client_certificate(serve: Serve, tmp_path: Path) -> None:
    file = certificate(tmp_path / "made")
    script = over_tls(file, wants_certificate=True, newest=ssl.TLSVersion.TLSv1_2)
    sentence = explain(serve(script).url.replace("http://", "https://"), ca_bundle=str(file))
    assert sentence.startswith("the TLS handshake was refused; it may want a client certificate")


def test_https_to_a_port_of_plain_http_is_named(serve: Serve) -> None:
    url = serve(lambda peer: peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")).url.replace("http://", "https://")
    assert explain(url) == ("the port does not speak TLS; give --target with http://, or with the port that speaks TLS")


def test_a_port_that_answers_tls_alerts_speaks_tls(serve: Serve) -> None:
    def alerts(peer: Peer) -> None:
        peer.request()
        peer.send(b"\x15\x03\x01\x00\x02\x02\x0a\n")

    assert explain(serve(alerts).url) == "the port speaks TLS, not plain HTTP; give --target with https://"


def test_a_port_that_closes_is_asked_whether_it_speaks_tls(serve: Serve, tmp_path: Path) -> None:
    url = serve(over_tls(certificate(tmp_path / "made"))).url
    assert other_protocol(url, Failure.CLOSED, TIMEOUT) is Failure.SPEAKS_TLS
    assert other_protocol(url, Failure.REFUSED, TIMEOUT) is None


def test_a_port_that_ends_a_handshake_is_asked_whether_it_speaks_http(serve: Serve) -> None:
    def plain(peer: Peer) -> None:
        peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        peer.request()

    served = serve(plain)
    assert other_protocol(served.url.replace("http", "https"), Failure.TLS_ENDED, TIMEOUT) is Failure.SPEAKS_NO_TLS


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_port_that_closes_at_once_speaks_neither(serve: Serve, scheme: str) -> None:
    served = serve(lambda peer: peer.socket.close())
    url = served.url.replace("http", scheme, 1)
    assert other_protocol(url, {"http": Failure.CLOSED, "https": Failure.TLS_ENDED}[scheme], TIMEOUT) is None


def test_nobody_listening_asks_whether_it_runs() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert explain(f"http://127.0.0.1:{port}") == (
        "the connection was refused; is it running, and is --target its address?"
    )


@pytest.mark.parametrize("scheme", ["http", "socks5h"])
def test_a_proxy_that_cannot_be_passed_is_named(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        proxy = f"{scheme}://127.0.0.1:{taken.getsockname()[1]}"
    monkeypatch.setenv("http_proxy", proxy)
    monkeypatch.setenv("no_proxy", "")
    sentence = explain("http://api.example:8080")
    assert sentence.startswith(f"the proxy {proxy} cannot be reached")
    assert sentence.endswith("(HTTP_PROXY, HTTPS_PROXY, ALL_PROXY), or let NO_PROXY name the host")
    assert "is it running" not in sentence


@pytest.mark.parametrize("failure", Failure)
def test_only_a_refused_connection_asks_whether_the_endpoint_runs(failure: Failure) -> None:
    asks = "is it running" in str(cause_of_failure(failure, "--target"))
    assert asks is (failure is Failure.REFUSED)


@pytest.mark.parametrize("failure", Failure)
def test_a_failure_is_found_in_the_words_around_it(failure: Failure) -> None:
    assert failure_in(f"not sent, as the calls before got no reply: {failure}, after status 200") is failure


@pytest.mark.parametrize("failure", [Failure.CLOSED, Failure.CLOSED_SENDING, Failure.RESET])
def test_where_other_operations_get_replies_the_address_is_not_in_doubt(failure: Failure) -> None:
    assert "--target" in cause_of_failure(failure, "--target").remedy
    sure = cause_of_failure(failure, "--target", others_answered=True).remedy
    assert sure.startswith("other operations get replies there")
    assert "--target" not in sure
