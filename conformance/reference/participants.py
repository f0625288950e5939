"""Who is in a contact: joining, leaving, CreateParticipant, DisconnectParticipant, and how a contact ends."""

from __future__ import annotations

from conformance.contract.content_types import CHAT_ENDED, JOINED, LEFT
from conformance.reference.clock import iso
from conformance.reference.contacts import contact_of, end_contact
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import access_denied, bad_combination, bad_value, refusal_of
from conformance.reference.items import announce, chat_frame, item_members, new_item
from conformance.reference.lifecycle import ContactEvent, ParticipantEvent, ParticipantStage
from conformance.reference.state import CHAT, EVENT, VOICE, Contact, Participant

CUSTOMER = "CUSTOMER"
CUSTOM_BOT = "CUSTOM_BOT"
ROLES = {CHAT: CUSTOM_BOT, VOICE: CUSTOMER}
DEFAULT_NAMES = {CUSTOMER: "Customer", CUSTOM_BOT: "Bot"}


def add_participant(context: Context, contact: Contact, role: str, display_name: str) -> Participant:
    """A new participant of the contact, invited but not yet connected."""
    participant = Participant(context.identifiers.uuid(), contact, role, display_name, context.identifiers.token())
    contact.participants.append(participant)
    context.state.participant_tokens[participant.token] = participant
    return participant


def another_token(context: Context, participant: Participant) -> str:
    """A second ParticipantToken of the participant; the first stays good."""
    token = context.identifiers.token()
    context.state.participant_tokens[token] = participant
    return token


def join(context: Context, participant: Participant) -> None:
    """Marks the participant as connected; the first time everybody gets an event."""
    was = participant.stage
    participant.move(ParticipantEvent.CONNECT)
    if was is ParticipantStage.INVITED:
        announce(context, participant.contact, JOINED, participant)


def create_participant(context: Context, call: Call) -> Members:
    """CreateParticipant: a CUSTOM_BOT joins a chat, a CUSTOMER joins a call.

    Raises Refusal for another role, an ended contact, and a seventh participant (ServiceQuotaExceededException).
    """
    contact = contact_of(context, call.operation, call.get("InstanceId"), call.get("ContactId"))
    details = call.get("ParticipantDetails")
    role = details.get("ParticipantRole") or ROLES[contact.channel]
    if role != ROLES[contact.channel]:
        raise bad_value(call.operation, f"The role of a participant added to this contact is {ROLES[contact.channel]}.")
    if not contact.active:
        raise bad_combination(call.operation, "The contact has ended.")
    if len(contact.present) >= context.quotas.participants_in_a_contact:
        raise refusal_of(call.operation, ("ServiceQuotaExceededException",), "The contact has no room for another.")
    added = add_participant(context, contact, role, details.get("DisplayName") or DEFAULT_NAMES[role])
    credentials = {"ParticipantToken": added.token, "Expiry": iso(contact.ends_at)}
    return {"ParticipantId": added.id, "ParticipantCredentials": credentials}


def disconnect_participant(context: Context, call: Call) -> Members:
    """DisconnectParticipant: the caller leaves; a contact that its last customer leaves is over.

    Raises Refusal (AccessDeniedException 403) when the caller has left already.
    """
    leaver = call.participant
    if not leaver.present:
        raise access_denied()
    leaver.move(ParticipantEvent.DISCONNECT)
    announce(context, leaver.contact, LEFT, leaver)
    goes_on = context.choices.when_the_customer_leaves == "goes on"
    if goes_on or any(participant.role == CUSTOMER for participant in leaver.contact.present):
        _say_goodbye(context, leaver)
    else:
        end_contact(context, leaver.contact, ContactEvent.CUSTOMER_LEAVES)
    return {}


def _say_goodbye(context: Context, leaver: Participant) -> None:
    """Tells the leaver's own web sockets that the chat is over for them: clients wait for it before they close."""
    ended = new_item(context, leaver.contact, None, EVENT, content_type=CHAT_ENDED)
    frame = chat_frame(item_members(ended, leaver.contact) | {"InitialContactId": leaver.contact.id})
    for socket in leaver.sockets:
        if socket.subscribed:
            socket.send(frame)
    leaver.close_sockets()
