"""ClientToken of what starts a contact or adds a participant: tokens and connections of a repeated reply work."""

from __future__ import annotations

from typing import Any

from conformance.claims import each_operation_with, verifies
from conformance.examination.chat import Participant, text_at
from conformance.examination.intents import Intent, intend
from conformance.examination.story import Story
from conformance.examination.transcripts import id_of, items_with
from conformance.wire import Exchange
from strategies.tokens import fresh_client_token

# Who talks in a call needs no chat connection.
CONNECTIONS = {"StartWebRTCContact": ("WEBRTC_CONNECTION",)}


@each_operation_with("ClientToken.replayed-token-works")
def test_every_token_of_a_repeated_reply_opens_a_connection(story: Story, requirement: str) -> None:
    """Each ParticipantToken that the same request got, a fresh one or the first, opens a connection, in any order."""
    intent, token = intend(story, requirement), fresh_client_token()
    replies = [intent.perform(token) for _ in range(3)]
    callers = [_of(intent, reply) for reply in replies]
    with story.claim(requirement) as claim:
        for who in (*reversed(callers), callers[-1]):
            opened = who.connect(*CONNECTIONS.get(intent.name, ()))
            claim.accepted(opened, "CreateParticipantConnection with a ParticipantToken of a repeated reply")


@each_operation_with("ClientToken.replayed-token-works")
def test_every_token_of_a_repeated_reply_is_the_same_participants(story: Story, requirement: str) -> None:
    """What is said with a ParticipantToken of a repeated reply is said by the participant of the first reply."""
    intent, token = intend(story, requirement), fresh_client_token()
    first = _of(intent, intent.perform(token))
    again = _of(intent, intent.perform(token))
    if intent.name not in CONNECTIONS:
        said = [who.say() for who in (first, again)]
        items = {str(item.get("Id")): item for item in items_with(again, *said)}
        with story.claim(requirement) as claim:
            for exchange in said:
                claim.equal(items[id_of(exchange)].get("ParticipantId"), first.participant_id, "the sender")


def _of(intent: Intent, reply: Exchange) -> Participant:
    """The participant whom a reply speaks of."""
    members: dict[str, Any] = dict(reply.response.members) if reply.response else {}
    path = ("ParticipantToken",) if intent.by is None else ("ParticipantCredentials", "ParticipantToken")
    contact = intent.by.contact_id if intent.by else text_at(members, "ContactId")
    return Participant(intent.story, contact, text_at(members, "ParticipantId"), text_at(members, *path))
