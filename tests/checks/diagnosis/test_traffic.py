"""What all exchanges together tell of a gateway: notes that no single reply gives."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from conformance.checks.diagnosis.traffic import Traffic
from conformance.contract.wire import SIGNED_URL, Exchange, Request, Response
from tests.checks.diagnosis.exchanges import call, error, page, reply

BASE = "http://127.0.0.1:9001"


def connection_to(url: str, base: str = BASE) -> Exchange:
    body = json.dumps({"Websocket": {"Url": url}})
    return Exchange(call("CreateParticipantConnection"), reply(200, body), base=base)


def send(name: str, size: int, response: Response) -> Exchange:
    return Exchange(replace(call(name), body=b"x" * size), response, base=BASE)


def accepting() -> Traffic:
    """The traffic of an endpoint that accepts at least one call."""
    traffic = Traffic()
    traffic.learn(send("SendMessage", 10, reply(200)))
    return traffic


def notes(traffic: Traffic, *violations: Exchange) -> list[str]:
    return list(traffic.notes((exchange,) for exchange in violations))


@pytest.mark.parametrize("url", ["ws://127.0.0.1:9001/s?t=1", "ws://localhost:9001/s"])
def test_a_url_that_leads_through_the_target_is_no_news(url: str) -> None:
    traffic = Traffic()
    traffic.learn(connection_to(url))
    assert notes(traffic) == []


@pytest.mark.parametrize("url", ["ws://127.0.0.1:8901/s?t=SECRET", "wss://127.0.0.1:9001/s", "wss://other.example/s"])
def test_a_url_that_leads_past_the_target_is_noted_without_its_secret(url: str) -> None:
    traffic = Traffic()
    for _ in range(3):
        traffic.learn(connection_to(url))
    (note,) = notes(traffic)
    assert note.startswith(f"The web socket URLs lead to {url.partition('/s')[0]} and not through {BASE}")
    assert "SECRET" not in note


def test_bodies_that_are_cut_show_by_their_size_alone() -> None:
    """No 413: a gateway ends them at 16 kB, and the endpoint refuses what is left over of the JSON."""
    traffic, broken = Traffic(), error(400, "SerializationException")
    traffic.learn(send("SendMessage", 16_000, reply(200)))
    large = [send("SendMessage", 17_000, broken), send("StartChatContact", 33_000, broken)]
    (note,) = notes(traffic, *large)
    assert "has 16,000 bytes; bodies from 17,000 bytes on got 400 SerializationException" in note
    assert notes(traffic, large[0]) == [], "one operation may have a limit of its own"


def test_a_larger_body_that_was_accepted_clears_the_gateway() -> None:
    traffic, broken = Traffic(), page(413)
    traffic.learn(send("StartChatContact", 33_000, reply(200)))
    assert notes(traffic, send("SendMessage", 17_000, broken), send("DescribeView", 17_000, broken)) == []


def test_errors_that_never_name_their_type_are_noted() -> None:
    traffic = accepting()
    for _ in range(10):
        traffic.learn(Exchange(call("SendMessage"), reply(400, '{"message": "no"}'), base=BASE))
    (note,) = notes(traffic)
    assert note.startswith("None of 10 errors names its type")
    traffic.learn(Exchange(call("SendMessage"), error(400, "ValidationException", "no"), base=BASE))
    assert notes(traffic) == []


def test_pages_in_the_place_of_all_errors_are_noted() -> None:
    """A gateway can do so for some statuses; the endpoint's own errors are JSON."""
    traffic = accepting()
    for _ in range(10):
        traffic.learn(Exchange(call("SendMessage"), page(400), base=BASE))
    (note,) = notes(traffic)
    assert note.startswith("Each of 10 errors is an HTML page")
    traffic.learn(Exchange(call("SendMessage"), error(400, "ValidationException", "no"), base=BASE))
    assert notes(traffic) == []


@pytest.mark.parametrize(("name", "noted"), [("x-amz-meta-contact_id", True), ("x-amz-acl", False)])
def test_a_refused_upload_may_have_lost_headers_with_underscores(name: str, *, noted: bool) -> None:
    """nginx drops such headers by default, and the endpoint signed them."""
    put = Exchange(Request(SIGNED_URL, "PUT", "http://h/u", ((name, "1"),), b"x"), reply(403))
    assert any("underscores_in_headers" in note for note in notes(Traffic(), put)) is noted


