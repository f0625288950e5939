"""Faults of CreateParticipant: who may join a chat or a call, and who may not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal, bad_value, refusal_of
from conformance.reference.faults_kit.fault import Seed, declare, fault
from conformance.reference.faults_kit.hooks import first, gives, on_refusal, takes
from conformance.reference.faults_kit.operators import TRIMMED, Place, cut_after
from conformance.reference.participants import CUSTOM_BOT, CUSTOMER
from conformance.reference.service import ReferenceService
from conformance.reference.state import CHAT, MESSAGE, VOICE, Contact

CREATE = "CreateParticipant"


def _contact(context: Context, call: Call) -> Contact | None:
    return context.state.contacts.get(call.get("ContactId"))


def _role(call: Call) -> str | None:
    role = call.get("ParticipantDetails").get("ParticipantRole")
    return role if isinstance(role, str) else None


# Who may join


def _taking(role: str, channel: str) -> Seed:
    """The role is taken for the right one of the channel."""
    right = CUSTOM_BOT if channel == CHAT else CUSTOMER

    def resolve(context: Context, call: Call) -> dict[str, Any]:
        contact = _contact(context, call)
        wrong = _role(call) == role and contact is not None and contact.channel == channel
        details = {**call.get("ParticipantDetails"), "ParticipantRole": right}
        return {"ParticipantDetails": details} if wrong else {}

    return lambda service: takes(service, CREATE, resolve)


LETTING = tuple(
    declare(
        f"lets-{role}-into-a-{where}",
        f"CreateParticipant accepts the role {role} for a participant of a {where}.",
        _taking(role, CHAT if where == "chat" else VOICE),
        red,
        may=("CreateParticipant.ClientToken.*",),
    )
    for role, where, red in (
        ("AGENT", "chat", "CreateParticipant.chat.agent-refused"),
        ("CUSTOMER", "chat", "CreateParticipant.chat.customer-refused"),
        ("SYSTEM", "chat", "CreateParticipant.chat.system-refused"),
        ("SUPERVISOR", "chat", "CreateParticipant.chat.supervisor-refused"),
        (CUSTOM_BOT, "call", "CreateParticipant.call.custom-bot-refused"),
    )
)


@fault("CreateParticipant.chat.custom-bot")
def refuses_bots_where_somebody_spoke(service: ReferenceService) -> None:
    """The endpoint refuses a bot in a chat that has a message."""

    def act(context: Context, call: Call) -> None:
        contact = _contact(context, call)
        if contact is not None and any(item.type == MESSAGE for item in contact.items):
            raise bad_value(call.operation, "The chat has begun already.")

    first(service, CREATE, act)


@fault("CreateParticipant.quota.exceeded", may=("CreateParticipant.ClientToken.*", "CreateParticipant.chat.custom-bot"))
def refuses_a_second_bot(service: ReferenceService) -> None:
    """The endpoint refuses the second bot of a chat as bad input."""

    def act(context: Context, call: Call) -> None:
        contact = _contact(context, call)
        if contact is not None and contact.channel == CHAT and len(contact.present) > 1:
            raise bad_value(call.operation, "There is a bot already.")

    first(service, CREATE, act)


@fault("CreateParticipant.call.customer", may=("CreateParticipant.call.*",))
def refuses_participants_of_calls(service: ReferenceService) -> None:
    """CreateParticipant refuses every participant of a call."""

    def act(context: Context, call: Call) -> None:
        contact = _contact(context, call)
        if contact is not None and contact.channel == VOICE:
            raise bad_value(call.operation, "CreateParticipant refuses every participant of a call.")

    first(service, CREATE, act)


@fault("CreateParticipant.call.customer", may=("CreateParticipantConnection.WebRTCConnection.own-attendee",))
def gives_guests_the_callers_token(service: ReferenceService) -> None:
    """A customer who joins a call gets the ParticipantToken of its first customer."""

    def give(context: Context, call: Call, members: Members) -> Members:
        caller = context.state.contacts[call.get("ContactId")].participants[0]
        if caller.contact.channel == VOICE:
            members["ParticipantCredentials"]["ParticipantToken"] = caller.token
        return members

    gives(service, CREATE, give)


@fault("CreateParticipant.ended.refused", may=("CreateParticipant.*", "LifeCycle.*"))
def lets_bots_into_ended_chats(service: ReferenceService) -> None:
    """CreateParticipant accepts a bot in a chat that has ended."""

    def act(context: Context, call: Call, _: Refusal) -> Members | None:
        contact = _contact(context, call)
        if contact is None or contact.active:
            return None
        return {"ParticipantId": context.identifiers.uuid(), "ParticipantCredentials": {"ParticipantToken": "late"}}

    on_refusal(service, CREATE, act)


@fault("CreateParticipant.ended.refused", may=("CreateParticipant.*", "LifeCycle.*"))
def fills_ended_chats(service: ReferenceService) -> None:
    """CreateParticipant accepts bots in an ended chat until it has its most participants."""
    joined: Counter[str] = Counter()

    def act(context: Context, call: Call, _: Refusal) -> Members | None:
        contact = _contact(context, call)
        if contact is None or contact.active:
            return None
        joined[contact.id] += 1
        if joined[contact.id] >= context.quotas.participants_in_a_contact:
            raise refusal_of(
                call.operation, ("ServiceQuotaExceededException",), "The contact has its most participants."
            )
        return {"ParticipantId": context.identifiers.uuid(), "ParticipantCredentials": {"ParticipantToken": "late"}}

    on_refusal(service, CREATE, act)


@fault("CreateParticipant.quota.exceeded")
def calls_the_quota_bad_input(service: ReferenceService) -> None:
    """The endpoint refuses the seventh participant with InvalidRequestException."""

    def act(_: Context, call: Call, refusal: Refusal) -> None:
        if refusal.exception == "ServiceQuotaExceededException":
            raise bad_value(call.operation, refusal.message)

    on_refusal(service, CREATE, act)


@fault("CreateParticipant.call.customer")
def refuses_capabilities_of_guests(service: ReferenceService) -> None:
    """The endpoint refuses a participant with ParticipantCapabilities as bad input."""

    def act(_: Context, call: Call) -> None:
        if call.get("ParticipantDetails").get("ParticipantCapabilities"):
            raise bad_value(call.operation, "Nobody who is added has any.")

    first(service, "CreateParticipant", act)


def _rename(change: Callable[[str], str]) -> Seed:
    """The DisplayName of who is added is what `change` makes of it."""

    def alter(_: Context, call: Call) -> dict[str, Any]:
        details = call.get("ParticipantDetails")
        named = {"DisplayName": change(details["DisplayName"])} if details.get("DisplayName") else {}
        return {"ParticipantDetails": {**details, **named}}

    return lambda service: takes(service, CREATE, alter)


RENAMED = Place("The endpoint stores a bot's name", _rename, "CreateParticipant.transcript.role-and-name").faults(
    {"trims-the-names-of-bots": TRIMMED, "cuts-the-names-of-bots": cut_after(64)}
)
