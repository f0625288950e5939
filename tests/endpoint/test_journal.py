"""The journal names what may still be open on the endpoint, also where the run was killed at the worst moment."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.contract.model import operation
from conformance.contract.wire import Exchange, Request, Response, to_request
from conformance.endpoint.contacts import Contacts, StopContactCalls
from conformance.endpoint.journal import ContactJournal, LeftOpen, left_open
from tests.endpoint.raw_endpoint import MakeTarget, StartEndpoint, answering

OPENED = {"ContactId": "c-1", "ParticipantId": "p", "ParticipantToken": "secret-token"}


def start(name: str | None = "t-1") -> Request:
    members = {"InstanceId": "i", "ContactFlowId": "f", "ParticipantDetails": {"DisplayName": "Ann"}}
    return to_request(operation("StartChatContact"), members | ({"ClientToken": name} if name else {}))


def on_the_wire(status: int, members: object) -> bytes:
    body = json.dumps(members).encode()
    return f"HTTP/1.1 {status} Said\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def journal(lines: list[str]) -> ContactJournal:
    one = ContactJournal(lines.append)
    one.begin(target="http://127.0.0.1:1", region="us-east-1", reference=False)
    return one


def read(lines: list[str], tmp_path: Path) -> LeftOpen:
    (tmp_path / "contacts.jsonl").write_text("".join(lines))
    found = left_open(tmp_path / "contacts.jsonl")
    assert found is not None
    return found


def test_a_contact_is_written_down_before_it_is_used_and_a_start_before_it_is_sent(
    endpoint: StartEndpoint, target_at: MakeTarget, journal: ContactJournal, lines: list[str], tmp_path: Path
) -> None:
    """At each moment the journal alone is enough to stop what is open."""
    seen: list[LeftOpen] = []

    def learn(exchange: Exchange) -> None:
        seen.append(read(lines, tmp_path))
        contacts.learn(exchange)
        seen.append(read(lines, tmp_path))

    served = endpoint(answering(on_the_wire(200, OPENED)))
    target = target_at(served.url, on_exchange=learn, journal=journal)
    contacts = Contacts(StopContactCalls(target.send), "i", 1, journal)
    target.send(start())
    (unanswered,) = seen[0].unanswered.values()
    assert json.loads(unanswered.body or "")["ClientToken"] == "t-1"
    assert seen[0].contacts == {}
    assert seen[1].contacts == {"c-1": "i"}
    assert read(lines, tmp_path).unanswered == {}
    assert "secret-token" not in "".join(lines)
    assert "AWS4-HMAC" not in "".join(lines)


def test_a_contact_that_is_over_is_open_no_more(journal: ContactJournal, lines: list[str], tmp_path: Path) -> None:
    journal.write_open("c-1", "i")
    journal.write_open("c-2", "j")
    journal.write_over("c-1")
    assert read(lines, tmp_path).contacts == {"c-2": "j"}


@pytest.mark.parametrize(
    ("token", "attempts", "unanswered"),
    [
        ("t", ["starting"], 1),
        ("t", ["starting", "write_outcome"], 0),
        ("t", ["starting", "starting", "write_outcome"], 0),  # the second leads to the contact of the first
        ("t", ["starting", "write_outcome", "starting"], 1),  # throttled, and repeated
        (None, ["starting", "write_outcome"], 0),
        (None, ["starting", "starting", "write_outcome"], 1),
    ],
)
def test_a_start_without_a_reply_is_known(
    token: str | None, attempts: list[str], unanswered: int, tmp_path: Path
) -> None:
    lines: list[str] = []
    journal = ContactJournal(lines.append)
    journal.begin(target="http://127.0.0.1:1", region="us-east-1", reference=False)
    for attempt in attempts:
        getattr(journal, attempt)(start(token))
    assert journal.unanswered == unanswered
    assert len(read(lines, tmp_path).unanswered) == unanswered


def test_a_long_start_is_written_down_in_few_bytes(journal: ContactJournal, lines: list[str], tmp_path: Path) -> None:
    long = start()
    long = replace(long, body=long.body[:-1] + b', "Unknown": "' + b"a" * 3_000_000 + b'"}')
    journal.starting(long)
    assert len(lines[-1]) < 6_000
    path = tmp_path / "contacts.jsonl"
    path.write_text("".join(lines))
    found = left_open(path)
    assert found is not None
    assert [each.body for each in found.unanswered.values()] == [long.body.decode()]


def test_a_start_that_never_left_is_no_open_contact(target_at: MakeTarget, journal: ContactJournal) -> None:
    """Nor does it take one of --max-contacts."""
    target = target_at("http://127.0.0.1:9", journal=journal, max_contacts=1)
    for _ in range(2):
        assert target.send(start()).response is None
    assert journal.unanswered == 0


def test_a_lost_reply_leaves_a_start_unanswered(
    endpoint: StartEndpoint, target_at: MakeTarget, journal: ContactJournal
) -> None:
    target_at(endpoint(answering(on_the_wire(200, OPENED))).url, journal=journal).send_and_hang_up(start())
    assert journal.unanswered == 1


@pytest.mark.parametrize("members", [{}, {"contactId": "c-1"}, {"data": OPENED}, None], ids=repr)
def test_a_success_without_a_contact_leaves_a_start_unanswered(
    endpoint: StartEndpoint, target_at: MakeTarget, journal: ContactJournal, members: object
) -> None:
    """Something was opened, or nothing: who cannot read the reply does not know, and says so."""
    target_at(endpoint(answering(on_the_wire(200, members))).url, journal=journal).send(start())
    assert journal.unanswered == 1


def test_another_file_is_no_journal(tmp_path: Path) -> None:
    for text in ("", "hello\n", '{"entry": "header"}\n'):
        (tmp_path / "contacts.jsonl").write_text(text)
        assert left_open(tmp_path / "contacts.jsonl") is None


def test_nothing_is_open_where_the_endpoint_has_ended(lines: list[str], tmp_path: Path) -> None:
    journal = ContactJournal(lines.append)
    journal.begin(target="http://127.0.0.1:1", region="us-east-1", reference=True)
    journal.write_open("c-1", "i")
    assert not read(lines, tmp_path).matters


def test_a_contact_that_a_later_start_returns_once_more_was_opened_once(journal: ContactJournal) -> None:
    contacts = Contacts(StopContactCalls(lambda request: Exchange(request, Response(200), 0.0)), "i", 1, journal)
    answer = Exchange(start(), Response(200, (), json.dumps(OPENED).encode()), 0.0)
    contacts.learn(answer)
    contacts.stop("c-1")
    contacts.learn(answer)
    assert (contacts.opened, contacts.closed, contacts.open) == (1, 1, {})


def test_a_stop_that_failed_is_tried_once_more_at_the_end() -> None:
    statuses = [503, 200]
    contacts = Contacts(StopContactCalls(lambda request: Exchange(request, Response(statuses.pop(0)), 0.0)), "i", 0)
    contacts.learn(Exchange(start(), Response(200, (), json.dumps(OPENED).encode()), 0.0))
    contacts.sweep()
    contacts.sweep()
    assert (contacts.closed, contacts.leaked, statuses) == (0, 1, [200])
    contacts.stop_all()
    assert (contacts.closed, contacts.leaked) == (1, 0)