@pytest.mark.parametrize(("coding", "noted"), [("gzip", True), ("br", True), ("identity", False)])
def test_a_coding_that_is_declared_and_not_applied_is_noted(coding: str, *, noted: bool) -> None:
    """A verdict about the JSON stands, and a client that decodes gzip sees nothing of it."""
    traffic = Traffic()
    for _ in range(3):
        traffic.learn(send("SendMessage", 10, reply(200, '{"Id": "1"}', Content_Encoding=coding)))
    assert [note.startswith(f'Content-Encoding declares "{coding}" of 3 replies') for note in notes(traffic)] == (
        [True] if noted else []
    )


@pytest.mark.parametrize(
    "refusal",
    [reply(418), page(403), reply(403, '{"message": "Forbidden"}'), page(200)],
    ids=["empty", "page", "json", "login"],
)
def test_what_refuses_every_call_says_nothing_of_sizes_or_types(refusal: Response) -> None:
    """A firewall, a login page: nothing shows that a larger body is refused for its size, nor who wrote the page."""
    traffic = Traffic()
    refused = [send(name, size, refusal) for name in ("SendMessage", "StartChatContact") for size in range(10, 20)]
    for exchange in refused:
        traffic.learn(exchange)
    assert notes(traffic, *refused) == []


def test_what_a_rate_limiter_says_is_no_error_of_the_endpoint() -> None:
    traffic = accepting()
    for _ in range(10):
        traffic.learn(Exchange(call("SendMessage"), reply(429, '{"message": "slow down"}'), base=BASE))
        traffic.learn(Exchange(call("SendMessage"), page(429), base=BASE))
    assert notes(traffic) == []


NAMED = Exchange(call("SendMessage"), error(400, "ValidationException", "no"), base=BASE)


@pytest.mark.parametrize("refusal", [page(403, Server="CloudFront"), page(500), reply(403, '{"message": "Forbidden"}')])
def test_a_limit_shows_in_one_operation_where_something_else_refuses(refusal: Response) -> None:
    """The endpoint names its errors; a firewall that blocks long bodies does not."""
    traffic = accepting()
    traffic.learn(NAMED)
    (note,) = notes(traffic, send("SendMessage", 17_000, refusal))
    assert note.startswith(
        f"The largest body that was accepted has 10 bytes; bodies from 17,000 bytes on got {refusal.status}"
    )


def test_bodies_at_which_the_connection_is_closed_show_a_limit() -> None:
    closed = Exchange(replace(call("SendMessage"), body=b"x" * 17_000), None, failure="closed", base=BASE)
    (note,) = notes(accepting(), closed)
    assert "bodies from 17,000 bytes on got closed" in note


def test_a_refusal_unlike_the_endpoints_own_is_noted() -> None:
    """A firewall that looks for scripts: the body is no longer than others."""
    blocked, traffic = page(403, Server="CloudFront"), accepting()
    assert notes(traffic, send("SendMessage", 9, blocked)) == [], "no error of the endpoint's own was seen"
    traffic.learn(NAMED)
    nameless = reply(400, '{"message": "no"}', x_amzn_RequestId="r-1")
    own = [send("SendMessage", 9, response) for response in (nameless, error(400, "ValidationException", "no"))]
    store = Exchange(Request(SIGNED_URL, "PUT", "http://h/u", (), b"x"), blocked, base=BASE)
    (note,) = notes(traffic, send("SendMessage", 9, blocked), store, *own)
    assert note.startswith("1 broken promise shows a refusal that names no error")
    assert "such as 403 with an HTML page (Server: CloudFront): a gateway or firewall before it may block" in note


TWICE = [("a", "1"), ("a", "2")]


@pytest.mark.parametrize(
    ("held", "answered", "noted"),
    [
        (TWICE, ["1"], True),
        (TWICE, ["2"], True),
        (TWICE, ["1", "2"], False),  # the same text was sent two times
        ([("a", "1"), ("b", "2")], ["1"], False),  # another's doing
        ([("a", "1")], [], False),
    ],
)
def test_a_message_that_arrived_twice_may_be_a_gateways_doing(
    held: list[tuple[str, str]], answered: list[str], *, noted: bool
) -> None:
    sending = [Exchange(call("SendMessage"), reply(200, json.dumps({"Id": one})), base=BASE) for one in answered]
    items = [{"Type": "MESSAGE", "ParticipantId": "p", "Content": text, "Id": one} for text, one in held]
    reading = Exchange(call("GetTranscript"), reply(200, json.dumps({"Transcript": items})), base=BASE)
    found = list(Traffic().notes([(*sending, reading)]))
    assert [note.startswith("A transcript has a message twice that was sent once") for note in found] == [True] * noted
