"""Faults of StopContact: what does not end, what ends besides, and refusals that end something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.contract.model import Operation
from conformance.reference.contacts import end_contact
from conformance.reference.context import Call, Context
from conformance.reference.errors import bad_value
from conformance.reference.faults_kit.fault import Fault, declare, fault
from conformance.reference.faults_kit.hooks import first, operation_of, then
from conformance.reference.faults_kit.middleware import document_of
from conformance.reference.lifecycle import ContactEvent, ContactStage, ParticipantStage
from conformance.reference.participants import CUSTOMER
from conformance.reference.service import Handler, ReferenceService
from conformance.reference.state import CHAT, MESSAGE, VOICE, Contact, Participant
from conformance.wire import Request, Response

STOP = "StopContact"
SUBJECT = "stop-contact"
AFTER_ANY_END = ("DisconnectParticipant.*", "*.bearer.after-disconnect", "StartChatContact.ChatDurationInMinutes.*")
WHEN_OVER = ("CreateParticipant.ended.refused", "StartContactStreaming.ContactId.ended")
AFTER_STOP = (
    *("*.bearer.after-stop", "LifeCycle.*", "WebSocket.url.after-end", "StopContact.effect.*"),
    *("StartChatContact.ConnectionTypes.token-ends", "StartChatContact.PersistentChat.*", *WHEN_OVER),
)


def _reviving(name: str, says: str, red: tuple[str, ...], who: Callable[[Contact], list[Participant]]) -> Fault:
    """Some participants of a stopped contact stay in it."""

    def seed(service: ReferenceService) -> None:
        def act(context: Context, call: Call, _: object) -> None:
            contact = context.state.contacts[call.get("ContactId")]
            for participant in who(contact):
                participant.stage = ParticipantStage.CONNECTED
            if contact.participants[0].present:
                contact.stage = ContactStage.ACTIVE

        then(service, STOP, act)

    return declare(name, says, seed, *red, may=AFTER_STOP)


REVIVING: tuple[Fault, ...] = (
    _reviving(
        "stop-leaves-everybody",
        "StopContact does not end a chat.",
        ("StopContact.effect.ends-chat",),
        lambda chat: chat.participants,
    ),
    _reviving(
        "stop-leaves-the-bots",
        "The bots of a stopped chat stay in it.",
        ("StopContact.effect.every-participant",),
        lambda contact: [p for p in contact.participants if p.role != CUSTOMER],
    ),
    _reviving(
        "stop-leaves-the-second-bot",
        "The second bot of a stopped chat stays in it.",
        ("StopContact.effect.every-participant",),
        lambda contact: contact.participants[2:] if contact.channel == CHAT else [],
    ),
    _reviving(
        "stop-leaves-calls",
        "StopContact does not end a call.",
        ("StopContact.effect.ends-call",),
        lambda contact: contact.participants if contact.channel == VOICE else [],
    ),
    _reviving(
        "stop-leaves-who-never-connected",
        "A chat that is stopped before anybody connected can be connected to.",
        ("StopContact.effect.any-state",),
        lambda contact: [p for p in contact.participants if not _spoke(contact)],
    ),
)


def _spoke(contact: Contact) -> bool:
    return any(item.type == MESSAGE for item in contact.items)


def _serving(name: str, operation: str, says: str) -> Fault:
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

    red = ("StopContact.effect.ends-chat", "StopContact.effect.every-participant")
    return declare(name, says, seed, *red, may=(*AFTER_STOP, *AFTER_ANY_END))


SERVING: tuple[Fault, ...] = (
    _serving(
        "ended-chats-take-messages",
        "SendMessage",
        "A participant who was in a chat that has ended can send messages to it.",
    ),
    _serving(
        "ended-chats-are-read",
        "GetTranscript",
        "A participant who was in a chat that has ended can read its transcript.",
    ),
    _serving("ended-chats-are-connected", "CreateParticipantConnection", "A chat that has ended can be connected to."),
)


def _not_stopping(
    name: str, says: str, spared: Callable[[Contact], bool], red: str = "StopContact.effect.any-state"
) -> Fault:
    """StopContact refuses contacts in some state."""

    def seed(service: ReferenceService) -> None:
        def act(context: Context, call: Call) -> None:
            contact = context.state.contacts.get(call.get("ContactId"))
            if contact is not None and contact.channel == CHAT and contact.active and spared(contact):
                raise bad_value(call.operation, "It cannot be stopped now.")

        first(service, STOP, act)

    return declare(name, says, seed, red, may=("StopContact.success.valid-request",))


SPARING: tuple[Fault, ...] = (
    _not_stopping(
        "stops-no-chat-without-messages",
        "StopContact does not end a chat without a connection and a message.",
        lambda contact: not contact.items and len(contact.participants) == 1,
        red="StopContact.success.valid-request",  # the plain call stops such a chat
    ),
    _not_stopping(
        "stops-no-chat-of-several",
        "StopContact does not end a chat of several participants.",
        lambda c: len(c.participants) > 1,
    ),
    _not_stopping("stops-no-chat-with-messages", "StopContact does not end a chat with messages.", _spoke),
)


def _stopping_besides(name: str, says: str, which: Callable[[list[Contact], Contact], Contact]) -> Fault:
    def seed(service: ReferenceService) -> None:
        def act(context: Context, call: Call, _: object) -> None:
            contacts = list(context.state.contacts.values())
            besides = which(contacts, context.state.contacts[call.get("ContactId")])
            if besides.active:
                end_contact(context, besides, ContactEvent.STOP)

        then(service, STOP, act)

    started = ("StartChatContact.ConnectionTypes.*", "StartChatContact.PersistentChat.*")
    may = ("LifeCycle.*", "StopContact.effect.*", *started)
    return declare(name, says, seed, "StopContact.effect.other-chats-go-on", may=may)


def _before(contacts: list[Contact], contact: Contact) -> Contact:
    return contacts[contacts.index(contact) - 1]


BESIDES: tuple[Fault, ...] = (
    _stopping_besides("stops-the-one-before", "StopContact also ends the contact that was started before.", _before),
    _stopping_besides(
        "stops-the-latest", "StopContact also ends the contact that was started last.", lambda all_, _: all_[-1]
    ),
)


# Refusals that end something


def _refusing_late(name: str, says: str, meant: Callable[[Context, Any], Contact | None]) -> Fault:
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

    may = ("LifeCycle.*", "StopContact.effect.other-chats-go-on")
    return declare(name, says, seed, "StopContact.refusal.no-effect", may=may)


def _names_one(body: Any) -> bool:
    return isinstance(body, dict) and "ContactId" in body


REFUSING_LATE: tuple[Fault, ...] = (
    _refusing_late(
        "stops-before-it-looks-at-the-instance",
        "A StopContact under a wrong InstanceId is refused when the contact has ended.",
        lambda context, body: context.state.contacts.get(str(body["ContactId"])) if _names_one(body) else None,
    ),
    _refusing_late(
        "stops-before-it-looks-at-the-reason",
        "A StopContact that is refused for its DisconnectReason has ended the contact.",
        lambda context, body: (
            context.state.contacts.get(str(body["ContactId"]))
            if _names_one(body) and "DisconnectReason" in body
            else None
        ),
    ),
    _refusing_late(
        "stops-the-latest-for-an-unknown",
        "A StopContact of an unknown contact is refused and ends the latest one.",
        lambda context, _: list(context.state.contacts.values())[-1],
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
