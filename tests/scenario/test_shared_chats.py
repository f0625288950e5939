"""Scenarios use one another's chats, and what a chat that is over showed is judged anew in a new one."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field

import pytest

from conformance.checks.violation import ContractViolation
from conformance.contract.model import operation
from conformance.contract.wire import Exchange, Request, to_request
from conformance.endpoint.client import HttpTarget
from conformance.endpoint.contacts import Contacts, StopContactCalls
from conformance.endpoint.settings import build_settings
from conformance.engine.chat_pool import MOST_SENT, Messages
from conformance.engine.conversations import Conversations
from conformance.engine.depth import DEPTHS
from conformance.engine.polling import Polling
from conformance.engine.verifier import NotVerified, Verifier
from conformance.journeys.test_surfaces import (
    test_an_event_is_the_same_in_reply_and_transcript as judge_an_event,
)
from conformance.power.direct import Direct, DirectEndpoint, DirectTransfers, DirectTransport
from conformance.reference.instances import INSTANCE_ID
from conformance.results.ledger import Ledger
from conformance.results.recorder import Recorder
from conformance.results.verdicts import Outcome
from conformance.scenario.claim import Claim
from conformance.scenario.participants import Chat
from conformance.scenario.runner import run_scenario
from conformance.scenario.scenario import Scenario
from conformance.scenario.seeded_chat import seeded_chat

RID = "SendMessage.Content.bytes-max"
Test = Callable[[Scenario], None]


@dataclass
class Suite:
    """A run against the reference: its verifier, and the chats that scenarios had, in the order of their taking."""

    verifier: Verifier
    chats: list[str] = field(default_factory=list)

    def run(self, test: Test, *claims: str) -> None:
        with closing(Scenario(self.verifier, claims)) as scenario, suppress(ContractViolation, NotVerified):
            run_scenario(self.verifier, test, {"scenario": scenario}, claims)

    def using(self, act: Callable[[Chat], object]) -> Test:
        """A test that takes a chat, acts in it and claims nothing."""

        def test(scenario: Scenario) -> None:
            chat = scenario.chat()
            self.chats.append(chat.contact_id)
            act(chat)

        return test

    def claiming(self, judge: Callable[[Claim, Chat], object]) -> Test:
        """A test that takes a chat and judges by it."""

        def test(scenario: Scenario) -> None:
            chat = scenario.chat()
            self.chats.append(chat.contact_id)
            with scenario.claim() as claim:
                judge(claim, chat)

        return test

    @property
    def outcomes(self) -> dict[Outcome, int]:
        return dict(self.verifier.recorder.records[RID].outcomes)


@pytest.fixture
def suite(request: pytest.FixtureRequest) -> Iterator[Suite]:
    """A run against the reference, with the lawful variants that a test names."""
    reference = Direct()
    reference.reconfigure(variants=getattr(request, "param", ()))
    facts = reference.facts
    given: dict[str, str | None] = {name: facts[name] for name in ("instance_id", "contact_flow_id")}
    settings = build_settings(
        facts["url"], instance_id=facts["instance_id"], contact_flow_id=facts["contact_flow_id"], poll_seconds=0.1
    )

    def send(request: Request) -> Exchange:
        return endpoint.send(request)

    contacts = Contacts(StopContactCalls(send), settings.instance_id, most_open=20)
    target = HttpTarget(settings, transport=DirectTransport(reference), on_exchange=contacts.learn)
    endpoint = DirectEndpoint(target, DirectTransfers(settings, reference, lambda: None), reference, reference)
    conversations = Conversations(endpoint, contacts, given, Polling(0.1))
    with target:
        yield Suite(Verifier(conversations, Recorder(Ledger(io.StringIO())), DEPTHS["smoke"], seed=1))


def say(chat: Chat) -> None:
    chat.scenario.need(chat.say())


@pytest.mark.parametrize(
    "act",
    [lambda _: None, say, lambda chat: chat.say(""), lambda chat: chat.items()],
    ids=["none", "say", "bad", "read"],
)
def test_a_chat_that_is_left_plain_is_used_again(suite: Suite, act: Callable[[Chat], object]) -> None:
    for _ in range(3):
        suite.run(suite.using(act))
    assert len(set(suite.chats)) == 1


@pytest.mark.parametrize(
    "act",
    [
        lambda chat: chat.leave(),
        lambda chat: chat.stop(),
        lambda chat: chat.on_contact("UpdateContactAttributes", Attributes={"k": "v"}),
        lambda chat: chat.scenario.lose_reply(chat.resources().plain("SendMessage")),
        lambda chat: [chat.say() for _ in range(MOST_SENT + 1)],
        lambda chat: [chat.add_participant() for _ in range(3)],
        lambda chat: chat.add_participant().leave(),
        lambda chat: chat.scenario.start(RelatedContactId=chat.contact_id),
    ],
    ids=[
        "left",
        "stopped",
        "attributes",
        "a lost reply",
        "full of messages",
        "full of bots",
        "a bot left",
        "related to another",
    ],
)
def test_a_chat_that_is_changed_is_not(suite: Suite, act: Callable[[Chat], object]) -> None:
    for _ in range(2):
        suite.run(suite.using(act))
    assert len(set(suite.chats)) == 2


def test_a_connection_is_used_again(suite: Suite) -> None:
    tokens: list[str] = []
    for _ in range(2):
        suite.run(suite.using(lambda chat: tokens.extend([chat.connection_token])))
    assert len(set(tokens)) == 1


def test_only_the_latest_connection_is(suite: Suite) -> None:
    tokens: list[str] = []

    def connect_twice(chat: Chat) -> None:
        tokens.append(chat.connection_token)
        chat.connect()

    for _ in range(2):
        suite.run(suite.using(connect_twice))
    assert len(set(tokens)) == 2


def test_a_customer_who_is_to_be_alone_gets_a_chat_without_bots(suite: Suite) -> None:
    suite.run(suite.using(lambda chat: chat.add_participant()))

    def test(scenario: Scenario) -> None:
        assert scenario.chat(alone=True).contact_id not in suite.chats
        assert scenario.chat().contact_id in suite.chats

    suite.run(test)


def test_a_typed_chat_is_used_again_by_those_who_want_one(suite: Suite) -> None:
    chats: list[str] = []

    def test(scenario: Scenario) -> None:
        chats.append(scenario.typed_chat().contact_id)
        assert scenario.chat().contact_id not in chats

    for _ in range(2):
        suite.run(test)
    assert len(set(chats)) == 1


def test_a_call_is_used_again_with_the_reply_that_started_it(suite: Suite) -> None:
    calls: list[Chat] = []

    def test(scenario: Scenario) -> None:
        calls.append(scenario.webrtc_call())
        scenario.need(calls[-1].connect("WEBRTC_CONNECTION"))

    for _ in range(2):
        suite.run(test)
    assert len({call.contact_id for call in calls}) == 1
    assert calls[1].started == calls[0].started
    assert calls[1].started


def _spend(suite: Suite) -> str:
    spent: list[str] = []

    def test(scenario: Scenario) -> None:
        spent.append(scenario.spendable_chat().contact_id)

    suite.run(test)
    return spent[0]


@pytest.mark.parametrize(
    "members",
    [
        {"Attributes": {"k": "v"}},
        {"CustomerId": "0042"},
        {"ParticipantDetails": {"DisplayName": "Bea"}},
        {"SupportedMessagingContentTypes": ["text/plain"]},
    ],
)
def test_a_chat_of_any_attributes_types_and_names_can_be_spent(suite: Suite, members: dict[str, object]) -> None:
    started: list[str] = []
    suite.run(lambda scenario: started.append(scenario.new_chat(**members).contact_id))
    suite.run(suite.using(say))
    assert suite.chats[0] not in started
    assert _spend(suite) in started


@pytest.mark.parametrize(
    "members",
    [
        {"ChatDurationInMinutes": 60},
        {"DisconnectOnCustomerExit": ["AGENT"]},
        {"ConnectionTypes": ["AUTHENTICATION_SESSION"]},
    ],
)
def test_a_chat_that_may_end_by_itself_or_is_not_known_is_left_to_nobody(
    suite: Suite, members: dict[str, object]
) -> None:
    started: list[str] = []
    suite.run(lambda scenario: started.append(scenario.new_chat(**members).contact_id))
    assert _spend(suite) not in started


def test_a_chat_with_other_attributes_can_be_spent(suite: Suite) -> None:
    suite.run(suite.using(lambda chat: chat.on_contact("UpdateContactAttributes", Attributes={"k": "v"})))
    assert _spend(suite) == suite.chats[0]


def test_a_plain_chat_is_spent_where_there_is_no_other(suite: Suite) -> None:
    suite.run(suite.using(say))
    assert _spend(suite) == suite.chats[0]


def test_a_start_that_nobody_took_is_left_too(suite: Suite) -> None:
    started: list[object] = []
    suite.run(lambda scenario: started.append(scenario.need(scenario.start())["ContactId"]))
    suite.run(suite.using(say))
    assert suite.chats == started


def test_a_chat_is_left_although_another_one_was_ended(suite: Suite) -> None:
    def test(scenario: Scenario) -> None:
        chat, other = scenario.new_chat(), scenario.new_chat()
        scenario.need(chat.say())
        scenario.need(other.leave())
        suite.chats.append(chat.contact_id)

    suite.run(test)
    suite.run(suite.using(say))
    assert suite.chats[0] == suite.chats[1]


def test_a_chat_whose_messages_are_known_is_read_by_others_until_one_sends(suite: Suite) -> None:
    found: list[tuple[str, int]] = []

    def read(scenario: Scenario) -> None:
        chat, own = (seeded := seeded_chat(scenario, 3)).chat, seeded.own
        found.append((chat.contact_id, len(set(seeded.own_ids(MaxResults=100)) & set(own))))

    def send(scenario: Scenario) -> None:
        scenario.need(seeded_chat(scenario, 3).chat.say())

    for test in (read, read, send, read):
        suite.run(test)
    assert [number for _, number in found] == [3, 3, 3]
    assert found[0] == found[1]
    assert found[2] != found[1]


def test_a_chat_with_another_number_of_known_messages_is_not_read(suite: Suite) -> None:
    suite.run(_read_three)
    found: list[tuple[Chat, Messages] | None] = []
    suite.run(lambda scenario: found.append(scenario.seeded_chat(4)))
    suite.run(lambda scenario: found.append(scenario.seeded_chat(3)))
    assert found[0] is None
    assert found[1] is not None


def _read_three(scenario: Scenario) -> None:
    seeded_chat(scenario, 3).read()


def _start_two(scenario: Scenario) -> None:
    for _ in range(2):
        scenario.new_chat()


def test_an_old_chat_has_a_connection_and_a_message_that_was_seen(suite: Suite) -> None:
    found: list[tuple[Chat, str] | None] = []
    sent: list[str] = []

    def speak(chat: Chat) -> None:
        sent.append(str(chat.scenario.need(chat.say())["Id"]))
        chat.items()

    suite.run(suite.using(speak))
    suite.run(lambda scenario: found.append(scenario.old_chat(2)))
    suite.run(_start_two)
    suite.run(lambda scenario: found.append(scenario.old_chat(2)))
    assert found[0] is None
    assert found[1] is not None
    assert (found[1][0].contact_id, found[1][1]) == (suite.chats[0], sent[0])


def test_a_new_chat_is_new(suite: Suite) -> None:
    suite.run(suite.using(say))

    def test(scenario: Scenario) -> None:
        assert scenario.new_chat().contact_id not in suite.chats

    suite.run(test)


def _is_accepted(claim: Claim, chat: Chat) -> None:
    claim.success(chat.say(), "a message")


def _is_refused(claim: Claim, chat: Chat) -> None:
    claim.any_refusal(chat.say(""), "an empty message")


def _asks_too_much(claim: Claim, chat: Chat) -> None:
    claim.refusal(chat.say(), "a lawful message")


@pytest.mark.parametrize("judge", [_is_accepted, _is_refused], ids=["accepted", "refused"])
def test_what_a_dead_chat_showed_is_judged_anew(suite: Suite, judge: Callable[[Claim, Chat], None]) -> None:
    """An acceptance is not found broken by a chat that is over, and a refusal is not found kept by it."""
    suite.run(suite.using(say))
    suite.verifier.conversations.calls.send(_stop(suite.chats[0]))
    suite.verifier.conversations.contacts.open[suite.chats[0]] = suite.verifier.conversations.given["instance_id"] or ""
    suite.run(suite.claiming(judge), RID)
    assert len(set(suite.chats)) == 2
    assert suite.outcomes == {Outcome.KEPT: 1}


def test_what_a_living_chat_showed_stays(suite: Suite) -> None:
    suite.run(suite.using(say))
    suite.run(suite.claiming(_asks_too_much), RID)
    assert suite.chats[0] == suite.chats[1]
    assert suite.outcomes == {Outcome.BROKEN: 1}


def _stop(contact: str) -> Request:
    return to_request(operation("StopContact"), {"InstanceId": INSTANCE_ID, "ContactId": contact})


@pytest.mark.parametrize("suite", [("typing-kept",)], indirect=True)
def test_typing_of_an_earlier_test_is_not_taken_for_that_of_a_later_one(suite: Suite) -> None:
    """A transcript may keep typing events. The chat that the first test leaves has two of its customer."""
    suite.run(suite.using(lambda chat: chat.scenario.need(chat.signal())))
    rid = "Surfaces.event-reply-and-transcript.same-id"
    suite.run(judge_an_event, rid)
    assert set(suite.verifier.recorder.records[rid].outcomes) == {Outcome.KEPT}
