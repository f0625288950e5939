"""Faults of transcript items: another content, Id, time or position than the reply gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from conformance.contract.wire import Request, Response
from conformance.reference.clock import SECOND, iso
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import gives, then
from conformance.reference.faults_kit.operators import (
    DASHES,
    ESCAPED_FOR_HTML,
    NFC,
    NFD,
    NFKC,
    NO_DIRECTIONS,
    NO_INVISIBLE,
    NO_PRIVATE_USE,
    NO_SKIN_TONES,
    NO_TAGS,
    PRINTED_JSON,
    QUESTION_MARKS_BEYOND_BMP,
    SINGLE_BLANKS,
    SORTED_JSON,
    STRAIGHT_QUOTES,
    TRIMMED_AT_THE_BEGINNING,
    TRIMMED_AT_THE_END,
    UNESCAPED_HTML,
    UNIX_LINES,
    UNQUOTED,
    WINDOWS_LINES,
    Place,
    cut_after,
    cut_after_bytes,
)
from conformance.reference.items import new_item
from conformance.reference.participants import CUSTOMER
from conformance.reference.service import Handler, ReferenceService
from conformance.reference.state import EVENT, MESSAGE, Item

# What else rests on the transcript's contents, Ids, times and order.
OF_CONTENT = ("GetTranscript.*",)
OF_IDS = ("StartChatContact.*", "*.ClientToken.*", "Send*", "*.bearer.*", "WebSocket.*", "*.transcript.*")
OF_ORDER = ("Surfaces.frame-and-transcript.*", "*.first")


def _store(change: Callable[[str], str]) -> Seed:
    """The transcript has a message's content as `change` makes it."""

    def changed(_: Context, call: Call, __: Members) -> None:
        item = call.contact.items[-1]
        item.content = change(item.content or "")

    return lambda service: then(service, "SendMessage", changed)


STORED = Place("The endpoint stores a message", _store, "Surfaces.reply-and-transcript.same-content", may=OF_CONTENT)
CHANGED = STORED.faults(
    {
        "drops-blanks-at-the-end-of-messages": TRIMMED_AT_THE_END,
        "drops-blanks-at-the-beginning-of-messages": TRIMMED_AT_THE_BEGINNING,
        "makes-one-blank-of-two-of-messages": SINGLE_BLANKS,
        "keeps-unix-line-ends-of-messages": UNIX_LINES,
        "keeps-windows-line-ends-of-messages": WINDOWS_LINES,
        "composes-characters-of-messages": NFC,
        "decomposes-characters-of-messages": NFD,
        "unifies-compatible-characters-of-messages": NFKC,
        "escapes-for-html-of-messages": ESCAPED_FOR_HTML,
        "reads-html-escapes-of-messages": UNESCAPED_HTML,
        "takes-out-tags-of-messages": NO_TAGS,
        "reads-percents-of-messages": UNQUOTED,
        "prints-json-again-of-messages": PRINTED_JSON,
        "sorts-json-of-messages": SORTED_JSON,
        "loses-emoji-of-messages": QUESTION_MARKS_BEYOND_BMP,
        "loses-invisible-characters-of-messages": NO_INVISIBLE,
        "loses-skin-tones-of-messages": NO_SKIN_TONES,
        "loses-private-characters-of-messages": NO_PRIVATE_USE,
        "loses-marks-of-direction-of-messages": NO_DIRECTIONS,
        "writes-plain-quotes-of-messages": STRAIGHT_QUOTES,
        "sets-dashes-of-messages": DASHES,
        "keeps-1024-characters-of-messages": cut_after(1_024),
        "keeps-16000-bytes-of-messages": cut_after_bytes(16_000),
    }
)


@fault("Surfaces.reply-and-transcript.same-content", may=OF_CONTENT)
def keeps_markdown_as_plain_text(service: ReferenceService) -> None:
    """The transcript shows a Markdown message as text/plain."""

    def changed(_: Context, call: Call, __: Members) -> None:
        if call.get("ContentType") == "text/markdown":
            call.contact.items[-1].content_type = "text/plain"

    then(service, "SendMessage", changed)


