"""`connect-conformance cleanup` stops what a journal names, whatever became of the run that wrote it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conformance.commands.cli import main
from conformance.endpoint.journal import ContactJournal, left_open
from tests.endpoint.raw_endpoint import OK, Endpoint, Script, answering
from tests.endpoint.test_journal import OPENED, on_the_wire, start


@pytest.fixture
def endpoints() -> Iterator[list[Endpoint]]:
    started: list[Endpoint] = []
    yield started
    for one in started:
        one.stop()


class Left:
    """A report directory with a journal of a run that was killed at an endpoint with the given `script`."""

    def __init__(self, place: Path, endpoints: list[Endpoint], script: Script) -> None:
        self.endpoint = Endpoint(script)
        self.endpoint.start()
        endpoints.append(self.endpoint)
        self.place, self.lines = place, list[str]()
        self.journal = ContactJournal(self.lines.append)

    def begin(self, **more: object) -> ContactJournal:
        head = {"target": self.endpoint.url, "region": "us-east-1", "reference": False, "credentials": "test"}
        self.journal.begin(**(head | more))
        return self.journal

    def clean(self, *options: str, name: str = "contacts.jsonl") -> Result:
        (self.place / name).write_text("".join(self.lines))
        return CliRunner().invoke(main, ["cleanup", str(self.place), *options])

    @property
    def bodies(self) -> list[bytes]:
        return [received.body for received in self.endpoint.received]

    @property
    def sent(self) -> list[dict[str, object]]:
        return [json.loads(body) for body in self.bodies]


def test_each_open_contact_is_stopped_in_its_instance_and_once(tmp_path: Path, endpoints: list[Endpoint]) -> None:
    left = Left(tmp_path, endpoints, answering(*[on_the_wire(200, {})] * 2))
    journal = left.begin()
    for contact in ("c-1", "c-2", "c-3"):
        journal.write_open(contact, f"instance of {contact}")
    journal.write_over("c-2")
    done = left.clean()
    assert done.exit_code == 0, done.output
    assert "2 contacts are over now" in done.output
    assert left.sent == [
        {"InstanceId": "instance of c-1", "ContactId": "c-1"},
        {"InstanceId": "instance of c-3", "ContactId": "c-3"},
    ]
    again = CliRunner().invoke(main, ["cleanup", str(tmp_path)])
    assert (again.exit_code, again.output) == (0, f"no journal in {tmp_path} names an open contact\n")


def test_a_start_that_nobody_saw_answered_is_sent_again_and_stopped(tmp_path: Path, endpoints: list[Endpoint]) -> None:
    left = Left(tmp_path, endpoints, answering(on_the_wire(200, OPENED), on_the_wire(200, {})))
    left.begin().starting(start())
    left.lines.append('{"entry": "settl')  # killed while it wrote
    assert left.clean().exit_code == 0
    again, stop = left.bodies
    assert again == start().body
    assert json.loads(stop) == {"InstanceId": "i", "ContactId": "c-1"}
    found = left_open(tmp_path / "contacts.jsonl")
    assert found is not None
    assert not found.matters


def test_what_cannot_be_stopped_stays_in_the_journal(tmp_path: Path, endpoints: list[Endpoint]) -> None:
    again = on_the_wire(502, {})  # the same request is sent once more after a server error
    left = Left(tmp_path, endpoints, answering(again, again, on_the_wire(500, {})))
    journal = left.begin()
    journal.write_open("c-1", "i")
    journal.starting(start())
    done = left.clean(name="contacts-left-open.jsonl")
    assert done.exit_code == 6
    assert "still open: c-1 (status 502)" in done.output
    assert "still open: a start with ClientToken t-1 (status 500)" in done.output
    found = left_open(tmp_path / "contacts-left-open.jsonl")
    assert found is not None
    assert (found.contacts, len(found.unanswered)) == ({"c-1": "i"}, 1)


def test_a_start_that_names_no_contact_again_is_told(tmp_path: Path, endpoints: list[Endpoint]) -> None:
    left = Left(tmp_path, endpoints, answering(on_the_wire(200, {"contactId": "c-1"})))
    left.begin().starting(start())
    done = left.clean()
    assert done.exit_code == 6
    assert "still open: a start with ClientToken t-1 (status 200 without a ContactId)" in done.output


@pytest.mark.parametrize(("status", "members"), [(404, {"__type": "ResourceNotFoundException"}), (410, {})])
def test_a_contact_that_is_over_already_is_over(
    tmp_path: Path, endpoints: list[Endpoint], status: int, members: dict[str, str]
) -> None:
    left = Left(tmp_path, endpoints, answering(on_the_wire(status, members)))
    left.begin().write_open("c-1", "i")
    assert left.clean(name="contacts-left-open-3.jsonl").exit_code == 0
    assert list(tmp_path.iterdir()) == []


def test_a_router_that_knows_no_stop_contact_has_ended_nothing(tmp_path: Path, endpoints: list[Endpoint]) -> None:
    left = Left(tmp_path, endpoints, answering(on_the_wire(404, {"message": "Not Found"})))
    left.begin().write_open("c-1", "i")
    done = left.clean(name="contacts-left-open-3.jsonl")
    assert done.exit_code == 6
    assert "still open: c-1 (StopContact got 404" in done.output
    assert "the endpoint may not implement it" in done.output


def test_a_start_without_a_token_is_told_and_not_sent(tmp_path: Path, endpoints: list[Endpoint]) -> None:
    left = Left(tmp_path, endpoints, answering(OK))
    left.begin().starting(start(None))
    done = left.clean()
    assert done.exit_code == 6
    assert "nobody can find out whether a start opened a contact" in done.output
    assert left.sent == []


def test_a_gateway_gets_its_header(tmp_path: Path, endpoints: list[Endpoint]) -> None:
    left = Left(tmp_path, endpoints, answering(on_the_wire(200, {})))
    left.begin().write_open("c-1", "i")
    assert left.clean("--header", "X-Api-Key: k", "--depth", "smoke").exit_code == 0
    assert left.endpoint.received[0].values("X-Api-Key") == ["k"]


def test_real_credentials_are_asked_for(tmp_path: Path, endpoints: list[Endpoint]) -> None:
    left = Left(tmp_path, endpoints, answering(OK))
    left.begin(credentials="real").write_open("c-1", "i")
    done = left.clean()
    assert done.exit_code == 4
    assert "signed for http://127.0.0.1" in done.output
    assert "give --aws-profile or --aws-credentials" in done.output
    assert left.sent == []


def test_an_endpoint_that_ended_with_its_run_is_not_asked(tmp_path: Path, endpoints: list[Endpoint]) -> None:
    left = Left(tmp_path, endpoints, answering(OK))
    left.begin(reference=True).write_open("c-1", "i")
    assert left.clean().output == f"no journal in {tmp_path} names an open contact\n"


def test_a_directory_that_is_none_is_told(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["cleanup", str(tmp_path / "x")])
    assert done.exit_code == 4
    assert f"{tmp_path / 'x'} is no directory" in done.output
    assert list(tmp_path.iterdir()) == []


def test_chats_of_a_back_end_are_told_and_nothing_is_sent(tmp_path: Path, endpoints: list[Endpoint]) -> None:
    """There is no StopContact, and the tokens of their participants are written nowhere."""
    left = Left(tmp_path, endpoints, answering(OK))
    left.begin(absent="connect").write_open("c-1", "not needed")
    done = left.clean()
    assert done.exit_code == 6
    assert "still open: c-1 (its back end alone can end it" in done.output
    assert left.sent == []
