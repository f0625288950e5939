"""Faults of ClientTokens: repetitions that do more than repeat, or whose replies are not what the first one was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.contract.content_types import LEFT
from conformance.reference.attachments import start_attachment_upload
from conformance.reference.clock import iso
from conformance.reference.context import Call, Context, Members, OperationHandler
from conformance.reference.errors import not_found
from conformance.reference.faults_kit.idempotency import GIVING_TOKENS, SENDING, every_operation, repeating
from conformance.reference.idempotency import Memory
from conformance.reference.items import announce, item_members, new_item, publish, push
from conformance.reference.participants import CUSTOMER, add_participant, create_participant
from conformance.reference.state import ATTACHMENT, MESSAGE, Item

ONE_EFFECT = (
    "CompleteAttachmentUpload.ClientToken.one-effect",
    "DisconnectParticipant.ClientToken.one-effect",
    "StartChatContact.ClientToken.one-effect",
)
ONE_FRAME = ("SendEvent.ClientToken.one-frame", "SendMessage.ClientToken.one-frame")
CONCURRENT_DUPLICATES = ("CreateParticipant.ClientToken.concurrent-duplicates",)
SAME_TOKEN_SAME_RESULT = (
    "SendEvent.ClientToken.same-token-same-result",
    "SendMessage.ClientToken.same-token-same-result",
    "StartChatContact.ClientToken.same-token-same-result",
    "StartWebRTCContact.ClientToken.same-token-same-result",
    "CreateParticipant.ClientToken.same-token-same-result",
)
REPLAYED_TOKEN_WORKS = (
    "StartChatContact.ClientToken.replayed-token-works",
    "StartWebRTCContact.ClientToken.replayed-token-works",
    "CreateParticipant.ClientToken.replayed-token-works",
)
REPLAYED_URL_WORKS = ("StartAttachmentUpload.ClientToken.replayed-url-works",)
CONNECTION_INFORMATION = ("StartChatContact.ClientToken.connection-information",)
AFTER_END = ("StartChatContact.ClientToken.after-end", "StartWebRTCContact.ClientToken.after-end")
ONE_TRANSCRIPT_ITEM = ("SendMessage.ClientToken.one-transcript-item",)
ONCE = (*ONE_EFFECT, *ONE_TRANSCRIPT_ITEM, *ONE_FRAME)
ALSO = (
    "*.ClientToken.concurrent-duplicates",
    "*.ClientToken.lost-reply",
    "*.ClientToken.changed-parameters-no-second-effect",
)


def _item(context: Context, call: Call) -> Item:
    kind, content = call.get("ContentType"), call.get("Content")
    return new_item(context, call.contact, call.participant, MESSAGE, content_type=kind, content=content)


def _says_it_again(context: Context, call: Call, members: Members) -> Members:
    publish(call.contact, _item(context, call))
    return members


def _moves_it(_: Context, call: Call, members: Members) -> Members:
    message = next((item for item in call.contact.items if item.id == members["Id"]), None)
    if message is not None:
        call.contact.items.remove(message)
        call.contact.items.append(message)
    return members


def _dates_it_anew(_: Context, call: Call, members: Members) -> Members:
    for item in call.contact.items:
        item.at += item.id == members["Id"]
    return members


def _frames_again(context: Context, call: Call, members: Members) -> Members:
    item = _item(context, call)
    push(call.contact, lambda: {**item_members(item, call.contact), "Id": members["Id"]})
    return members


def _greets_again(context: Context, call: Call, members: Members) -> Members:
    contact, message = context.state.contacts[members["ContactId"]], call.get("InitialMessage")
    if message:
        kind, content = message["ContentType"], message["Content"]
        publish(
            contact, new_item(context, contact, contact.participants[0], MESSAGE, content_type=kind, content=content)
        )
    return members


def _gives_its_attributes_again(context: Context, call: Call, members: Members) -> Members:
    context.state.contacts[members["ContactId"]].attributes = dict(call.get("Attributes") or {})
    return members


def _attaches_again(context: Context, call: Call, members: Members) -> Members:
    attachments = (context.state.attachments[call.get("AttachmentIds")[0]],)
    publish(call.contact, new_item(context, call.contact, call.participant, ATTACHMENT, attachments=attachments))
    return members


def _leaves_again(context: Context, call: Call, members: Members) -> Members:
    announce(context, call.contact, LEFT, call.participant)
    return members


def _twice(operation: str, act: Callable[[Context, Call, Members], Members], may: tuple[str, ...] = ALSO) -> Any:
    does = "returns the first result again and repeats its effect"
    return every_operation("has-its-effect-again", does, repeating(act), ONCE, may=may, only=(operation,))


MESSAGE_AGAIN = _twice("SendMessage", _says_it_again)
MOVED, DATED = (
    every_operation(name, does, repeating(act), ONE_TRANSCRIPT_ITEM, only=("SendMessage",))
    for name, does, act in (
        ("moves-to-the-end", "moves its message behind all others with each repetition", _moves_it),
        ("is-dated-anew", "changes the time of its message with each repetition", _dates_it_anew),
    )
)
INITIAL_MESSAGE_AGAIN = _twice("StartChatContact", _greets_again)
ATTRIBUTES_AGAIN = every_operation(
    "brings-its-attributes-back",
    "resets the attributes of the contact to those of the start with each repetition",
    repeating(_gives_its_attributes_again),
    ONE_EFFECT,
    only=("StartChatContact",),
)
ATTACHMENT_AGAIN = _twice("CompleteAttachmentUpload", _attaches_again)
LEAVING_AGAIN = _twice("DisconnectParticipant", _leaves_again)
FRAME_AGAIN = every_operation(
    "is-pushed-again",
    "repeats its frame on the web sockets with each repetition",
    repeating(_frames_again),
    ONE_FRAME,
    only=SENDING,
)


def _joins_again(context: Context, call: Call, members: Members) -> Members:
    create_participant(context, call)
    return members


TAKES_ROOM = every_operation(
    "takes-room-again",
    "adds a participant that no transcript shows with each repetition",
    repeating(_joins_again),
    CONCURRENT_DUPLICATES,
    may=("*.ClientToken.*",),
    only=("CreateParticipant",),
)


def _times_anew(context: Context, _call: Call, members: Members) -> Members:
    return {**members, "AbsoluteTime": iso(context.now() + 1)}


def _renames(member: str) -> Callable[[Context, Call, Members], Members]:
    return lambda context, _call, members: {**members, member: context.identifiers.uuid()}


TIME_ANEW = every_operation(
    "gives-another-time",
    "returns the time of the repetition instead of that of the first call",
    repeating(_times_anew),
    SAME_TOKEN_SAME_RESULT,
    may=("*.ClientToken.*",),
    only=SENDING,
)
PARTICIPANT_ANEW = every_operation(
    "gives-another-participant-id",
    "returns another ParticipantId with each repetition",
    repeating(_renames("ParticipantId")),
    SAME_TOKEN_SAME_RESULT,
    may=("*.ClientToken.*",),
    only=GIVING_TOKENS,
)


def _dead_token(context: Context, call: Call, members: Members) -> Members:
    token = context.identifiers.token()
    if call.operation.name == "CreateParticipant":
        return {**members, "ParticipantCredentials": {**members["ParticipantCredentials"], "ParticipantToken": token}}
    return {**members, "ParticipantToken": token}


def _other_customer(context: Context, _call: Call, members: Members) -> Members:
    contact = context.state.contacts[members["ContactId"]]
    return {**members, "ParticipantToken": add_participant(context, contact, CUSTOMER, "Ann").token}


DEAD_TOKEN = every_operation(
    "repeats-a-dead-token",
    "returns a ParticipantToken with a repetition that opens nothing",
    repeating(_dead_token),
    REPLAYED_TOKEN_WORKS,
)
OTHER_CUSTOMER = every_operation(
    "repeats-anothers-token",
    "returns a ParticipantToken with a repetition that is another participant's",
    repeating(_other_customer),
    REPLAYED_TOKEN_WORKS,
    only=("StartChatContact",),
)


def _other_upload(context: Context, call: Call, members: Members) -> Members:
    return {**members, "UploadMetadata": start_attachment_upload(context, call)["UploadMetadata"]}


OTHER_URL = every_operation(
    "repeats-with-another-url",
    "returns the Url of another upload with each repetition",
    repeating(_other_upload),
    REPLAYED_URL_WORKS,
)


def _bare(_context: Context, _call: Call, members: Members) -> Members:
    return {name: value for name, value in members.items() if name not in ("Websocket", "ConnectionCredentials")}


def _worn(context: Context, _call: Call, members: Members) -> Members:
    worn = {"ConnectionCredentials": {"ConnectionToken": context.identifiers.token(), "Expiry": iso(context.now())}}
    return members | (worn if "ConnectionCredentials" in members else {})


BARE = every_operation(
    "repeats-without-connection",
    "leaves the connection information out of a repetition",
    repeating(_bare),
    CONNECTION_INFORMATION,
)


def _unplugged(_context: Context, _call: Call, members: Members) -> Members:
    socket = members.get("Websocket")
    return members | {"Websocket": {**socket, "Url": f"{socket['Url']}0"}} if socket else members


WORN = every_operation(
    "repeats-with-a-dead-connection",
    "returns a ConnectionToken with a repetition that opens nothing",
    repeating(_worn),
    CONNECTION_INFORMATION,
)

UNPLUGGED = every_operation(
    "repeats-with-a-dead-url",
    "returns a web socket URL with a repetition that connects nowhere",
    repeating(_unplugged),
    CONNECTION_INFORMATION,
)


def _over(memory: Memory, context: Context, call: Call, perform: OperationHandler) -> Members:
    members = memory.once(context, call, perform)
    return members if context.state.contacts[members["ContactId"]].active else perform(context, call)


def _refuses_over(context: Context, call: Call, members: Members) -> Members:
    if context.state.contacts[members["ContactId"]].active:
        return members
    raise not_found(call.operation, "The contact has ended.")


ANEW_AFTER_END = every_operation(
    "starts-anew-after-the-end",
    "starts another contact for the ClientToken of one that has ended",
    lambda: _over,
    AFTER_END,
    may=("*.ClientToken.seven-days", "*.ClientToken.shortest-and-longest"),
)
REFUSED_AFTER_END = every_operation(
    "refuses-after-the-end",
    "refuses the ClientToken of a contact that has ended",
    repeating(_refuses_over),
    AFTER_END,
    may=("*.ClientToken.seven-days", "*.ClientToken.shortest-and-longest"),
)