@fault("Surfaces.reply-and-transcript.same-content", may=("Surfaces.*", "SendMessage.Content.*"))
def reads_unescaped_texts_as_latin_1(service: ReferenceService) -> Handler:
    """The endpoint reads unescaped characters of a request as Latin-1."""

    def handle(request: Request) -> Response:
        if request.path == "/participant/message" and not request.body.isascii():
            request = replace(request, body=request.body.decode("latin-1").encode())
        return service.handle(request)

    return handle


@fault("Surfaces.reply-and-transcript.same-content", may=OF_CONTENT)
def swaps_contents_between_chats(service: ReferenceService) -> None:
    """The endpoint swaps the contents of every third pair of messages that come from two chats in a row."""
    latest: list[tuple[str, Item]] = []
    pairs = Counter[str]()

    def swapped(_: Context, call: Call, __: Members) -> None:
        item = call.contact.items[-1]
        if latest and latest[-1][0] != call.contact.id:
            pairs["seen"] += 1
            if not pairs["seen"] % 3:
                other = latest[-1][1]
                item.content, other.content = other.content, item.content
        latest.append((call.contact.id, item))

    then(service, "SendMessage", swapped)


@fault("Surfaces.reply-and-transcript.same-id", may=OF_IDS)
def tells_another_id_in_the_reply(service: ReferenceService) -> None:
    """SendMessage returns an Id in another letter case than that of the transcript."""
    gives(service, "SendMessage", lambda _, __, members: {**members, "Id": members["Id"].upper()})


@fault("Surfaces.reply-and-transcript.same-id", may=(*OF_IDS, "CreateParticipant.ParticipantId.same-throughout"))
def tells_the_id_of_the_message_before(service: ReferenceService) -> None:
    """SendMessage returns the Id of the message before in every fifth reply of a chat."""
    replies: Counter[str] = Counter()

    def give_late(_: Context, call: Call, members: Members) -> Members:
        replies[call.contact.id] += 1
        messages = [item for item in call.contact.items if item.type == MESSAGE]
        late = not replies[call.contact.id] % 5 and len(messages) > 1
        return {**members, "Id": messages[-2].id} if late else members

    gives(service, "SendMessage", give_late)


@fault("Surfaces.reply-and-transcript.same-id", may=OF_IDS)
def loses_every_third_message(service: ReferenceService) -> None:
    """The transcript lacks every third message of a chat."""
    sent: Counter[str] = Counter()

    def lost(_: Context, call: Call, __: Members) -> None:
        sent[call.contact.id] += 1
        if not sent[call.contact.id] % 3:
            call.contact.items.pop()

    then(service, "SendMessage", lost)


def _date_replies(change: Callable[[Context, Call, str], str]) -> Seed:
    """The reply has the AbsoluteTime that `change` makes of its own."""

    def changed(context: Context, call: Call, members: Members) -> Members:
        return {**members, "AbsoluteTime": change(context, call, members["AbsoluteTime"])}

    return lambda service: gives(service, "SendMessage", changed)


def _a_second_late_in_wide_messages(context: Context, call: Call, stated: str) -> str:
    return stated if call.get("Content").isascii() else iso(context.now() + SECOND)


_replied_time = Rows(_date_replies, "Surfaces.reply-and-transcript.same-time")
REPLIED = (
    _replied_time(
        "tells-whole-seconds", "The reply leaves out the milliseconds.", lambda _, __, stated: stated[:-5] + ".000Z"
    ),
    _replied_time(
        "tells-a-millisecond-less",
        "SendMessage returns an AbsoluteTime that is one millisecond earlier.",
        lambda _, call, __: iso(call.contact.items[-1].at - 1),
    ),
    _replied_time(
        "tells-a-second-more-for-wide-texts",
        "SendMessage returns a later AbsoluteTime for a message beyond ASCII.",
        _a_second_late_in_wide_messages,
    ),
)


