"""A run starts no more contacts than it may, and leaves few open."""

from __future__ import annotations

import json
import time
from contextlib import nullcontext

import pytest

from conformance.contract.model import operation
from conformance.contract.wire import Exchange, Request, Response, to_request
from conformance.endpoint.budget import BudgetSpent
from conformance.endpoint.contacts import Contacts, StopContactCalls, contact_of_start
from conformance.endpoint.preconditions import SetupFailed
from tests.endpoint.raw_endpoint import START, MakeTarget, StartEndpoint, answering


def reply(status: int, members: object) -> Response:
    return Response(status, (("Content-Type", "application/json"),), json.dumps(members).encode())


def answer(request: Request, response: Response | None) -> Exchange:
    return Exchange(request, response, time.time())


@pytest.mark.parametrize(
    ("response", "contact"),
    [
        (reply(200, {"ContactId": "one"}), "one"),
        (reply(200, {"ContactId": ""}), None),
        (reply(200, {"ContactId": 7}), None),
        (reply(400, {"ContactId": "one"}), None),
        (None, None),
    ],
)
def test_a_contact_is_known_by_the_reply_that_started_it(response: Response | None, contact: str | None) -> None:
    assert contact_of_start(answer(START, response)) == contact


def test_a_contact_that_somebody_stopped_is_not_stopped_again() -> None:
    contacts = Contacts(StopContactCalls(lambda request: answer(request, reply(200, {}))), "here", 2)
    for contact in ("one", "two"):
        contacts.learn(answer(START, reply(200, {"ContactId": contact})))
    stop = to_request(operation("StopContact"), {"InstanceId": "here", "ContactId": "one"})
    contacts.learn(answer(stop, reply(400, {})))
    assert set(contacts.open) == {"one", "two"}
    for _ in range(2):
        contacts.learn(answer(stop, reply(200, {})))
    assert (set(contacts.open), contacts.closed, contacts.leaked) == ({"two"}, 1, 1)


@pytest.mark.parametrize(
    ("first", "second", "contact", "shared"),
    [
        ("a", "b", "one", True),
        ("a", None, "one", True),
        (None, "b", "one", True),
        ("a", "a", "one", False),
        ("a", "b", "two", False),
    ],
)
def test_nobody_goes_on_with_the_contact_of_another_start(
    first: str | None, second: str | None, contact: str, *, shared: bool
) -> None:
    contacts = Contacts(lambda _, __: True, "here", 2)
    sent = [(first, "one"), (second, contact)]
    starts = [answer(start_with(token), reply(200, {"ContactId": name})) for token, name in sent]
    for start in starts:
        contacts.learn(start)
    contacts.learn(answer(start_with("c"), reply(200, {"ContactId": "three"})))
    contacts.require_new(starts[0])
    with pytest.raises(SetupFailed, match="contact one, which another start") if shared else nullcontext():
        contacts.require_new(starts[1])


def test_a_mock_that_knows_one_contact_is_judged_by_that() -> None:
    contacts = Contacts(lambda _, __: True, "here", 2)
    for token in ("a", "b"):
        start = answer(start_with(token), reply(200, {"ContactId": "one"}))
        contacts.learn(start)
        contacts.require_new(start)


def start_with(token: str | None) -> Request:
    arguments = {"InstanceId": "here", "ClientToken": token}
    return to_request(operation("StartChatContact"), {name: value for name, value in arguments.items() if value})


NAMELESS = reply(404, {"message": "Not Found"})
NAMED = reply(404, {"__type": "ResourceNotFoundException"})


@pytest.mark.parametrize(
    ("replies", "over"),
    [
        ([NAMELESS, NAMELESS, NAMELESS, NAMELESS], [False, False, False, False]),
        ([reply(501, {})], [False]),
        ([NAMED, reply(410, {})], [True, True]),
        ([NAMELESS, reply(200, {}), NAMELESS], [False, True, True]),
        ([reply(403, {"message": "Missing Authentication Token"})], [False]),
        ([None], [False]),
    ],
)
def test_a_contact_is_over_only_when_the_endpoint_says_so(replies: list[Response | None], over: list[bool]) -> None:
    """A router's 404 shows nothing, unless StopContact has worked before."""
    coming = iter(replies)
    calls = StopContactCalls(lambda request: answer(request, next(coming)))
    assert [calls(f"c{number}", "here") for number in range(len(replies))] == over


