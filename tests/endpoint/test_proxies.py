"""Proxies of the environment: this machine needs none, others do, and what one says itself is not the endpoint's."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.proxies import proxy_for
from conformance.endpoint.settings import SettingsError, build_settings
from conformance.endpoint.sockets import open_socket
from conformance.endpoint.transfers import Transfers
from tests.endpoint.conftest import TIMEOUT
from tests.endpoint.raw_endpoint import MESSAGE, OK, Endpoint, MakeTarget, Peer, StartEndpoint, answering
from tests.endpoint.raw_proxy import FORBIDDEN, WANTS_USER, answering_all, forwarding, tunnelling
from tests.endpoint.raw_sockets import accept, frame

PROXY = "http://proxy.example:3128"
FAR = "http://endpoint.invalid/base"  # RFC 2606: nobody has an address for it
WORDS = {"user": "user:w%C3%B6rd", "authorization": "Basic dXNlcjp3w7ZyZA=="}
NAMES = [name for low in ("http_proxy", "https_proxy", "all_proxy", "no_proxy") for name in (low, low.upper())]

SetProxy = Callable[..., str]


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def through(monkeypatch: pytest.MonkeyPatch) -> SetProxy:
    """Names an endpoint as the proxy for everything, and says how it is called."""

    def name(proxy: Endpoint, variable: str = "ALL_PROXY", user: str = "") -> str:
        monkeypatch.setenv(variable, proxy.url.replace("://", f"://{user}@") if user else proxy.url)
        return proxy.url

    return name


def port_of(endpoint: Endpoint) -> int:
    return urlsplit(endpoint.url).port or 0


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:80",
        "http://localhost:80/base",
        "http://LOCALHOST.",
        "http://mock.localhost",
        "http://[::1]:80",
        "http://127.9.9.9",
        "http://0.0.0.0:80",
        "http://[::ffff:127.0.0.1]:80",
        "ws://127.0.0.1:80/socket",
    ],
)
def test_this_machine_needs_no_proxy(url: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    assert proxy_for(url) is None


def test_a_name_that_this_machine_knows_as_its_own_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    own = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.1.1", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: own)
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert proxy_for("http://the-own-name-of-this-machine.invalid") is None


@pytest.mark.parametrize(
    ("variable", "url", "proxy"),
    [
        ("HTTP_PROXY", "http://a.invalid", PROXY),
        ("http_proxy", "ws://a.invalid", PROXY),
        ("HTTPS_PROXY", "https://a.invalid", PROXY),
        ("https_proxy", "wss://a.invalid", PROXY),
        ("HTTPS_PROXY", "http://a.invalid", None),
        ("HTTP_PROXY", "wss://a.invalid", None),
        ("ALL_PROXY", "wss://a.invalid", PROXY),
        ("all_proxy", "http://10.1.2.3:8000/x", PROXY),
    ],
)
def test_each_scheme_has_its_variable(
    variable: str, url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, PROXY.removeprefix("http://"))
    found = proxy_for(url)
    assert (found.address if found else None) == proxy


@pytest.mark.parametrize("excepted", ["endpoint.invalid", ".invalid", "*", "other.example, endpoint.invalid:80"])
@pytest.mark.parametrize("variable", ["no_proxy", "NO_PROXY"])
def test_hosts_that_the_environment_excepts_need_none(
    variable: str, excepted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv(variable, excepted)
    assert proxy_for("http://endpoint.invalid:80/base") is None


def test_the_settings_of_the_operating_system_count_where_no_variable_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("requests.utils.getproxies", lambda: {"http": "http://from.settings:8080"})
    found = proxy_for(FAR)
    assert found is not None
    assert found.address == "http://from.settings:8080"


@pytest.mark.parametrize("named", ["https://user:word@proxy.example:1", "ftp://proxy.example", "http://", "http://p:x"])
def test_a_proxy_that_cannot_be_used_is_refused_before_anything_is_sent(
    named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", named)
    with pytest.raises(SettingsError, match=r"proxy for endpoint\.invalid") as refused:
        build_settings(FAR, instance_id="i", contact_flow_id="f")
    assert "word" not in str(refused.value)


def test_plain_http_goes_through_a_tunnel(endpoint: StartEndpoint, target_at: MakeTarget, through: SetProxy) -> None:
    served = endpoint(answering(OK))
    proxy = endpoint(tunnelling(port_of(served), user=WORDS["authorization"]))
    through(proxy, "HTTP_PROXY", WORDS["user"])
    assert target_at(FAR).send(MESSAGE).response is not None
    assert [asked.line for asked in proxy.received] == ["CONNECT endpoint.invalid:80 HTTP/1.1"]
    assert served.received[0].line == "POST /base/participant/message HTTP/1.1"
    assert served.received[0].values("host") == ["endpoint.invalid"]
    assert served.received[0].values("proxy-authorization") == []


def test_a_proxy_without_tunnels_is_given_whole_addresses(
    endpoint: StartEndpoint, target_at: MakeTarget, through: SetProxy
) -> None:
    served = endpoint(answering(OK))
    proxy = endpoint(forwarding(port_of(served)))
    through(proxy, "http_proxy", WORDS["user"])
    target = target_at(FAR)
    assert [target.send(MESSAGE).failure for _ in range(2)] == [None, None]
    connect, *forwarded = proxy.received
    assert connect.line.startswith("CONNECT ")
    assert [asked.line for asked in forwarded] == ["POST http://endpoint.invalid/base/participant/message HTTP/1.1"] * 2
    assert {asked.values("proxy-authorization")[0] for asked in forwarded} == {WORDS["authorization"]}


@pytest.mark.parametrize("reply", [FORBIDDEN, WANTS_USER, b"HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n"])
def test_what_a_proxy_answers_to_everything_is_not_the_endpoints(
    reply: bytes, endpoint: StartEndpoint, target_at: MakeTarget, through: SetProxy
) -> None:
    called = through(endpoint(answering_all(reply)))
    for url in (FAR, FAR.replace("http:", "https:")):
        exchange = target_at(url).send(MESSAGE)
        assert exchange.response is None
        assert f"the proxy {called} answered {reply[9:12].decode()}" in (exchange.failure or "")


def test_a_page_of_the_proxy_between_forwarded_replies_is_not_the_endpoints(
    endpoint: StartEndpoint, target_at: MakeTarget, through: SetProxy
) -> None:
    other_page = FORBIDDEN.replace(b"403 Forbidden", b"500 Oops").replace(b"no", b"NO")
    through(endpoint(answering(FORBIDDEN, OK, other_page, OK)))
    target = target_at(FAR)
    failures = [target.send(MESSAGE).failure for _ in range(3)]
    assert [failure is not None for failure in failures] == [False, True, False]


def test_an_endpoints_refusal_that_is_forwarded_is_its_own(
    endpoint: StartEndpoint, target_at: MakeTarget, through: SetProxy
) -> None:
    refusal = OK.replace(b"200 OK", b"403 Forbidden")
    through(endpoint(answering(FORBIDDEN, refusal)))
    response = target_at(FAR).send(MESSAGE).response
    assert response is not None
    assert response.status == 403


def test_a_proxy_that_is_not_there_is_named(target_at: MakeTarget, monkeypatch: pytest.MonkeyPatch) -> None:
    for scheme in ("http", "socks5h"):
        monkeypatch.setenv("ALL_PROXY", f"{scheme}://user:word@127.0.0.1:9")
        failure = target_at(FAR).send(MESSAGE).failure or ""
        assert failure == f"the proxy {scheme}://127.0.0.1:9 cannot be reached: the connection was refused"


def test_a_proxy_that_says_nothing_costs_no_more_than_the_endpoints_time(
    endpoint: StartEndpoint, target_at: MakeTarget, through: SetProxy
) -> None:
    called = through(endpoint(lambda peer: peer.wait(5)))
    exchange = target_at(FAR, timeout=TIMEOUT).send(MESSAGE)
    assert exchange.failure == f"time-out: the proxy {called} brought no connection about"
    assert exchange.elapsed < 2


def test_a_proxy_that_floods_its_answer_is_given_up(
    endpoint: StartEndpoint, target_at: MakeTarget, through: SetProxy
) -> None:
    def flood(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 403 X\r\n" + b"X-Filler: y\r\n" * 20_000)

    through(endpoint(flood))
    assert "the proxy" in (target_at(FAR).send(MESSAGE).failure or "")


def socks(port: int) -> Callable[[Peer], None]:
    """A SOCKS 5 proxy (RFC 1928) that leads everywhere to `port`."""

    def script(peer: Peer) -> None:
        peer.socket.recv(2 + peer.socket.recv(2, socket.MSG_PEEK)[1])
        peer.send(b"\x05\x00")
        peer.socket.recv(4096)
        peer.send(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50")
        with socket.create_connection(("127.0.0.1", port)) as other:
            while data := peer.socket.recv(2**16):
                other.sendall(data)
                peer.send(other.recv(2**16))

    return script


def test_a_socks_proxy_is_passed(
    endpoint: StartEndpoint, target_at: MakeTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = endpoint(answering(OK))
    monkeypatch.setenv("ALL_PROXY", endpoint(socks(port_of(served))).url.replace("http", "socks5h"))
    assert target_at(FAR).send(MESSAGE).failure is None
    assert served.received[0].values("host") == ["endpoint.invalid"]


def test_web_sockets_go_the_same_way(endpoint: StartEndpoint, through: SetProxy) -> None:
    def script(peer: Peer) -> None:
        accept(peer)
        peer.send(frame(json.dumps({"topic": "aws/ping"}).encode()))
        peer.wait()

    served = endpoint(script)
    proxy = endpoint(tunnelling(port_of(served)))
    through(proxy, "HTTP_PROXY")
    settings = build_settings(FAR, instance_id="i", contact_flow_id="f", timeout=2)
    opened = open_socket(settings, "ws://endpoint.invalid:81/socket")
    opened.pull(1)
    assert [one.topic for one in opened.frames] == ["aws/ping"]
    opened.close()
    assert [asked.line for asked in proxy.received] == ["CONNECT endpoint.invalid:81 HTTP/1.1"]


def test_a_web_socket_that_a_proxy_refuses_says_nothing_of_the_endpoint(
    endpoint: StartEndpoint, through: SetProxy
) -> None:
    called = through(endpoint(answering_all(FORBIDDEN)))
    settings = build_settings(FAR, instance_id="i", contact_flow_id="f", timeout=2)
    with pytest.raises(SetupFailed, match=f"the proxy {called} answered 403 to CONNECT endpoint.invalid:80"):
        open_socket(settings, "ws://endpoint.invalid/socket")


def test_files_go_the_same_way(endpoint: StartEndpoint, through: SetProxy) -> None:
    served = endpoint(answering(OK))
    proxy = endpoint(tunnelling(port_of(served)))
    through(proxy, "HTTP_PROXY")
    transfers = Transfers(build_settings(FAR, instance_id="i", contact_flow_id="f", timeout=2))
    assert transfers.fetch("PUT", "http://endpoint.invalid/f?sig=%2F", {}, b"x").body == b"{}"
    assert proxy.received[0].line == "CONNECT endpoint.invalid:80 HTTP/1.1"
    transfers.close()


def test_a_file_that_a_proxy_refuses_says_nothing_of_the_endpoint(endpoint: StartEndpoint, through: SetProxy) -> None:
    called = through(endpoint(answering_all(WANTS_USER)))
    transfers = Transfers(build_settings(FAR, instance_id="i", contact_flow_id="f", timeout=2))
    with pytest.raises(SetupFailed, match=f"the proxy {called} answered 407"):
        transfers.fetch("GET", "http://endpoint.invalid/f", {})