@fault("Surfaces.reply-and-transcript.same-time")
def moves_the_time_of_every_seventh_item(service: ReferenceService) -> None:
    """The transcript shows every seventh message of a chat with another time."""
    sent: Counter[str] = Counter()

    def moved(_: Context, call: Call, __: Members) -> None:
        sent[call.contact.id] += 1
        if not sent[call.contact.id] % 7:
            call.contact.items[-1].at += 1

    then(service, "SendMessage", moved)


def _arranged(service: ReferenceService, arrange: Callable[[list[Item], Call], None]) -> None:
    then(service, "SendMessage", lambda _, call, __: arrange(call.contact.items, call))


def _swap_last(items: list[Item]) -> None:
    """The last two messages change places."""
    if [item.type for item in items[-2:]] == [MESSAGE, MESSAGE]:
        items[-2:] = reversed(items[-2:])


@fault("Surfaces.reply-and-transcript.same-order", may=OF_ORDER)
def puts_every_tenth_message_before_the_ninth(service: ReferenceService) -> None:
    """The transcript lists the tenth message of a chat before the ninth."""

    def arrange(items: list[Item], _: Call) -> None:
        if not sum(item.type == MESSAGE for item in items) % 10:
            _swap_last(items)

    _arranged(service, arrange)


@fault("Surfaces.reply-and-transcript.same-order", may=OF_ORDER)
def puts_answers_of_bots_before_the_customer(service: ReferenceService) -> None:
    """The transcript lists a message of an added participant before another's message that was sent earlier."""

    def arrange(items: list[Item], call: Call) -> None:
        if call.participant.role != CUSTOMER and [item.sender for item in items[-2:-1]] != [call.participant]:
            _swap_last(items)

    _arranged(service, arrange)


@fault("Surfaces.reply-and-transcript.same-order", may=OF_ORDER)
def sorts_messages_by_id(service: ReferenceService) -> None:
    """The transcript lists messages in the order of their Ids, which are random."""

    def arrange(items: list[Item], _: Call) -> None:
        places = [place for place, item in enumerate(items) if item.type == MESSAGE]
        for place, item in zip(places, sorted((items[p] for p in places), key=lambda one: one.id), strict=True):
            items[place] = item

    _arranged(service, arrange)


@fault("Surfaces.event-reply-and-transcript.same-id", may=("GetTranscript.*", "SendEvent.*", "Surfaces.*"))
def keeps_typing_under_another_id(service: ReferenceService) -> None:
    """The transcript contains typing with another Id than that of the reply."""

    def kept(context: Context, call: Call, _: Members) -> None:
        if call.get("ContentType").endswith(".typing"):
            kind = call.get("ContentType")
            call.contact.items.append(new_item(context, call.contact, call.participant, EVENT, content_type=kind))

    then(service, "SendEvent", kept)


OF_ATTACHMENTS = ("CompleteAttachmentUpload.*", "GetAttachment.*", "GetTranscript.*", "*.ClientToken.*")


def _shown_attachments(service: ReferenceService, change: Callable[[Members, Call], None]) -> None:
    """Changes each attachment that GetTranscript shows."""

    def shown(_: Context, call: Call, members: Members) -> None:
        for item in members["Transcript"]:
            for part in item.get("Attachments", ()):
                change(part, call)

    then(service, "GetTranscript", shown)


@fault("Surfaces.attachment-and-transcript.same-attachment", may=OF_ATTACHMENTS)
def shows_attachments_under_another_id(service: ReferenceService) -> None:
    """The transcript shows an AttachmentId with a prefix that the upload's reply had not."""
    _shown_attachments(service, lambda part, _: part.update(AttachmentId="attachment-" + part["AttachmentId"]))


@fault("Surfaces.attachment-and-transcript.same-attachment", may=(*OF_ATTACHMENTS, "Surfaces.*"))
def shows_every_attachment_as_the_newest(service: ReferenceService) -> None:
    """The transcript shows every attachment with the AttachmentId of the one that was started last."""

    def change(part: Members, call: Call) -> None:
        started = [one.id for one in service.context.state.attachments.values() if one.contact is call.contact]
        part["AttachmentId"] = started[-1]

    _shown_attachments(service, change)