def test_three_nameless_refusals_do_not_keep_later_contacts_open() -> None:
    """Their contacts may have been over: the tenth call is tried, and from then on each is."""
    replies = iter([*[NAMELESS] * 3, *[reply(200, {})] * 5])
    calls = StopContactCalls(lambda request: answer(request, next(replies)))
    assert [calls(f"c{number}", "here") for number in range(13)] == [*[False] * 10, True, True, True]


FORBIDDEN = reply(403, {"__type": "AccessDeniedException"})


@pytest.mark.parametrize("response", [NAMELESS, FORBIDDEN, reply(401, {"message": "Unauthorized"})])
def test_an_endpoint_that_stops_nothing_is_seldom_asked(response: Response) -> None:
    asked: list[Request] = []

    def send(request: Request) -> Exchange:
        asked.append(request)
        return answer(request, response)

    contacts = Contacts(StopContactCalls(send), "here", 2)
    for number in range(9):
        contacts.learn(answer(START, reply(200, {"ContactId": f"c{number}"})))
        contacts.tidy()
    contacts.stop_all()
    assert (contacts.closed, contacts.leaked) == (0, 9)
    assert len(asked) == 4, "three of the first nine calls, and one of the nine at the end"


@pytest.mark.parametrize(("opened", "stopped"), [(2, []), (3, ["c0", "c2"])])
def test_loose_contacts_are_stopped_once_there_are_many(opened: int, stopped: list[str]) -> None:
    """Two may stay open; the held one stays in any case. Each is stopped in the instance it was started in."""
    asked: list[dict[str, str]] = []

    def send(request: Request) -> Exchange:
        asked.append(json.loads(request.body))
        return answer(request, reply(200, {}))

    contacts = Contacts(StopContactCalls(send), "here", 2)
    for number in range(opened):
        contacts.learn(answer(START, reply(200, {"ContactId": f"c{number}"})))
    contacts.leased.add("c1")
    contacts.tidy()
    assert asked == [{"InstanceId": "i", "ContactId": contact} for contact in stopped]


@pytest.mark.parametrize(("most", "left"), [(1, {"c1"}), (0, set())])
def test_a_spared_contact_goes_only_where_the_others_are_not_enough(most: int, left: set[str]) -> None:
    contacts = Contacts(StopContactCalls(lambda request: answer(request, reply(200, {}))), "here", most)
    for number in range(3):
        contacts.learn(answer(START, reply(200, {"ContactId": f"c{number}"})))
    contacts.spared.add("c1")
    contacts.tidy()
    assert set(contacts.open) == left


def on_the_wire(status: int, members: object) -> bytes:
    body = json.dumps(members).encode()
    return f"HTTP/1.1 {status} Said\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def test_no_more_contacts_are_started_than_allowed(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    """A refused start and one that repeats a contact are free; once two contacts are open nothing more is sent."""
    script = [on_the_wire(200, {"ContactId": one}) for one in ("a", "a")] + [
        on_the_wire(400, {}),
        on_the_wire(200, {"ContactId": "b"}),
    ]
    served = endpoint(answering(*script))
    target = target_at(served.url, max_contacts=2)
    for _ in script:
        target.send(START)
    with pytest.raises(BudgetSpent, match="--max-contacts"):
        target.send(START)
    assert len(served.received) == len(script)


def test_a_start_whose_reply_was_lost_counts(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    """Nobody knows what it started."""
    target = target_at(endpoint(answering(on_the_wire(200, {"ContactId": "a"}))).url, max_contacts=1)
    target.send_and_hang_up(START)
    with pytest.raises(BudgetSpent):
        target.send(START)
