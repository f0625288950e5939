"""ClientToken of calls that start a contact or add a participant: the tokens and connections of repeated replies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from conformance.checks.replies import judged_reply
from conformance.checks.value_text import value_text
from conformance.contract.wire import Exchange
from conformance.endpoint.preconditions import SetupFailed
from conformance.scenario.idempotency import IdempotentCall, idempotent_call
from conformance.scenario.markers import verifies, verifies_each
from conformance.scenario.participants import Chat, Participant, object_at, text_at
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import id_of, items_with
from conformance.scenario.web_socket import url_of
from strategies.tokens import fresh_client_token

# Who talks in a call needs no chat connection.
CONNECTIONS = {"StartWebRTCContact": ("WEBRTC_CONNECTION",)}


@verifies_each(
    "requirement",
    "CreateParticipant.ClientToken.replayed-token-works",
    "StartChatContact.ClientToken.replayed-token-works",
    "StartWebRTCContact.ClientToken.replayed-token-works",
)
def test_every_token_of_a_repeated_reply_opens_a_connection(scenario: Scenario, requirement: str) -> None:
    """Each ParticipantToken of the repeated replies, new or first, opens a connection, in any order."""
    idempotent, token = idempotent_call(scenario, requirement), fresh_client_token()
    replies = [idempotent.perform(token) for _ in range(3)]
    callers = [_of(idempotent, reply) for reply in replies]
    with scenario.claim(requirement) as claim:
        for who in (*reversed(callers), callers[-1]):
            opened = who.connect(*CONNECTIONS.get(idempotent.name, ()))
            claim.success(opened, "CreateParticipantConnection with a ParticipantToken of a repeated reply")
        idempotent.repeats(claim, replies[0], idempotent.send(token), "the request sent again after these connections")


SPEAKING = [
    pytest.param(rid, id=rid, marks=verifies(rid))
    for rid in (
        "StartChatContact.ClientToken.replayed-token-works",
        "CreateParticipant.ClientToken.replayed-token-works",
    )
]


@pytest.mark.parametrize("requirement", SPEAKING)
def test_every_token_of_a_repeated_reply_is_the_same_participants(scenario: Scenario, requirement: str) -> None:
    """Messages sent with a ParticipantToken of a repeated reply are the first reply's participant's."""
    idempotent, token = idempotent_call(scenario, requirement), fresh_client_token()
    first, again = (_of(idempotent, idempotent.perform(token)) for _ in range(2))
    for who in (first, again):
        spoken = who.say()
        with scenario.claim(requirement) as claim:
            claim.success(spoken, "a message with a connection of that ParticipantToken")
            message = next(item for item in items_with(who, spoken) if item.get("Id") == id_of(spoken))
            claim.equal(message.get("ParticipantId"), first.participant_id, "the sender of the message")


BOTH = ["WEBSOCKET", "CONNECTION_CREDENTIALS"]


@pytest.mark.parametrize("types", [BOTH, BOTH[:1], BOTH[1:]], ids=["both", "websocket", "credentials"])
@verifies("StartChatContact.ClientToken.connection-information")
def test_a_repeated_start_returns_the_connection_information(scenario: Scenario, types: list[str]) -> None:
    """A repeated start of an active chat returns the requested connection information, ready for use."""
    idempotent, token = idempotent_call(scenario, ConnectionTypes=types), fresh_client_token()
    replies = [idempotent.perform(token) for _ in range(3)]
    chat = scenario.register(replies[0])
    with scenario.claim() as claim:
        for reply in replies[1:]:
            idempotent.repeats(claim, replies[0], reply, "the request with ConnectionTypes sent again")
            members = judged_reply(reply).members
            present = [name for name, member in zip(BOTH, GIVEN, strict=True) if _has_part(members, *member)]
            claim.equal(present, types, "the connection information in the repeated reply")
    if "CONNECTION_CREDENTIALS" in types:
        spoken = chat.say(ConnectionToken=text_at(judged_reply(replies[-1]).members, *GIVEN[1]))
        with scenario.claim() as claim:
            claim.success(spoken, "a message with the ConnectionToken of the last repeated reply")
    if "WEBSOCKET" in types:
        socket = scenario.open_socket(url_of(judged_reply(replies[-1]).members))
        with scenario.claim() as claim:
            claim.holds(
                socket.failure is None, "a web socket URL of the last repeated reply that opens", socket.failure
            )


GIVEN = (("Websocket", "Url"), ("ConnectionCredentials", "ConnectionToken"))


def _has_part(members: Mapping[str, Any], part: str, name: str) -> bool:
    return isinstance(members.get(part), Mapping) and bool(members[part].get(name))


@verifies("StartChatContact.ClientToken.one-effect")
def test_a_repeated_start_undoes_nothing(scenario: Scenario) -> None:
    """Attributes that were updated since the start keep their values when the start is repeated."""
    idempotent, token = idempotent_call(scenario, Attributes={"replaced": "at the start"}), fresh_client_token()
    chat, updated = scenario.register(idempotent.perform(token)), {"replaced": "since then", "created": "as well"}
    scenario.need(chat.on_contact("UpdateContactAttributes", Attributes=updated))
    if not scenario.until(lambda: _has(chat, updated)):
        raise SetupFailed("the updated attributes did not appear")
    idempotent.perform(token)
    with scenario.claim() as claim:
        claim.holds(
            scenario.until(lambda: _has(chat, updated)),
            f"the attributes {value_text(updated)}",
            "others after the repetition",
        )


def _has(chat: Chat, wanted: Mapping[str, str]) -> bool | None:
    shown = object_at(chat.scenario.need(chat.on_contact("GetContactAttributes")), "Attributes")
    return True if {name: shown.get(name) for name in wanted} == dict(wanted) else None


@verifies_each(
    "requirement",
    "StartChatContact.ClientToken.after-end",
    "StartWebRTCContact.ClientToken.after-end",
)
def test_a_start_repeats_after_its_contact_was_stopped(scenario: Scenario, requirement: str) -> None:
    """A start that is repeated after its contact was stopped returns that contact."""
    idempotent, token = idempotent_call(scenario, requirement), fresh_client_token()
    first = idempotent.perform(token)
    scenario.need(scenario.register(first).stop())
    for _ in range(2):
        _claim_first_contact(scenario, requirement, first, idempotent.send(token))


@verifies("StartChatContact.ClientToken.after-end", "StartChatContact.ClientToken.after-end-websocket")
def test_a_start_repeats_after_the_customer_left(scenario: Scenario) -> None:
    """A start that is repeated after the customer disconnected returns that contact, with or without a URL."""
    idempotent, token = (
        idempotent_call(scenario, "StartChatContact.ClientToken.after-end", ConnectionTypes=BOTH),
        fresh_client_token(),
    )
    first = idempotent.perform(token)
    scenario.need(scenario.register(first).leave())
    again = idempotent.send(token)
    _claim_first_contact(scenario, "StartChatContact.ClientToken.after-end", first, again)
    with scenario.claim("StartChatContact.ClientToken.after-end-websocket") as claim:
        claim.record("returned" if _has_part(judged_reply(again).members, *GIVEN[0]) else "left out")


def _claim_first_contact(scenario: Scenario, requirement: str, first: Exchange, again: Exchange) -> None:
    with scenario.claim(requirement) as claim:
        claim.success(again, "the request sent again after the end")
        contact = judged_reply(again).members.get("ContactId")
        claim.equal(contact, text_at(judged_reply(first).members, "ContactId"), "the ContactId after the end")


def _of(idempotent: IdempotentCall, reply: Exchange) -> Participant:
    """The participant of a reply."""
    members = judged_reply(reply).members
    path = ("ParticipantToken",) if idempotent.by is None else ("ParticipantCredentials", "ParticipantToken")
    contact = idempotent.by.contact_id if idempotent.by else text_at(members, "ContactId")
    return Participant(idempotent.scenario, contact, text_at(members, "ParticipantId"), text_at(members, *path))
