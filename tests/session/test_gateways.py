"""Before the reference stands a gateway that is configured wrongly: the first look names that cause."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from conformance.contract.model import operation
from tests.endpoint.raw_endpoint import Endpoint
from tests.reference.served import Served
from tests.session.gateway import Gateway, answer
from tests.session.looking import Looked, look_at

Look = Callable[..., Looked]


@pytest.fixture(scope="module")
def reference() -> Iterator[Served]:
    with Served.running() as served:
        yield served


@pytest.fixture
def look(reference: Served) -> Iterator[Look]:
    """Looks at the reference through a gateway with the given misconfigurations."""
    opened: list[tuple[Looked, Endpoint]] = []

    def through(*, base: str = "", rewrites: bool = False, **wrong: Any) -> Looked:
        gateway = Gateway(reference.origin, **wrong)
        listening = Endpoint(gateway)
        listening.start()
        gateway.url = listening.url if rewrites else ""
        looked = look_at(listening.url + base)
        opened.append((looked, listening))
        return looked

    yield through
    for looked, listening in opened:
        looked.target.close()
        listening.stop()


def test_a_gateway_that_passes_everything_on_is_no_news(look: Look) -> None:
    assert look(rewrites=True).said is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"host": "10.0.0.7:9000"}, ("403 InvalidSignatureException", "rewrites the Host header", "$http_host")),
        ({"prefix": "/connect", "base": "/connect"}, ("403 InvalidSignatureException", "takes /connect off the path")),
        ({"drops": frozenset({"authorization"})}, ("Authorization header did not reach the endpoint", "drops it")),
        ({"cuts": 60}, ("403 InvalidSignatureException",)),
        ({"compresses": True}, ("content coding gzip, which the request did not accept", "Accept-Encoding")),
        (
            {"answers": lambda _: answer(308, Location="https://chat.example.org/contact/chat")},
            ("308 to https://chat.example.org with the same path", "give --target https://chat.example.org"),
        ),
        (
            {"answers": lambda _: answer(502, "<html>", Content_Type="text/html")},
            ("502 with an HTML page (Server: gateway/1.0)", "no usable reply from the endpoint behind it"),
        ),
        (
            {"answers": lambda _: answer(200, "<html><title>Log in</title>", Content_Type="text/html")},
            ('200 with an HTML page titled "Log in"', "a captive portal"),
        ),
        (
            {"answers": lambda _: answer(401, WWW_Authenticate='Basic realm="x"')},
            ("401 (Server: gateway/1.0), WWW-Authenticate: Basic", "by another header"),
        ),
    ],
)
def test_a_gateway_that_is_wrong_for_starts_is_named(look: Look, wrong: dict[str, Any], words: tuple[str, ...]) -> None:
    looked = look(**wrong)
    assert looked.said is not None
    assert "answered StartChatContact with " in looked.said
    assert [word for word in words if word not in looked.said] == []
    assert "--instance-id" not in looked.said


def test_a_gateway_that_drops_the_bearer_is_named(look: Look) -> None:
    sentence = look(drops=frozenset({"x-amz-bearer"})).said
    assert sentence is not None
    assert "answered CreateParticipantConnection with 40" in sentence
    assert "may drop the header X-Amz-Bearer" in sentence


def test_a_slash_that_is_decoded_is_no_operation_that_lacks(look: Look) -> None:
    """The view token of the reference holds a slash, which travels as %2F."""
    found = look(decodes=True).verifier.probe(operation("DescribeView"))
    assert found.implemented is not False
    assert "the path holds a slash as %2F: a gateway before the endpoint decodes or refuses it" in found.reason
    assert look().verifier.probe(operation("DescribeView")).implemented


def test_a_path_that_is_encoded_twice_is_named_beside_the_token_that_it_spoils(look: Look) -> None:
    """The endpoint gets another token, of which it can only say that it has never issued it."""
    reason = look(encodes=True).verifier.probe(operation("DescribeView")).reason
    assert "404 ResourceNotFoundException; see whether the endpoint has issued the value of --view-token" in reason
    assert "whether a gateway changes %2F, %2B, %3D in the path" in reason


def test_an_upgrade_that_is_not_forwarded_is_named(look: Look) -> None:
    looked = look(rewrites=True)
    with looked.verifier.conversations.own() as conversation:
        url = conversation.perform("CreateParticipantConnection", Type=["WEBSOCKET"]).members["Websocket"]["Url"]
        failure = looked.verifier.conversations.calls.open_socket(url).failure
    assert failure is not None
    assert "does not forward the upgrade" in failure
    assert "proxy_set_header Upgrade" in failure


def test_urls_that_lead_past_the_gateway_are_noted(look: Look, reference: Served) -> None:
    looked = look()
    (note,) = looked.traffic.notes([])
    there = reference.origin.replace("http", "ws", 1)
    assert note.startswith(f"The web socket URLs lead to {there} and not through {looked.target.settings.target}")
    assert list(look(rewrites=True).traffic.notes([])) == []


def test_the_size_from_which_on_bodies_are_refused_is_noted(look: Look) -> None:
    looked = look(largest=1_000)
    judged = []
    with looked.verifier.conversations.own() as conversation:
        for size in (200, 2_000, 3_000):
            arguments = {"ConnectionToken": conversation["connection_token"], "ContentType": "text/plain"}
            request = {**arguments, "Content": "a" * size}
            judged.append(looked.verifier.send(operation("SendMessage"), request, conversation))
    note = next(note for note in looked.traffic.notes([(exchange,) for exchange in judged]) if "bytes" in note)
    assert note.startswith("The largest body that was accepted has 2")
    assert "bodies from 2,0" in note
    assert "413 with an HTML page" in note
    assert "client_max_body_size" in note
