"""Faults of StopContact: contacts that it refuses to stop, and refusals that end one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.contract.wire import Request, Response
from conformance.reference.contacts import end_contact
from conformance.reference.context import Call, Context
from conformance.reference.errors import bad_value
from conformance.reference.faults.stop_contact import has_messages
from conformance.reference.faults_kit.fault import Rows, Seed
from conformance.reference.faults_kit.hooks import first, operation_of
from conformance.reference.faults_kit.middleware import document_of
from conformance.reference.lifecycle import ContactEvent
from conformance.reference.service import Handler, ReferenceService
from conformance.reference.state import CHAT, Contact

STOP = "StopContact"


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
        has_messages,
        "StopContact.effect.any-state",
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
