"""Faults that show where members are given together, or where the same thing happens once more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import bad_value
from conformance.reference.faults_kit.fault import Rows, Seed, declare, fault
from conformance.reference.faults_kit.hooks import first, gives, into, refuses, takes, then
from conformance.reference.faults_kit.operators import NUMBER, Change, Place
from conformance.reference.lifecycle import ParticipantStage
from conformance.reference.service import ReferenceService

CHAT, CALL, READ, FETCH = "StartChatContact", "StartWebRTCContact", "GetTranscript", "GetAttachment"
SAME_TEXTS = 4
Wrong = Callable[[Call], Mapping[str, Any]]


def _has(*names: str) -> Callable[[Call], bool]:
    return lambda call: all(call.get(name) is not None for name in names)


TOGETHER = tuple(
    declare(
        name,
        f"{operation} refuses {', '.join(members)} together, though it accepts each of them alone.",
        into(refuses, operation)(_has(*members)),
        red,
        may=(f"{operation}.*", "Clients.*"),
    )
    for name, operation, members, red in (
        (
            "refuses-types-with-connection-types",
            CHAT,
            ("SupportedMessagingContentTypes", "ConnectionTypes"),
            "StartChatContact.success.valid-request",
        ),
        (
            "refuses-a-first-message-of-related-chats",
            CHAT,
            ("RelatedContactId", "InitialMessage"),
            "StartChatContact.success.valid-request",
        ),
        (
            "refuses-both-kinds-of-attributes",
            CHAT,
            ("SegmentAttributes", "Attributes"),
            "StartChatContact.success.valid-request",
        ),
        (
            "refuses-a-call-of-many-members",
            CALL,
            ("References", "Attributes", "AllowedCapabilities", "Description"),
            "StartWebRTCContact.success.valid-request",
        ),
        (
            "refuses-a-page-of-many-members",
            READ,
            ("MaxResults", "SortOrder", "ScanDirection", "StartPosition"),
            "GetTranscript.success.valid-request",
        ),
        ("refuses-a-contact-with-a-start", READ, ("ContactId", "StartPosition"), "GetTranscript.success.valid-request"),
    )
)


def _losing(operation: str) -> Rows[Wrong]:
    """Rows of faults that leave a member out of account where another one is given."""

    def seed_of(wrong: Wrong) -> Seed:
        return lambda service: takes(service, operation, lambda _, call: wrong(call))

    return Rows(seed_of, may=(f"{operation}.*",))


_of_chats, _of_calls, _of_files = _losing(CHAT), _losing(CALL), _losing(FETCH)
LOST = (
    _of_chats(
        "forgets-what-a-chat-with-attributes-is-related-to",
        "The endpoint does not store the RelatedContactId of a chat with Attributes.",
        lambda call: {"RelatedContactId": None} if call.get("Attributes") else {},
        "StartChatContact.RelatedContactId.returned",
    ),
    _of_calls(
        "forgets-attributes-of-a-call-with-capabilities",
        "The endpoint does not store the Attributes of a call with AllowedCapabilities.",
        lambda call: {"Attributes": None} if call.get("AllowedCapabilities") else {},
        "StartWebRTCContact.Attributes.returned",
    ),
    _of_files(
        "forgets-the-expiry-beside-a-disposition",
        "GetAttachment ignores UrlExpiryInSeconds beside UrlContentDisposition.",
        lambda call: {"UrlExpiryInSeconds": None} if call.get("UrlContentDisposition") else {},
        "GetAttachment.UrlExpiryInSeconds.sets-expiry",
    ),
    _of_files(
        "forgets-the-disposition-beside-an-expiry",
        "GetAttachment ignores UrlContentDisposition beside UrlExpiryInSeconds.",
        lambda call: {"UrlContentDisposition": None} if call.get("UrlExpiryInSeconds") else {},
        "GetAttachment.UrlContentDisposition.inline",
    ),
)


def _change_items(member: str) -> Callable[[Change], Seed]:
    """Changes a member of each item that is shown."""

    def seed_of(change: Change) -> Seed:
        def show(_: Context, __: Call, members: Members) -> Members:
            for item in members["Transcript"]:
                if isinstance(item.get(member), str):
                    item[member] = change(item[member])
            return members

        return lambda service: gives(service, READ, show)

    return seed_of


ITEMS = ("Surfaces.*", "GetTranscript.*")
NUMBERS = (
    *Place(
        "GetTranscript shows a message", _change_items("Content"), "GetTranscript.Transcript.content-markup", may=ITEMS
    ).faults({"shows-digits-as-numbers": NUMBER}),
    *Place(
        "GetTranscript shows a name", _change_items("DisplayName"), "StartChatContact.DisplayName.shown", may=ITEMS
    ).faults({"shows-names-as-numbers": NUMBER}),
)


@fault(
    "CreateParticipantConnection.again.accepted",
    may=(
        "CreateParticipantConnection.*",
        "LifeCycle.*",
        "StartChatContact.ChatDurationInMinutes.*",
        "StartChatContact.ParticipantToken.outlives-a-day",
    ),
)
def marks_as_connected_once(service: ReferenceService) -> None:
    """CreateParticipantConnection refuses to mark a connected participant as connected once more."""

    def act(_: Context, call: Call) -> None:
        if call.get("ConnectParticipant") and call.participant.stage is ParticipantStage.CONNECTED:
            raise bad_value(call.operation, "The participant is connected.")

    first(service, "CreateParticipantConnection", act)


@fault("CreateParticipant.chat.custom-bot", may=("*",))
def gives_each_name_once(service: ReferenceService) -> None:
    """The endpoint refuses a participant whose DisplayName another participant of the chat has."""

    def act(context: Context, call: Call) -> None:
        contact, details = context.state.contacts.get(call.get("ContactId")), call.get("ParticipantDetails")
        if contact and any(one.display_name == details.get("DisplayName") for one in contact.present):
            raise bad_value(call.operation, "The name is taken.")

    first(service, "CreateParticipant", act)


@fault("DescribeContact.Contact.channel-chat", may=("DescribeContact.*",))
def describes_ended_chats_as_calls(service: ReferenceService) -> None:
    """DescribeContact shows a chat that has ended as a call."""

    def describe(_: Context, __: Call, members: Members) -> Members:
        over = {"Channel": "VOICE"} if members["Contact"].get("DisconnectTimestamp") else {}
        return {"Contact": {**members["Contact"], **over}}

    gives(service, "DescribeContact", describe)


@fault("GetTranscript.Transcript.holds-what-was-sent", may=("*",))
def refuses_the_fourth_of_the_same(service: ReferenceService) -> None:
    """SendMessage refuses a text that a participant sends for the fourth time in a row."""

    def act(_: Context, call: Call) -> None:
        own = [item.content for item in call.contact.items if item.sender is call.participant]
        if own[1 - SAME_TEXTS :] == [call.get("Content")] * (SAME_TEXTS - 1):
            raise bad_value(call.operation, "This was said before.")

    first(service, "SendMessage", act)


@fault("GetTranscript.Transcript.holds-what-was-sent", may=("*",))
def keeps_the_same_text_once(service: ReferenceService) -> None:
    """The transcript contains a text once that a participant sent twice in a row."""

    def act(_: Context, call: Call, __: Members) -> None:
        items = call.contact.items
        same = len(items) > 1 and items[-1].content is not None and items[-2].content == items[-1].content
        if same and items[-2].sender is items[-1].sender:
            items.pop()

    then(service, "SendMessage", act)
