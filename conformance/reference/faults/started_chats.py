"""Faults of what a started chat keeps of its start, and of how its connections end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.reference.clock import HOUR, iso
from conformance.reference.contacts import end_contact
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import bad_value
from conformance.reference.faults.bearers import bearer_of, denying, letting_in
from conformance.reference.faults_kit.fault import Fault, declare, fault
from conformance.reference.faults_kit.hooks import first, gives, takes, then
from conformance.reference.lifecycle import ContactEvent
from conformance.reference.service import ReferenceService
from conformance.reference.state import VOICE, Contact

START, SUBJECT = "StartChatContact", "started-chats"


@fault("StartChatContact.DisplayName.shown", may=("CreateParticipant.*",))
def trims_display_names(service: ReferenceService) -> None:
    """The endpoint stores a DisplayName without the blanks around it."""

    def trimmed(_: Context, call: Call) -> dict[str, Any]:
        name = call.get("ParticipantDetails")["DisplayName"]
        return {"ParticipantDetails": {"DisplayName": name.strip() or name}}

    takes(service, START, trimmed)


@fault("StartChatContact.CustomerId.returned")
def trims_customers(service: ReferenceService) -> None:
    """The endpoint stores a CustomerId without the blanks around it."""
    takes(service, START, lambda _, call: {"CustomerId": (call.get("CustomerId") or "").strip() or None})


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
    """A chat that is related to a related one is related to what that one is related to."""

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


def _surviving(name: str, says: str, red: str, end: ContactEvent) -> Fault:
    """The connection token of a start opens the chat's transcript after that end."""

    def seed(service: ReferenceService) -> None:
        tokens = _of_starts(service)
        for operation in ("SendMessage", "GetTranscript"):
            letting_in(service, operation, lambda r, who: bearer_of(r) in tokens and who.contact.end_reason is end)

    return declare(name, says, seed, red, may=("StartChatContact.ConnectionTypes.*",))


SURVIVING = (
    _surviving(
        "tokens-of-starts-outlive-a-stop",
        "The connection token of a start is served after the chat was stopped.",
        "StartChatContact.ConnectionTypes.token-ends",
        ContactEvent.STOP,
    ),
    _surviving(
        "tokens-of-starts-outlive-their-participant",
        "The connection token of a start is served to a customer who has left.",
        "StartChatContact.ConnectionTypes.token-ends",
        ContactEvent.CUSTOMER_LEAVES,
    ),
)


def _mute(operation: str) -> Fault:
    def seed(service: ReferenceService) -> None:
        tokens = _of_starts(service)
        denying(service, operation, lambda request: bearer_of(request) in tokens)

    says = f"{operation} does not take the connection token of a start."
    return declare(
        f"tokens-of-starts-are-none-for-{operation}", says, seed, "StartChatContact.ConnectionTypes.token-works"
    )


MUTE = tuple(map(_mute, ("SendEvent", "DisconnectParticipant")))


@fault("StartChatContact.ParticipantToken.opens-connection", may=("StartChatContact.*",))
def voids_participant_tokens_beside_connections(service: ReferenceService) -> None:
    """The ParticipantToken of a start with connection information opens nothing."""
    void: set[str] = set()
    information = {"ConnectionCredentials", "Websocket"}
    then(service, START, lambda _, __, m: void.update([m["ParticipantToken"]] if information & m.keys() else []))
    denying(service, "CreateParticipantConnection", lambda request: bearer_of(request) in void)


def _expiring(name: str, part: str, member: str, hours: int, rule: str) -> Fault:
    def changed(context: Context, _: Call, members: Members) -> Members:
        at = iso(context.now() + hours * HOUR)
        return {**members, part: {**members[part], member: at}} if part in members else members

    says = f"The {member} of a start is {hours} hours ahead."
    return declare(name, says, lambda service: gives(service, START, changed), rule)


EXPIRING = (
    _expiring(
        "starts-with-an-expired-token",
        "ConnectionCredentials",
        "Expiry",
        -1,
        "StartChatContact.ConnectionTypes.expiries",
    ),
    _expiring(
        "starts-with-a-token-of-25-hours",
        "ConnectionCredentials",
        "Expiry",
        25,
        "StartChatContact.ConnectionTypes.expiries",
    ),
    _expiring(
        "starts-with-an-expired-url", "Websocket", "ConnectionExpiry", -1, "StartChatContact.ConnectionTypes.expiries"
    ),
)


def _goes_on(operation: str) -> Fault:
    def seed(service: ReferenceService) -> None:
        letting_in(service, operation, lambda _, who: who.contact.end_reason is ContactEvent.TIME_IS_UP)

    says = f"{operation} is served when the duration of the chat has passed."
    return declare(
        f"{operation}-goes-on-when-the-time-is-up",
        says,
        seed,
        "StartChatContact.ChatDurationInMinutes.ends-the-chat",
        may=("*.expired",),
    )


GOES_ON = tuple(map(_goes_on, ("SendMessage", "SendEvent", "GetTranscript")))


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


def _ending_too(name: str, says: str, alike: Callable[[Contact, Contact], bool]) -> Fault:
    """StopContact ends also the active chats that `alike` is true of."""

    def act(context: Context, call: Call, _: Members) -> None:
        stopped = context.state.contacts[call.get("ContactId")]
        for contact in context.state.contacts.values():
            if contact.active and alike(contact, stopped):
                end_contact(context, contact, ContactEvent.STOP)

    red = ("StopContact.effect.other-chats-go-on",)
    return declare(name, says, lambda service: then(service, "StopContact", act), *red, may=("*",))


ENDING_TOO = (
    _ending_too(
        "stops-related-chats-too",
        "StopContact ends the chats that are related to the one that it names.",
        lambda contact, stopped: contact.related is stopped,
    ),
    _ending_too(
        "stops-the-customers-other-chats-too",
        "StopContact ends all chats of the same CustomerId.",
        lambda contact, stopped: contact.customer_id is not None and contact.customer_id == stopped.customer_id,
    ),
)


@fault("StartChatContact.CustomerId.returned")
def forgets_customers_at_the_end(service: ReferenceService) -> None:
    """A chat that was stopped has no CustomerId any more."""

    def act(context: Context, call: Call, _: Members) -> None:
        context.state.contacts[call.get("ContactId")].customer_id = None

    then(service, "StopContact", act)


@fault(
    "StartChatContact.Attributes.returned",
    may=("UpdateContactAttributes.*", "GetContactAttributes.*", "DescribeContact.*"),
)
def loses_attributes_when_somebody_joins(service: ReferenceService) -> None:
    """A chat loses its attributes when a participant is added."""
    then(service, "CreateParticipant", lambda context, call, _: _contact(context, call).attributes.clear())


@fault("StartChatContact.ParticipantToken.lives-with-participant", may=("*",))
def voids_the_customers_token_when_a_third_joins(service: ReferenceService) -> None:
    """The ParticipantToken of a chat's customer is void when the second bot was added."""

    def act(context: Context, call: Call, _: Members) -> None:
        customer, *others = _contact(context, call).participants
        if len(others) > 1:
            context.state.participant_tokens.pop(customer.token, None)

    then(service, "CreateParticipant", act)


def _contact(context: Context, call: Call) -> Contact:
    return context.state.contacts[call.get("ContactId")]
