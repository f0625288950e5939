"""Faults of StopContact: what does not end, and what ends besides."""

from __future__ import annotations

from collections.abc import Callable

from conformance.contract.model import Operation
from conformance.contract.wire import Request, Response
from conformance.reference.contacts import end_contact
from conformance.reference.context import Call, Context
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import operation_of, then
from conformance.reference.lifecycle import ContactEvent, ContactStage, ParticipantStage
from conformance.reference.participants import CUSTOMER
from conformance.reference.service import Handler, ReferenceService
from conformance.reference.state import CHAT, MESSAGE, VOICE, Contact, Participant

STOP = "StopContact"
AFTER_ANY_END = ("*.bearer.after-disconnect", "StartChatContact.ChatDurationInMinutes.*")
WHEN_OVER = ("CreateParticipant.ended.refused", "StartContactStreaming.ContactId.ended")
AFTER_STOP = (
    *("*.bearer.after-stop", "LifeCycle.*", "WebSocket.url.after-end", "StopContact.effect.*"),
    *("StartChatContact.ConnectionTypes.token-ends", "StartChatContact.PersistentChat.*", *WHEN_OVER),
)


def _staying(who: Callable[[Contact], list[Participant]]) -> Seed:
    """Some participants of a stopped contact stay in it."""

    def act(context: Context, call: Call, _: object) -> None:
        contact = context.state.contacts[call.get("ContactId")]
        for participant in who(contact):
            participant.stage = ParticipantStage.CONNECTED
        if contact.participants[0].present:
            contact.stage = ContactStage.ACTIVE

    return lambda service: then(service, STOP, act)


_reviving = Rows(_staying, may=AFTER_STOP)
REVIVING = (
    _reviving(
        "stop-leaves-everybody",
        "StopContact does not end a chat.",
        lambda chat: chat.participants,
        "StopContact.effect.ends-chat",
    ),
    _reviving(
        "stop-leaves-the-bots",
        "The bots of a stopped chat stay in it.",
        lambda contact: [p for p in contact.participants if p.role != CUSTOMER],
        "StopContact.effect.every-participant",
    ),
    _reviving(
        "stop-leaves-the-second-bot",
        "The second bot of a stopped chat stays in it.",
        lambda contact: contact.participants[2:] if contact.channel == CHAT else [],
        "StopContact.effect.every-participant",
    ),
    _reviving(
        "stop-leaves-calls",
        "StopContact does not end a call.",
        lambda contact: contact.participants if contact.channel == VOICE else [],
        "StopContact.effect.ends-call",
    ),
    _reviving(
        "stop-leaves-who-never-connected",
        "The endpoint connects participants to a chat that was stopped before anybody connected.",
        lambda contact: [p for p in contact.participants if not has_messages(contact)],
        "StopContact.effect.any-state",
    ),
)


def has_messages(contact: Contact) -> bool:
    """Whether a message was sent in a contact."""
    return any(item.type == MESSAGE for item in contact.items)


def _serve(operation: str) -> Seed:
    """One operation goes on serving the tokens of a stopped contact, whose calls are made as if it went on."""

    def seed(service: ReferenceService) -> Handler:
        def handle(request: Request) -> Response:
            if operation_of(request) != operation:
                return service.handle(request)
            gone = [p for c in service.context.state.contacts.values() if not c.active for p in c.participants]
            stages = [(p, p.stage) for p in gone]
            for participant in gone:
                participant.stage = ParticipantStage.CONNECTED
            response = service.handle(request)
            for participant, stage in stages:
                participant.stage = stage
            return response

        return handle

    return seed


_serving = Rows(_serve, "StopContact.effect.ends-chat", "StopContact.effect.every-participant", may=AFTER_ANY_END)
SERVING = (
    _serving(
        "ended-chats-take-messages",
        "SendMessage accepts the participants of a chat that has ended.",
        "SendMessage",
    ),
    _serving(
        "ended-chats-are-read",
        "GetTranscript accepts the participants of a chat that has ended.",
        "GetTranscript",
    ),
    _serving(
        "ended-chats-are-connected",
        "The endpoint connects participants to a chat that has ended.",
        "CreateParticipantConnection",
    ),
)


def _ending(which: Callable[[list[Contact], Contact], Contact]) -> Seed:
    """StopContact ends another contact too."""

    def act(context: Context, call: Call, _: object) -> None:
        contacts = list(context.state.contacts.values())
        besides = which(contacts, context.state.contacts[call.get("ContactId")])
        if besides.active:
            end_contact(context, besides, ContactEvent.STOP)

    return lambda service: then(service, STOP, act)


_stopping_besides = Rows(
    _ending,
    "StopContact.effect.other-chats-go-on",
    may=(
        "LifeCycle.*",
        "StopContact.effect.*",
        "CreateParticipantConnection.ConnectionToken.*",  # a chat that is to live long is over
        "StartChatContact.ChatDurationInMinutes.*",
        "StartChatContact.ConnectionTypes.*",
        "StartChatContact.ParticipantToken.*",
        "StartChatContact.PersistentChat.*",
    ),
)


def _before(contacts: list[Contact], contact: Contact) -> Contact:
    return contacts[contacts.index(contact) - 1]


BESIDES = (
    _stopping_besides("stops-the-one-before", "StopContact also ends the contact that was started before.", _before),
    _stopping_besides(
        "stops-the-latest", "StopContact also ends the contact that was started last.", lambda all_, _: all_[-1]
    ),
)


@fault("StopContact.effect.ends-chat", may=AFTER_STOP)
def stop_voids_participant_tokens_only(service: ReferenceService) -> None:
    """The connection tokens of a stopped chat go on working; its participant tokens do not."""
    own = service.authenticate

    def authenticate(operation: Operation, request: Request) -> Participant | None:
        connection = service.context.state.connection_tokens.get(request.header("X-Amz-Bearer") or "")
        if connection is not None and connection.participant.contact.end_reason is ContactEvent.STOP:
            return connection.participant
        return own(operation, request)

    service.authenticate = authenticate
