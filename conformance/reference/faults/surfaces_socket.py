"""Seeded faults by which the web socket says something else than the reply or the transcript."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from conformance.contract.content_types import TYPING
from conformance.reference.clock import iso
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults.frames import Item, each_item
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.operators import (
    ESCAPED_FOR_HTML,
    NO_BACKSLASHES,
    REPLACEMENTS_BEYOND_BMP,
    TRIMMED,
    UNIX_LINES,
    Place,
    cut_after,
)
from conformance.reference.messages import send_message
from conformance.reference.service import ReferenceService
from conformance.reference.state import MESSAGE


def _in_messages(change: Callable[[Item], Item]) -> Seed:
    return each_item(lambda item: change(item) if item["Type"] == MESSAGE else item)


_messages, _items = Rows(_in_messages), Rows(each_item)


def _content(change: Callable[[str], str]) -> Seed:
    return _in_messages(lambda item: {**item, "Content": change(item["Content"])})


ON_SOCKETS = Place(
    "The endpoint pushes a message",
    _content,
    "Surfaces.reply-and-frame.same-content",
    "Surfaces.frame-and-transcript.same-content",
)
CONTENTS = ON_SOCKETS.faults(
    {
        "spoils-wide-text-on-the-socket": REPLACEMENTS_BEYOND_BMP,
        "trims-text-on-the-socket": TRIMMED,
        "joins-lines-on-the-socket": UNIX_LINES,
        "escapes-text-on-the-socket": ESCAPED_FOR_HTML,
        "cuts-text-on-the-socket": cut_after(4_096),
        "unescapes-text-on-the-socket": NO_BACKSLASHES,
    }
)


def _shift(item: Item, **later: int) -> Item:
    moment = datetime.fromisoformat(item["AbsoluteTime"]) + timedelta(**later)
    return {**item, "AbsoluteTime": iso(round(moment.timestamp() * 1000))}


MESSAGES = (
    _messages(
        "gives-frames-ids-of-their-own",
        "The endpoint pushes a message under another Id than the reply and the transcript have.",
        lambda item: {**item, "Id": item["Id"][::-1]},
        "Surfaces.reply-and-frame.same-id",
        "Surfaces.frame-and-transcript.same-id",
        may=("Surfaces.frame-and-transcript.same-messages", "WebSocket.subscribe.nothing-before"),
    ),
    _messages(
        "calls-everything-plain-text",
        "The endpoint pushes every message with the ContentType text/plain.",
        lambda item: {**item, "ContentType": "text/plain"},
        "Surfaces.reply-and-frame.same-content",
        "Surfaces.frame-and-transcript.same-content",
    ),
    _messages(
        "dates-frames-a-second-later",
        "The endpoint pushes a message with an AbsoluteTime a second after that of its reply.",
        lambda item: _shift(item, seconds=1),
        "Surfaces.reply-and-frame.same-time",
        "Surfaces.frame-and-transcript.same-time",
    ),
)


@fault("Surfaces.reply-and-frame.same-time", "Surfaces.frame-and-transcript.same-time")
def dates_every_third_frame_a_millisecond_later(service: ReferenceService) -> None:
    """The endpoint pushes every third message with an AbsoluteTime a millisecond after that of its reply."""
    numbers = count(1)
    _in_messages(lambda item: _shift(item, milliseconds=int(next(numbers) % 3 == 0)))(service)


@fault(
    "Surfaces.frame-and-transcript.same-messages",
    may=("*.transcript.*", "GetTranscript.*", "Surfaces.*", "StartChatContact.*", "*.ClientToken.lost-reply"),
)
def keeps_every_seventh_message_from_the_transcript(service: ReferenceService) -> None:
    """The transcript lacks every seventh message that was pushed."""
    numbers = count(1)

    def send(context: Context, call: Call) -> Members:
        sent = send_message(context, call)
        if next(numbers) % 7 == 0:
            call.contact.items.pop()
        return sent

    service.handlers["SendMessage"] = send


EVENTS = (
    _items(
        "gives-typing-frames-ids-of-their-own",
        "The endpoint pushes typing under another Id than the reply of SendEvent has.",
        lambda i: {**i, "Id": i["Id"][::-1]} if i.get("ContentType") == TYPING else i,
        "Surfaces.event-reply-and-frame.same-id",
    ),
    _items(
        "dates-typing-frames-a-second-later",
        "The endpoint pushes typing with an AbsoluteTime a second after that of its reply.",
        lambda i: _shift(i, seconds=1) if i.get("ContentType") == TYPING else i,
        "Surfaces.event-reply-and-frame.same-id",
    ),
)
