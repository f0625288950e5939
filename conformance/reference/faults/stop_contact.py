"""Faults of StopContact: what does not end, what ends besides, and refusals that end something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.contract.model import Operation
from conformance.contract.wire import Request, Response
from conformance.reference.contacts import end_contact
from conformance.reference.context import Call, Context
from conformance.reference.errors import bad_value
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import first, operation_of, then
from conformance.reference.faults_kit.middleware import document_of
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
        lambda contact: [p for p in contact.participants if not _spoke(contact)],
        "StopContact.effect.any-state",
    ),
)


def _spoke(contact: Contact) -> bool:
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


def _spare(spared: Callable[[Contact], bool]) -> Seed:
    """StopContact refuses contacts in some state."""

    def act(context: Context, call: Call) -> None:
        contact = context.state.contacts.get(call.get("ContactId"))
        if contact is not None and contact.channel == CHAT and contact.active and spared(contact):
            raise bad_value(call.operation, "It cannot be stopped now.")

    return lambda service: first(service, STOP, act)


_not_stopping = Rows(_spare, may=("StopContact.success.valid-request",))
SPARING = (
    _not_stopping(
        "stops-no-chat-without-messages",
        "StopContact does not end a chat without a connection and a message.",
        lambda contact: not contact.items and len(contact.participants) == 1,
        "StopContact.success.valid-request",  # the plain call stops such a chat
        may=("StopContact.*",),  # where a chat that others used has taken a plain call, edges are refused in new ones
    ),
    _not_stopping(
        "stops-no-chat-of-several",
        "StopContact does not end a chat of several participants.",
        lambda contact: len(contact.participants) > 1,
        "StopContact.effect.any-state",
    ),
    _not_stopping(
        "stops-no-chat-with-messages",
        "StopContact does not end a chat with messages.",
        _spoke,
        "StopContact.effect.any-state",
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


# Refusals that end something


def _stopping_late(meant: Callable[[Context, Any], Contact | None]) -> Seed:
    """A refused StopContact has stopped a contact."""

    def seed(service: ReferenceService) -> Handler:
        def handle(request: Request) -> Response:
            response = service.handle(request)
            if operation_of(request) == STOP and not response.succeeded:
                contact = meant(service.context, document_of(request))
                if contact is not None and contact.active:
                    end_contact(service.context, contact, ContactEvent.STOP)
            return response

        return handle

    return seed


_refusing_late = Rows(
    _stopping_late,
    "StopContact.refusal.no-effect",
    may=(
        "LifeCycle.*",
        "StopContact.effect.other-chats-go-on",
        "StartChatContact.ParticipantToken.*",
        "StartChatContact.ChatDurationInMinutes.ends-the-chat",
    ),
)


def _names_one(body: Any) -> bool:
    return isinstance(body, dict) and "ContactId" in body


REFUSING_LATE = (
    _refusing_late(
        "stops-before-it-looks-at-the-instance",
        "StopContact ends a contact before it refuses a wrong InstanceId.",
        lambda context, body: context.state.contacts.get(str(body["ContactId"])) if _names_one(body) else None,
    ),
    _refusing_late(
        "stops-before-it-looks-at-the-reason",
        "StopContact ends a contact before it refuses the DisconnectReason.",
        lambda context, body: (
            context.state.contacts.get(str(body["ContactId"]))
            if _names_one(body) and "DisconnectReason" in body
            else None
        ),
    ),
    _refusing_late(
        "stops-the-latest-for-an-unknown",
        "StopContact ends the latest contact when it refuses an unknown one.",
        lambda context, _: list(context.state.contacts.values())[-1],
        may=("CreateParticipantConnection.ConnectionToken.alive-before-a-day",),
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
