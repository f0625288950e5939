"""Faults of ClientTokens: repetitions that do more than repeat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.contract.content_types import LEFT
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults_kit.idempotency import SENDING, every_operation, repeating
from conformance.reference.items import announce, item_members, new_item, publish, push
from conformance.reference.participants import create_participant
from conformance.reference.state import ATTACHMENT, MESSAGE, Item

ONE_EFFECT = (
    "CompleteAttachmentUpload.ClientToken.one-effect",
    "DisconnectParticipant.ClientToken.one-effect",
    "StartChatContact.ClientToken.one-effect",
)
ONE_FRAME = ("SendEvent.ClientToken.one-frame", "SendMessage.ClientToken.one-frame")
CONCURRENT_DUPLICATES = ("CreateParticipant.ClientToken.concurrent-duplicates",)
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
