"""Faults of CreateParticipant: who may join, who a participant is, and what the others see of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.reference.clock import HOUR, SECOND, iso
from conformance.reference.contacts import end_contact
from conformance.reference.errors import Refusal, access_denied, bad_value
from conformance.reference.faults.fault import Fault, fault
from conformance.reference.faults.seams import first, gives, on_refusal, takes, then
from conformance.reference.lifecycle import ContactEvent
from conformance.reference.participants import CUSTOM_BOT, CUSTOMER
from conformance.reference.service import ReferenceService
from conformance.reference.state import CHAT, MESSAGE, VOICE, Contact, Participant
from conformance.reference.world import Call, Members, World

CREATE = "CreateParticipant"
CONNECT = "CreateParticipantConnection"
SUBJECT = "create-participant"
# What else rests on bots that join and speak.
WITH_BOTS = ("LifeCycle.*", "GetTranscript.*", "Surfaces.*", "WebSocket.*")
TOKENS = f"{CREATE}.ClientToken.*"


def _contact(world: World, call: Call) -> Contact | None:
    return world.state.contacts.get(call.get("ContactId"))


def _added(world: World, members: Members) -> Participant:
    return world.state.participant_tokens[members["ParticipantCredentials"]["ParticipantToken"]]


def _role(call: Call) -> str | None:
    role = call.get("ParticipantDetails").get("ParticipantRole")
    return role if isinstance(role, str) else None


# Who may join


def _letting(role: str, into: str, requirement: str) -> Fault:
    right = CUSTOM_BOT if into == CHAT else CUSTOMER

    def seed(service: ReferenceService) -> None:
        def meant(world: World, call: Call) -> dict[str, Any]:
            contact = _contact(world, call)
            wrong = _role(call) == role and contact is not None and contact.channel == into
            details = {**call.get("ParticipantDetails"), "ParticipantRole": right}
            return {"ParticipantDetails": details} if wrong else {}

        takes(service, CREATE, meant)

    where = "chat" if into == CHAT else "call"
    says = f"The role {role} is taken for a participant of a {where}."
    return Fault(
        f"lets-{role}-into-a-{where}", says, (requirement,), ("CreateParticipant.ClientToken.*",), SUBJECT, seed
    )


LETTING: tuple[Fault, ...] = (
    *(
        _letting(role, CHAT, f"{CREATE}.chat.{role.lower()}-refused")
        for role in ("AGENT", "CUSTOMER", "SYSTEM", "SUPERVISOR")
    ),
    _letting(CUSTOM_BOT, VOICE, f"{CREATE}.call.custom-bot-refused"),
)


@fault(f"{CREATE}.chat.custom-bot")
def refuses_bots_where_somebody_spoke(service: ReferenceService) -> None:
    """A chat takes no bot once it holds a message."""

    def act(world: World, call: Call) -> None:
        contact = _contact(world, call)
        if contact is not None and any(item.type == MESSAGE for item in contact.items):
            raise bad_value(call.operation, "The chat has begun already.")

    first(service, CREATE, act)


@fault(f"{CREATE}.quota.exceeded", may=(TOKENS,))
def refuses_a_second_bot(service: ReferenceService) -> None:
    """A chat takes one bot; the second is bad input."""

    def act(world: World, call: Call) -> None:
        contact = _contact(world, call)
        if contact is not None and contact.channel == CHAT and len(contact.present) > 1:
            raise bad_value(call.operation, "There is a bot already.")

    first(service, CREATE, act)


@fault(f"{CREATE}.call.customer", may=(f"{CREATE}.call.*",))
def refuses_guests_of_calls(service: ReferenceService) -> None:
    """Nobody joins a call."""

    def act(world: World, call: Call) -> None:
        contact = _contact(world, call)
        if contact is not None and contact.channel == VOICE:
            raise bad_value(call.operation, "Nobody joins a call.")

    first(service, CREATE, act)


@fault(f"{CREATE}.call.customer")
def gives_guests_the_callers_token(service: ReferenceService) -> None:
    """A customer who joins a call gets the ParticipantToken of its first customer."""

    def given(world: World, call: Call, members: Members) -> Members:
        caller = world.state.contacts[call.get("ContactId")].participants[0]
        if caller.contact.channel == VOICE:
            members["ParticipantCredentials"]["ParticipantToken"] = caller.token
        return members

    gives(service, CREATE, given)


@fault(f"{CREATE}.ended.refused", may=(f"{CREATE}.*", "LifeCycle.*"))
def lets_bots_into_ended_chats(service: ReferenceService) -> None:
    """A bot joins a chat that is over as if it went on."""

    def act(world: World, call: Call, _: Refusal) -> Members | None:
        contact = _contact(world, call)
        if contact is None or contact.active:
            return None
        return {"ParticipantId": world.identifiers.uuid(), "ParticipantCredentials": {"ParticipantToken": "late"}}

    on_refusal(service, CREATE, act)


@fault(f"{CREATE}.quota.exceeded")
def calls_the_quota_bad_input(service: ReferenceService) -> None:
    """The seventh participant is InvalidRequestException."""

    def act(_: World, call: Call, refusal: Refusal) -> None:
        if refusal.exception == "ServiceQuotaExceededException":
            raise bad_value(call.operation, refusal.message)

    on_refusal(service, CREATE, act)


# Who a participant is


@fault(f"{CREATE}.ParticipantId.own", may=(f"{CREATE}.*", *WITH_BOTS))
def gives_all_bots_one_id(service: ReferenceService) -> None:
    """Every bot of a chat has the ParticipantId of the first one."""

    def given(world: World, _: Call, members: Members) -> Members:
        added = _added(world, members)
        added.id = added.contact.participants[1].id
        return {**members, "ParticipantId": added.id}

    gives(service, CREATE, given)


@fault(f"{CREATE}.ParticipantId.own", may=(f"{CREATE}.*", *WITH_BOTS))
def gives_all_bots_one_token(service: ReferenceService) -> None:
    """Every bot of a chat gets the ParticipantToken of the first one."""

    def given(world: World, _: Call, members: Members) -> Members:
        members["ParticipantCredentials"]["ParticipantToken"] = _added(world, members).contact.participants[1].token
        return members

    gives(service, CREATE, given)


@fault(f"{CREATE}.ParticipantId.same-throughout", may=(TOKENS, *WITH_BOTS))
def tells_another_id_than_it_uses(service: ReferenceService) -> None:
    """The ParticipantId of the reply is not the one in the bot's items."""
    gives(service, CREATE, lambda world, _, members: {**members, "ParticipantId": world.identifiers.uuid()})


