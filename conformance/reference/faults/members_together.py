"""Faults that show where members are given together, or where the same thing happens once more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import bad_value
from conformance.reference.faults_kit.fault import Fault, declare, fault
from conformance.reference.faults_kit.hooks import first, gives, refuses, takes, then
from conformance.reference.lifecycle import ParticipantStage
from conformance.reference.service import ReferenceService

CHAT, CALL, READ, FETCH = "StartChatContact", "StartWebRTCContact", "GetTranscript", "GetAttachment"
SAME_TEXTS = 4
RED = {
    CHAT: "StartChatContact.success.valid-request",
    CALL: "StartWebRTCContact.success.valid-request",
    READ: "GetTranscript.success.valid-request",
}
Wrong = Callable[[Call], Mapping[str, Any]]


def _has(*names: str) -> Callable[[Call], bool]:
    return lambda call: all(call.get(name) is not None for name in names)


def _refusing(name: str, operation: str, *names: str) -> Fault:
    """A fault that refuses members which are accepted one by one."""
    says = f"{operation} refuses {', '.join(names)} together, though it accepts each of them alone."

    def seed(service: ReferenceService) -> None:
        refuses(service, operation, _has(*names))

    return declare(name, says, seed, RED[operation], may=(f"{operation}.*", "Clients.*"))


REFUSED: tuple[Fault, ...] = (
    _refusing("refuses-types-with-connection-types", CHAT, "SupportedMessagingContentTypes", "ConnectionTypes"),
    _refusing("refuses-a-first-message-of-related-chats", CHAT, "RelatedContactId", "InitialMessage"),
    _refusing("refuses-both-kinds-of-attributes", CHAT, "SegmentAttributes", "Attributes"),
    _refusing("refuses-a-call-of-many-members", CALL, "References", "Attributes", "AllowedCapabilities", "Description"),
    _refusing("refuses-a-page-of-many-members", READ, "MaxResults", "SortOrder", "ScanDirection", "StartPosition"),
    _refusing("refuses-a-contact-with-a-start", READ, "ContactId", "StartPosition"),
)


def _losing(name: str, says: str, red: str, operation: str, wrong: Wrong) -> Fault:
    """A fault that leaves a member out of account where another one is given."""

    def seed(service: ReferenceService) -> None:
        takes(service, operation, lambda _, call: wrong(call))

    return declare(name, says, seed, red, may=(f"{operation}.*",))


LOST: tuple[Fault, ...] = (
    _losing(
        "forgets-what-a-chat-with-attributes-is-related-to",
        "A chat that is given attributes is related to nothing.",
        "StartChatContact.RelatedContactId.returned",
        CHAT,
        lambda call: {"RelatedContactId": None} if call.get("Attributes") else {},
    ),
    _losing(
        "forgets-attributes-of-a-call-with-capabilities",
        "A call that is given capabilities has no attributes.",
        "StartWebRTCContact.Attributes.returned",
        CALL,
        lambda call: {"Attributes": None} if call.get("AllowedCapabilities") else {},
    ),
    _losing(
        "forgets-the-expiry-beside-a-disposition",
        "A URL with a disposition lives as long as any.",
        "GetAttachment.UrlExpiryInSeconds.sets-expiry",
        FETCH,
        lambda call: {"UrlExpiryInSeconds": None} if call.get("UrlContentDisposition") else {},
    ),
    _losing(
        "forgets-the-disposition-beside-an-expiry",
        "A URL with an expiry is that of an attachment.",
        "GetAttachment.UrlContentDisposition.inline",
        FETCH,
        lambda call: {"UrlContentDisposition": None} if call.get("UrlExpiryInSeconds") else {},
    ),
)


def _without_zeros(text: Any) -> Any:
    return str(int(text)) if isinstance(text, str) and text.isascii() and text.isdigit() else text


def _reading_numbers(name: str, says: str, red: str, member: str) -> Fault:
    """A fault that shows a text of digits as the number that it looks like."""

    def shown(_: Context, __: Call, members: Members) -> Members:
        for item in members["Transcript"]:
            if member in item:
                item[member] = _without_zeros(item[member])
        return members

    def seed(service: ReferenceService) -> None:
        gives(service, READ, shown)

    return declare(name, says, seed, red, may=("Surfaces.*", "GetTranscript.*"))


NUMBERS: tuple[Fault, ...] = (
    _reading_numbers(
        "shows-digits-as-numbers",
        "The transcript shows 007 as 7.",
        "GetTranscript.Transcript.content-markup",
        "Content",
    ),
    _reading_numbers(
        "shows-names-as-numbers", "The name 007 is shown as 7.", "StartChatContact.DisplayName.shown", "DisplayName"
    ),
)


@fault("CreateParticipantConnection.again.accepted", may=("CreateParticipantConnection.*", "LifeCycle.*"))
def marks_as_connected_once(service: ReferenceService) -> None:
    """A participant who is connected is not marked as connected once more."""

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
    """A chat that has ended is described as a call."""

    def described(_: Context, __: Call, members: Members) -> Members:
        over = {"Channel": "VOICE"} if members["Contact"].get("DisconnectTimestamp") else {}
        return {"Contact": {**members["Contact"], **over}}

    gives(service, "DescribeContact", described)


@fault("GetTranscript.Transcript.holds-what-was-sent", may=("*",))
def refuses_the_fourth_of_the_same(service: ReferenceService) -> None:
    """A text that a participant sends four times in a row is treated as spam."""

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
