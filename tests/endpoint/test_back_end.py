"""A user's own back end starts chats: what it gives is taken or refused in one sentence, and nothing of it is shown."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.model import CONNECT, PARTICIPANT, operation
from conformance.contract.wire import BACK_END, Exchange, Request, Response, to_request
from conformance.endpoint import back_end as module
from conformance.endpoint.back_end import BackEnd, Command, NotStarted, Url
from conformance.endpoint.budget import Budget, BudgetSpent
from conformance.endpoint.client import HttpTarget
from conformance.endpoint.endpoint import Endpoint
from conformance.endpoint.journal import ContactJournal
from conformance.endpoint.preconditions import AbsentOperation, SetupFailed
from conformance.endpoint.settings import SettingsError, build_settings
from conformance.endpoint.transfers import Transfers
from tests.endpoint.raw_endpoint import StartEndpoint, answering
from tests.endpoint.test_journal import on_the_wire, read

SECRET = "secret-participant-token"
CHAT = {"ContactId": "c-1", "ParticipantId": "p-1", "ParticipantToken": SECRET}


def printing(text: str, code: int = 0) -> str:
    """A command that prints `text` and ends with `code`."""
    return shlex.join(
        [sys.executable, "-c", f"import sys; print({text!r}); print({SECRET!r}, file=sys.stderr); sys.exit({code})"]
    )


@dataclass
class Run:
    """What a back end has around it in a run."""

    source: module.Source
    budget: Budget = field(default_factory=lambda: Budget(max_contacts=2))
    lines: list[str] = field(default_factory=list)
    started: list[str] = field(default_factory=list)
    sent: list[Request] = field(default_factory=list)
    replies: list[Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.journal = ContactJournal(self.lines.append)
        self.journal.begin(target="http://127.0.0.1:1", absent=CONNECT)
        self.back_end = BackEnd("--start-chat", self.source, self._send, self.budget, self.journal, self.started.append)

    def _send(self, request: Request) -> Exchange:
        self.sent.append(request)
        return Exchange(request, self.replies.pop(0), 0.0)

    def reason(self) -> str:
        """Why no chat came of it."""
        with pytest.raises(SetupFailed) as wrong:
            self.back_end.start()
        assert SECRET not in wrong.value.reason
        assert SECRET not in "".join(self.lines)
        return wrong.value.reason


def test_a_command_starts_a_chat_which_is_counted_and_written_down(tmp_path: Path) -> None:
    run = Run(Command(printing(json.dumps({**CHAT, "Other": 1}))))
    chat = run.back_end.start()
    assert (chat.contact_id, chat.participant_id, chat.participant_token) == tuple(CHAT.values())
    assert SECRET not in repr(chat) + "".join(run.lines)
    assert run.started == ["c-1"]
    assert run.budget.take().by_operation == {BACK_END: 1}
    left = read(run.lines, tmp_path)
    assert (left.by_back_end, left.unanswered) == (True, {})


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (printing("x", code=3), "the --start-chat command ended with exit code 3: run it by hand to see why"),
        ("/no/such/program", "the --start-chat command cannot be run (No such file or directory): correct it"),
        (printing(SECRET), "--start-chat gave no JSON: have it give one JSON object with ContactId, ParticipantId and"),
        (printing("[]"), "--start-chat gave no ContactId and no ParticipantId and no ParticipantToken: have it give"),
        (printing(json.dumps({**CHAT, "ParticipantId": 7})), "--start-chat gave no ParticipantId: have it give one"),
        (printing(json.dumps({**CHAT, "ContactId": ""})), "--start-chat gave no ContactId: have it give one JSON"),
    ],
)
def test_what_gives_no_chat_is_told_in_one_sentence(command: str, says: str) -> None:
    assert Run(Command(command)).reason().startswith(says)


def test_a_command_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "COMMAND_SECONDS", 0.2)
    run = Run(Command(shlex.join([sys.executable, "-c", "import time; time.sleep(60)"])))
    assert "did not end within 0 s" in run.reason()
    assert len(read(run.lines, tmp_path).unanswered) == 1  # nobody knows what it opened


def test_one_that_did_not_run_opened_nothing_and_keeps_no_place(tmp_path: Path) -> None:
    run = Run(Command("/no/such/program"), Budget(max_contacts=1))
    run.reason()
    run.reason()
    assert read(run.lines, tmp_path).unanswered == {}


def test_the_same_contact_twice_is_refused() -> None:
    run = Run(lambda: json.dumps(CHAT))
    run.back_end.start()
    assert run.reason() == "--start-chat gave the contact c-1 a second time: have it start a new chat each time"


def test_no_more_chats_are_started_than_contacts_are_allowed() -> None:
    numbers = iter(range(9))
    run = Run(lambda: json.dumps({**CHAT, "ContactId": f"c-{next(numbers)}"}))
    for _ in range(2):
        run.back_end.start()
    with pytest.raises(BudgetSpent, match="--max-contacts"):
        run.back_end.start()


@pytest.mark.parametrize(
    ("replies", "over"),
    [
        ([Response(200, (), b'{"ConnectionCredentials": {"ConnectionToken": "k"}}'), Response(200, (), b"{}")], True),
        ([Response(200, (), b'{"ConnectionCredentials": {"ConnectionToken": "k"}}'), Response(500)], False),
        ([Response(403)], True),
        ([Response(500)], False),
        ([Response(200, (), b"{}")], False),
    ],
)
def test_a_chat_ends_when_its_customer_leaves(replies: list[Response], *, over: bool) -> None:
    run = Run(lambda: json.dumps(CHAT), replies=list(replies))
    run.back_end.start()
    assert run.back_end.end("c-1", "") is over
    names = ["CreateParticipantConnection", "DisconnectParticipant"]
    assert [request.operation for request in run.sent] == names[: len(replies)]
    assert run.sent[0].header("X-Amz-Bearer") == SECRET


def test_a_url_is_asked_by_post(endpoint: StartEndpoint) -> None:
    served = endpoint(answering(on_the_wire(200, CHAT), on_the_wire(500, {"ParticipantToken": SECRET})))
    settings = build_settings(served.url, start_chat_url=f"{served.url}/chats", headers=("X-Key: k",))
    source = Url(settings, settings.start_chat_url or "")
    assert json.loads(source()) == CHAT
    assert served.received[0].line == "POST /chats HTTP/1.1"
    assert served.received[0].values("X-Key") == ["k"]
    with pytest.raises(NotStarted, match="--start-chat-url answered 500"):
        source()


def test_headers_go_to_no_other_host(endpoint: StartEndpoint) -> None:
    served = endpoint(answering(on_the_wire(200, CHAT)))
    settings = build_settings("http://mock.example", start_chat_url=served.url, headers=("X-Key: k",))
    Url(settings, settings.start_chat_url or "")()
    assert served.received[0].line == "POST / HTTP/1.1"
    assert served.received[0].values("X-Key") == []


def test_a_url_that_nobody_serves_is_told() -> None:
    settings = build_settings("http://127.0.0.1:1", start_chat_url="http://127.0.0.1:1/chats")
    with pytest.raises(SetupFailed, match="--start-chat-url gave no reply"):
        Url(settings, "http://127.0.0.1:1/chats")()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"start_chat": "a", "start_chat_url": "http://h"}, "both say where chats come from: give one of them"),
        ({"start_chat": "a 'b"}, "--start-chat is no command (No closing quotation): quote it as for a shell"),
        ({"start_chat": " "}, "--start-chat is empty: give the command that starts one chat"),
        ({"start_chat_url": "backend"}, "--start-chat-url 'backend' is no address"),
        ({"start_chat": "a", "participant_target": "none"}, "leaves nothing to judge"),
    ],
)
def test_options_that_do_not_go_together_are_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        build_settings("http://127.0.0.1:1", **given)
    assert says in str(wrong.value)


@pytest.mark.parametrize(
    ("given", "absent", "called"),
    [
        ({"start_chat": "a"}, CONNECT, "StopContact"),
        ({"participant_target": "none", "instance_id": "i", "contact_flow_id": "f"}, PARTICIPANT, "SendMessage"),
    ],
)
def test_no_operation_of_the_other_service_is_called(given: dict[str, Any], absent: str, called: str) -> None:
    settings = build_settings("http://127.0.0.1:1", **given)
    assert settings.absent == absent
    with HttpTarget(settings) as target:
        endpoint = Endpoint(target, Transfers(settings))
        arguments = {"ConnectionToken": "t"} if absent == PARTICIPANT else {}
        with pytest.raises(AbsentOperation, match=f"takes {called}, which the endpoint does not have"):
            endpoint.send(to_request(operation(called), arguments))
        with pytest.raises(AbsentOperation):
            endpoint.send_and_hang_up(to_request(operation(called), arguments))
    assert target.budget.sent == 0
