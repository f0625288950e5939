"""Faults of participants that were added: who each of them is, for how long, and what the others see of it."""

from __future__ import annotations

from collections.abc import Callable

from conformance.reference.clock import HOUR, SECOND, iso
from conformance.reference.contacts import end_contact
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import access_denied
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import first, gives, then
from conformance.reference.faults_kit.operators import BMP_ONLY, Change, Place
from conformance.reference.lifecycle import ContactEvent
from conformance.reference.participants import CUSTOM_BOT, CUSTOMER
from conformance.reference.service import ReferenceService
from conformance.reference.state import Participant

CREATE = "CreateParticipant"
CONNECT = "CreateParticipantConnection"
# What else rests on bots that join and speak.
WITH_BOTS = ("LifeCycle.*", "GetTranscript.*", "Surfaces.*", "WebSocket.*")


def _new_participant(context: Context, members: Members) -> Participant:
    return context.state.participant_tokens[members["ParticipantCredentials"]["ParticipantToken"]]


@fault("CreateParticipant.ParticipantId.own", may=WITH_BOTS)
def makes_ids_of_the_time(service: ReferenceService) -> None:
    """A bot that joins a chat within a second of another bot gets the ParticipantId of that bot."""
    latest: dict[str, tuple[int, str]] = {}

    def give(context: Context, call: Call, members: Members) -> Members:
        added, contact = _new_participant(context, members), call.get("ContactId")
        at, before = latest.get(contact, (0, added.id))
        added.id = before if context.now() - at < SECOND else added.id
        latest[contact] = (context.now(), added.id)
        return {**members, "ParticipantId": added.id}

    gives(service, CREATE, give)


@fault("CreateParticipant.ParticipantId.own", may=WITH_BOTS)
def gives_all_bots_one_id(service: ReferenceService) -> None:
    """CreateParticipant gives every bot of a chat the ParticipantId of the first one."""

    def give(context: Context, _: Call, members: Members) -> Members:
        added = _new_participant(context, members)
        added.id = added.contact.participants[1].id
        return {**members, "ParticipantId": added.id}

    gives(service, CREATE, give)


@fault("CreateParticipant.ParticipantId.own", may=WITH_BOTS)
def gives_all_bots_one_token(service: ReferenceService) -> None:
    """Every bot of a chat gets the ParticipantToken of the first one."""

    def give(context: Context, _: Call, members: Members) -> Members:
        members["ParticipantCredentials"]["ParticipantToken"] = (
            _new_participant(context, members).contact.participants[1].token
        )
        return members

    gives(service, CREATE, give)


@fault(
    "CreateParticipant.ParticipantId.same-throughout",
    may=("CreateParticipant.ClientToken.*", *WITH_BOTS, "SendEvent.receipt.*"),
)
def tells_another_id_than_it_uses(service: ReferenceService) -> None:
    """CreateParticipant returns another ParticipantId than the bot's items have."""
    gives(service, CREATE, lambda context, _, members: {**members, "ParticipantId": context.identifiers.uuid()})


@fault("CreateParticipant.ParticipantId.same-throughout", may=WITH_BOTS)
def swaps_the_ids_of_two_bots(service: ReferenceService) -> None:
    """The second bot of a chat sends messages under the id of the first one."""

    def act(_: Context, call: Call) -> None:
        everybody = call.contact.participants
        if len(everybody) > 2 and call.participant is everybody[2]:  # noqa: PLR2004 - the customer and two bots
            call.participant.id = everybody[1].id

    first(service, "SendMessage", act)


@fault("CreateParticipant.ParticipantToken.lives-with-participant", may=("CreateParticipant.ClientToken.*",))
def takes_the_token_of_a_bot_twice(service: ReferenceService) -> None:
    """CreateParticipantConnection refuses the token of a bot that has opened two connections."""
    used: dict[int, int] = {}

    def act(_: Context, call: Call) -> None:
        if call.participant.role == CUSTOM_BOT:
            used[id(call.participant)] = used.get(id(call.participant), 0) + 1
            if used[id(call.participant)] > 2:  # noqa: PLR2004 - the third time is too often
                raise access_denied()

    first(service, CONNECT, act)


