"""Faults of what a started chat keeps of its start, and of how its connections end."""

from __future__ import annotations

from collections.abc import Callable

from conformance.contract.operation_traits import TRAITS
from conformance.reference.clock import HOUR, iso
from conformance.reference.contacts import end_contact
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import bad_value
from conformance.reference.faults.bearers import OF_EVERY_CHAT, bearer_of, denying, letting_in
from conformance.reference.faults.start_chat_contact import change_member, rename_customer
from conformance.reference.faults_kit.fault import Rows, Seed, declare, fault
from conformance.reference.faults_kit.hooks import first, gives, takes, then
from conformance.reference.faults_kit.operators import TRIMMED, Place
from conformance.reference.lifecycle import ContactEvent
from conformance.reference.service import ReferenceService
from conformance.reference.state import VOICE, Contact

START = "StartChatContact"


NAMES = Place(
    "The endpoint stores a customer's name",
    rename_customer,
    "StartChatContact.DisplayName.shown",
    may=("CreateParticipant.*",),
).faults({"trims-display-names": TRIMMED})


CUSTOMERS = Place(
    "The endpoint stores the CustomerId", change_member("CustomerId"), "StartChatContact.CustomerId.returned"
).faults({"trims-customers": TRIMMED})


@fault("StartChatContact.CustomerId.returned")
def gives_everybody_the_latest_customer(service: ReferenceService) -> None:
    """A chat without a CustomerId gets that of the latest chat with one."""
    latest: list[str | None] = [None]
    takes(service, START, lambda _, call: {"CustomerId": call.get("CustomerId") or latest[-1]})
    then(service, START, lambda _, call, __: latest.extend([call.get("CustomerId")] if call.get("CustomerId") else []))


@fault("StartChatContact.RelatedContactId.accepted")
def relates_to_chats_only(service: ReferenceService) -> None:
    """The endpoint refuses the RelatedContactId of a call as bad input."""

    def act(context: Context, call: Call) -> None:
        related = context.state.contacts.get(call.get("RelatedContactId") or "")
        if related is not None and related.channel == VOICE:
            raise bad_value(call.operation, "It is a call.")

    first(service, START, act)


@fault("StartChatContact.RelatedContactId.returned")
def relates_to_the_first_of_a_chain(service: ReferenceService) -> None:
    """The endpoint relates a chat to what its related chat is related to."""

    def act(context: Context, _: Call, members: Members) -> None:
        contact = context.state.contacts[members["ContactId"]]
        while contact.related is not None and contact.related.related is not None:
            contact.related = contact.related.related

    then(service, START, act)


def _of_starts(service: ReferenceService) -> set[str]:
    """The connection tokens that starts returned, as they come."""
    tokens: set[str] = set()

    def keep(_: Context, __: Call, members: Members) -> None:
        tokens.update(
            [members["ConnectionCredentials"]["ConnectionToken"]] if "ConnectionCredentials" in members else []
        )

    then(service, START, keep)
    return tokens


def _surviving(end: ContactEvent) -> Seed:
    """The connection token of a start opens the chat's transcript after that end."""

    def seed(service: ReferenceService) -> None:
        tokens = _of_starts(service)
        for operation in ("SendMessage", "GetTranscript"):
            letting_in(service, operation, lambda r, who: bearer_of(r) in tokens and who.contact.end_reason is end)

    return seed


_outliving = Rows(
    _surviving, "StartChatContact.ConnectionTypes.token-ends", may=("StartChatContact.ConnectionTypes.*",)
)
SURVIVING = (
    _outliving(
        "tokens-of-starts-outlive-a-stop",
        "The endpoint accepts the connection token of a start after the chat was stopped.",
        ContactEvent.STOP,
    ),
    _outliving(
        "tokens-of-starts-outlive-their-participant",
        "The endpoint accepts the connection token of a start from a customer who has left.",
        ContactEvent.CUSTOMER_LEAVES,
    ),
)


def _mute(operation: str) -> Seed:
    def seed(service: ReferenceService) -> None:
        tokens = _of_starts(service)
        denying(service, operation, lambda request: bearer_of(request) in tokens)

    return seed


_deaf = Rows(_mute, "StartChatContact.ConnectionTypes.token-works")
MUTE = tuple(
    _deaf(f"tokens-of-starts-are-none-for-{name}", f"{name} does not accept the connection token of a start.", name)
    for name in ("SendEvent", "DisconnectParticipant")
)


@fault("StartChatContact.ParticipantToken.opens-connection", may=("StartChatContact.*",))
def voids_participant_tokens_beside_connections(service: ReferenceService) -> None:
    """The ParticipantToken of a start with connection information opens nothing."""
    void: set[str] = set()
    information = {"ConnectionCredentials", "Websocket"}
    then(service, START, lambda _, __, m: void.update([m["ParticipantToken"]] if information & m.keys() else []))
    denying(service, "CreateParticipantConnection", lambda request: bearer_of(request) in void)


