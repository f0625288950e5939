"""Faults of what a started chat is: its identifiers, its attributes, its first message, and for how long it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.reference.clock import DAY, MINUTE, SECOND
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import gives, into, refuses, takes, then
from conformance.reference.service import ReferenceService
from conformance.reference.state import MESSAGE

START, CONNECT = "StartChatContact", "CreateParticipantConnection"
HOUR = 3_600 * SECOND
OF_STARTS = ("StartChatContact.*", "Surfaces.*", "GetTranscript.*")


@fault("StartChatContact.ContactId.names-the-contact", may=("*",))
def starts_without_a_contact(service: ReferenceService) -> None:
    """The ContactId of a start is none of a contact."""
    gives(service, START, lambda context, _, members: {**members, "ContactId": context.identifiers.uuid()})


@fault("StartChatContact.ContactId.unique", may=("*",))
def gives_two_chats_one_participant_id(service: ReferenceService) -> None:
    """StartChatContact gives every second chat the ParticipantId of the one before."""
    given: list[str] = []

    def change(_: Context, __: Call, members: Members) -> Members:
        given.append(members["ParticipantId"])
        return {**members, "ParticipantId": given[-2]} if len(given) % 2 == 0 else members

    gives(service, START, change)


@fault("StartChatContact.ParticipantId.same-throughout", may=("*",))
def names_the_customer_anew(service: ReferenceService) -> None:
    """The transcript shows the customer's items with another ParticipantId than the start returned."""
    gives(service, START, lambda context, _, members: {**members, "ParticipantId": context.identifiers.uuid()})


@fault("StartChatContact.Attributes.returned", may=("*.Attributes.*", "DescribeContact.Contact.attributes"))
def keeps_nineteen_attributes(service: ReferenceService) -> None:
    """The endpoint stores only the first nineteen attributes of a start."""

    def act(context: Context, _: Call, members: Members) -> None:
        contact = context.state.contacts[members["ContactId"]]
        contact.attributes = dict(list(contact.attributes.items())[:19])

    then(service, START, act)


@fault("StartChatContact.InitialMessage.first", may=OF_STARTS)
def puts_the_initial_message_last(service: ReferenceService) -> None:
    """The transcript lists the initial message after the customer's first message."""

    def act(_: Context, call: Call, members: Members) -> None:
        messages = [item for item in call.contact.items if item.type == MESSAGE]
        if len(messages) == 2 and messages[-1].id == members["Id"]:  # noqa: PLR2004 - the initial message and this one
            messages[0].at, messages[1].at = messages[1].at, messages[0].at
            call.contact.items.sort(key=lambda item: item.at)

    then(service, "SendMessage", act)


@fault("StartChatContact.InitialMessage.sent-by-customer", may=OF_STARTS)
def says_the_initial_message_itself(service: ReferenceService) -> None:
    """The transcript shows the initial message without a sender."""

    def act(context: Context, _: Call, members: Members) -> None:
        items = context.state.contacts[members["ContactId"]].items
        items[:] = [replace(item, sender=None) if item.type == MESSAGE else item for item in items]

    then(service, START, act)


@fault("StartChatContact.SupportedMessagingContentTypes.default-text-plain", may=("*",))
def takes_text_in_each_second_chat_without_a_list(service: ReferenceService) -> None:
    """Every second chat without a list of content types refuses text/plain."""
    without: list[str] = []

    def keep(_: Context, call: Call, members: Members) -> None:
        if not call.get("SupportedMessagingContentTypes"):
            without.append(members["ContactId"])

    then(service, START, keep)
    refuses(
        service,
        "SendMessage",
        lambda call: call.contact.id in without[1::2] and call.get("ContentType") == "text/plain",
    )


@fault("SendMessage.success.valid-request", may=("*",))
def takes_no_text_without_a_list(service: ReferenceService) -> None:
    """A chat without a list of content types refuses text/plain."""
    listed: set[str] = set()

    def keep(_: Context, call: Call, members: Members) -> None:
        if call.get("SupportedMessagingContentTypes"):
            listed.add(members["ContactId"])

    then(service, START, keep)
    plain = "text/plain"
    refuses(service, "SendMessage", lambda call: call.contact.id not in listed and call.get("ContentType") == plain)


@fault(
    "CreateParticipantConnection.ConnectionToken.alive-before-a-day",
    may=("*.expir*", "CreateParticipantConnection.*", "*.ClientToken.*", "StartChatContact.*"),
)
def connects_for_an_hour(service: ReferenceService) -> None:
    """A connection token lives for an hour."""

    def shorten(context: Context, _call: Call, _members: Members) -> None:
        for token, connection in context.state.connection_tokens.items():
            soon = context.now() + HOUR
            context.state.connection_tokens[token] = replace(connection, expires_at=min(connection.expires_at, soon))

    for name in (CONNECT, START):
        then(service, name, shorten)


# How long

DEFAULT_MINUTES = 25 * 60


def _minutes(minutes: Callable[[int | None], int]) -> Seed:
    return into(takes, START)(lambda _, call: {"ChatDurationInMinutes": minutes(call.get("ChatDurationInMinutes"))})


_lasting = Rows(
    _minutes,
    may=("StartChatContact.*", "*.bearer.*", "CreateParticipantConnection.*", "DescribeContact.*", "LifeCycle.*"),
)
LASTING = (
    _lasting(
        "lasts-25-hours",
        "The endpoint lets every chat last 25 hours.",
        lambda _: DEFAULT_MINUTES,
        "StartChatContact.ChatDurationInMinutes.ends-the-chat",
    ),
    _lasting(
        "lasts-twice-as-long",
        "The endpoint lets a chat last twice as long as asked for.",
        lambda minutes: 2 * (minutes or DEFAULT_MINUTES),
        "StartChatContact.ChatDurationInMinutes.ends-the-chat",
    ),
    _lasting(
        "lasts-a-day",
        "The endpoint lets a chat last 24 hours by default.",
        lambda minutes: minutes or DAY // MINUTE,
        "StartChatContact.ChatDurationInMinutes.default",
    ),
    _lasting(
        "lasts-a-week",
        "The endpoint lets a chat last a week by default.",
        lambda minutes: minutes or 7 * DAY // MINUTE,
        "StartChatContact.ChatDurationInMinutes.default",
    ),
)