def _date_expiry(expiry: Callable[[Context], str]) -> Seed:
    def give(context: Context, _: Call, members: Members) -> Members:
        members["ParticipantCredentials"]["Expiry"] = expiry(context)
        return members

    return lambda service: gives(service, CREATE, give)


_expiring = Rows(_date_expiry, "CreateParticipant.Expiry.in-the-future")
EXPIRING = (
    _expiring(
        "expired-a-second-ago",
        "The endpoint dates the Expiry a second ago.",
        lambda context: iso(context.now() - SECOND),
    ),
    _expiring(
        "expired-an-hour-ago", "The endpoint dates the Expiry an hour ago.", lambda context: iso(context.now() - HOUR)
    ),
)


# What the others see


@fault("CreateParticipant.transcript.role-and-name", may=(*WITH_BOTS, "GetAttachment.custom-bot.denied"))
def shows_bots_as_customers(service: ReferenceService) -> None:
    """The endpoint shows items of a bot with the role CUSTOMER."""
    then(service, CREATE, lambda context, _, members: setattr(_new_participant(context, members), "role", CUSTOMER))


def _rename(change: Change) -> Seed:
    def act(context: Context, _: Call, members: Members) -> None:
        added = _new_participant(context, members)
        added.display_name = change(added.display_name)

    return lambda service: then(service, CREATE, act)


NAMES = Place(
    "The endpoint shows a bot's name", _rename, "CreateParticipant.transcript.role-and-name", may=WITH_BOTS
).faults({"shows-narrow-names": BMP_ONLY})


@fault("CreateParticipant.transcript.role-and-name", may=WITH_BOTS)
def shows_the_first_name_for_all(service: ReferenceService) -> None:
    """The endpoint shows every bot of a chat under the DisplayName of the first one."""

    def act(context: Context, _: Call, members: Members) -> None:
        added = _new_participant(context, members)
        added.display_name = added.contact.participants[1].display_name

    then(service, CREATE, act)


@fault("CreateParticipant.transcript.shared", may=WITH_BOTS)
def hides_bots_from_bots(service: ReferenceService) -> None:
    """A bot's transcript lacks what other bots sent."""

    def give(_: Context, call: Call, members: Members) -> Members:
        if call.participant.role != CUSTOM_BOT:
            return members
        mine = call.participant.id
        kept = [
            i for i in members["Transcript"] if i.get("ParticipantRole") != CUSTOM_BOT or i["ParticipantId"] == mine
        ]
        return {**members, "Transcript": kept}

    gives(service, "GetTranscript", give)


@fault("CreateParticipant.transcript.shared", may=WITH_BOTS)
def hides_bots_from_customers(service: ReferenceService) -> None:
    """A customer's transcript lacks what the second bot sent."""

    def give(_: Context, call: Call, members: Members) -> Members:
        second = [p.id for p in call.contact.participants[2:]]
        shown = [item for item in members["Transcript"] if item.get("ParticipantId") not in second]
        return {**members, "Transcript": shown} if call.participant.role == CUSTOMER else members

    gives(service, "GetTranscript", give)


@fault(
    "CreateParticipant.bot.disconnect-leaves-chat",
    "DisconnectParticipant.effect.others-go-on",
    may=("DisconnectParticipant.*", "LifeCycle.*", "WebSocket.*"),
)
def ends_the_chat_when_a_bot_leaves(service: ReferenceService) -> None:
    """A chat ends when any participant leaves it."""

    def act(context: Context, call: Call, _: Members) -> None:
        if call.contact.active:
            end_contact(context, call.contact, ContactEvent.CUSTOMER_LEAVES)

    then(service, "DisconnectParticipant", act)