def _expiring(part: str, member: str, hours: int) -> Seed:
    """The time in that part of a start's reply is so many hours ahead."""

    def change(context: Context, _: Call, members: Members) -> Members:
        at = iso(context.now() + hours * HOUR)
        return {**members, part: {**members[part], member: at}} if part in members else members

    return lambda service: gives(service, START, change)


EXPIRING = tuple(
    declare(
        name,
        f"The endpoint dates the {member} of a start {when}.",
        _expiring(part, member, hours),
        "StartChatContact.ConnectionTypes.expiries",
    )
    for name, when, part, member, hours in (
        ("starts-with-an-expired-token", "an hour ago", "ConnectionCredentials", "Expiry", -1),
        ("starts-with-a-token-of-25-hours", "25 hours ahead", "ConnectionCredentials", "Expiry", 25),
        ("starts-with-an-expired-url", "an hour ago", "Websocket", "ConnectionExpiry", -1),
    )
)


def _going_on(operation: str) -> Seed:
    return lambda service: letting_in(
        service, operation, lambda _, who: who.contact.end_reason is ContactEvent.TIME_IS_UP
    )


_goes_on = Rows(_going_on, "StartChatContact.ChatDurationInMinutes.ends-the-chat", may=("*.expired",))
GOES_ON = tuple(
    _goes_on(f"{name}-goes-on-when-the-time-is-up", f"{name} succeeds when the duration of the chat has passed.", name)
    for name in OF_EVERY_CHAT
    if not TRAITS[name].ends
)


@fault("StartChatContact.ChatDurationInMinutes.ends-the-chat", may=("StartChatContact.*",))
def lasts_from_the_latest_message(service: ReferenceService) -> None:
    """A chat lasts its duration from the latest message on."""

    def longer(context: Context, call: Call, _: Members) -> None:
        contact = call.contact
        if context.clock.moved > contact.moved_before:
            contact.ends_at = context.now() + contact.ends_at - contact.started_at
            deadlines = [(at, name) for at, name in context.state.deadlines if name != contact.id]
            context.state.deadlines[:] = sorted([*deadlines, (contact.ends_at, contact.id)])

    then(service, "SendMessage", longer)


def _ending_too(alike: Callable[[Contact, Contact], bool]) -> Seed:
    """StopContact ends also the active chats that `alike` is true of."""

    def act(context: Context, call: Call, _: Members) -> None:
        stopped = context.state.contacts[call.get("ContactId")]
        for contact in context.state.contacts.values():
            if contact.active and alike(contact, stopped):
                end_contact(context, contact, ContactEvent.STOP)

    return lambda service: then(service, "StopContact", act)


_stopping = Rows(_ending_too, "StopContact.effect.other-chats-go-on", may=("*",))
ENDING_TOO = (
    _stopping(
        "stops-related-chats-too",
        "StopContact ends the chats that are related to the one that it names.",
        lambda contact, stopped: contact.related is stopped,
    ),
    _stopping(
        "stops-the-customers-other-chats-too",
        "StopContact ends all chats of the same CustomerId.",
        lambda contact, stopped: contact.customer_id is not None and contact.customer_id == stopped.customer_id,
    ),
)


@fault("StartChatContact.CustomerId.returned")
def forgets_customers_at_the_end(service: ReferenceService) -> None:
    """The endpoint loses the CustomerId of a chat that was stopped."""

    def act(context: Context, call: Call, _: Members) -> None:
        context.state.contacts[call.get("ContactId")].customer_id = None

    then(service, "StopContact", act)


@fault(
    "StartChatContact.Attributes.returned",
    may=("UpdateContactAttributes.*", "GetContactAttributes.*", "DescribeContact.*"),
)
def loses_attributes_when_somebody_joins(service: ReferenceService) -> None:
    """CreateParticipant removes the attributes of the chat."""
    then(service, "CreateParticipant", lambda context, call, _: _contact(context, call).attributes.clear())


@fault("StartChatContact.ParticipantToken.lives-with-participant", may=("*",))
def voids_the_customers_token_when_a_third_joins(service: ReferenceService) -> None:
    """The endpoint denies the customer's ParticipantToken when the second bot was added."""

    def act(context: Context, call: Call, _: Members) -> None:
        customer, *others = _contact(context, call).participants
        if len(others) > 1:
            context.state.participant_tokens.pop(customer.token, None)

    then(service, "CreateParticipant", act)


def _contact(context: Context, call: Call) -> Contact:
    return context.state.contacts[call.get("ContactId")]