@fault(f"{CREATE}.ParticipantId.same-throughout", may=WITH_BOTS)
def swaps_the_ids_of_two_bots(service: ReferenceService) -> None:
    """The second bot of a chat speaks under the id of the first one."""

    def act(_: World, call: Call) -> None:
        everybody = call.contact.participants
        if len(everybody) > 2 and call.participant is everybody[2]:  # noqa: PLR2004 - the customer and two bots
            call.participant.id = everybody[1].id

    first(service, "SendMessage", act)


@fault(f"{CREATE}.ParticipantToken.lives-with-participant", may=(TOKENS,))
def takes_the_token_of_a_bot_twice(service: ReferenceService) -> None:
    """The ParticipantToken of a bot is used up when it has opened two connections."""
    used: dict[int, int] = {}

    def act(_: World, call: Call) -> None:
        if call.participant.role == CUSTOM_BOT:
            used[id(call.participant)] = used.get(id(call.participant), 0) + 1
            if used[id(call.participant)] > 2:  # noqa: PLR2004 - the third time is too often
                raise access_denied()

    first(service, CONNECT, act)


def _expiring(name: str, says: str, expiry: Callable[[World], str]) -> Fault:
    def seed(service: ReferenceService) -> None:
        def given(world: World, _: Call, members: Members) -> Members:
            members["ParticipantCredentials"]["Expiry"] = expiry(world)
            return members

        gives(service, CREATE, given)

    return Fault(name, says, (f"{CREATE}.Expiry.in-the-future",), (), SUBJECT, seed)


EXPIRING: tuple[Fault, ...] = (
    _expiring("expired-a-second-ago", "The Expiry was a second ago.", lambda world: iso(world.now() - SECOND)),
    _expiring("expired-an-hour-ago", "The Expiry was an hour ago.", lambda world: iso(world.now() - HOUR)),
)


# What the others see


@fault(f"{CREATE}.transcript.role-and-name", may=WITH_BOTS)
def shows_bots_as_customers(service: ReferenceService) -> None:
    """Items of a bot carry the role CUSTOMER."""
    then(service, CREATE, lambda world, _, members: setattr(_added(world, members), "role", CUSTOMER))


@fault(f"{CREATE}.transcript.role-and-name", may=WITH_BOTS)
def shows_narrow_names(service: ReferenceService) -> None:
    """The DisplayName of a bot loses its characters beyond the BMP."""

    def act(world: World, _: Call, members: Members) -> None:
        added = _added(world, members)
        added.display_name = "".join(c for c in added.display_name if ord(c) <= 0xFFFF)  # noqa: PLR2004 - the BMP

    then(service, CREATE, act)


@fault(f"{CREATE}.transcript.role-and-name", may=WITH_BOTS)
def shows_the_first_name_for_all(service: ReferenceService) -> None:
    """Every bot of a chat is shown under the DisplayName of the first one."""

    def act(world: World, _: Call, members: Members) -> None:
        added = _added(world, members)
        added.display_name = added.contact.participants[1].display_name

    then(service, CREATE, act)


@fault(f"{CREATE}.transcript.shared", may=WITH_BOTS)
def hides_bots_from_bots(service: ReferenceService) -> None:
    """A bot's transcript lacks what other bots sent."""

    def given(_: World, call: Call, members: Members) -> Members:
        if call.participant.role != CUSTOM_BOT:
            return members
        mine = call.participant.id
        kept = [
            i for i in members["Transcript"] if i.get("ParticipantRole") != CUSTOM_BOT or i["ParticipantId"] == mine
        ]
        return {**members, "Transcript": kept}

    gives(service, "GetTranscript", given)


@fault(f"{CREATE}.transcript.shared", may=WITH_BOTS)
def hides_bots_from_customers(service: ReferenceService) -> None:
    """A customer's transcript lacks what the second bot sent."""

    def given(_: World, call: Call, members: Members) -> Members:
        second = [p.id for p in call.contact.participants[2:]]
        shown = [item for item in members["Transcript"] if item.get("ParticipantId") not in second]
        return {**members, "Transcript": shown} if call.participant.role == CUSTOMER else members

    gives(service, "GetTranscript", given)


@fault(
    f"{CREATE}.bot.disconnect-leaves-chat",
    "DisconnectParticipant.effect.others-go-on",
    may=("DisconnectParticipant.*", "LifeCycle.*", "WebSocket.*"),
)
def ends_the_chat_when_a_bot_leaves(service: ReferenceService) -> None:
    """A chat is over when anybody leaves it."""

    def act(world: World, call: Call, _: Members) -> None:
        if call.contact.active:
            end_contact(world, call.contact, ContactEvent.CUSTOMER_LEAVES)

    then(service, "DisconnectParticipant", act)
