"""Faults of transcript items: another content than the reply gave, another attachment than was uploaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from conformance.contract.wire import Request, Response
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults_kit.fault import Seed, fault
from conformance.reference.faults_kit.hooks import then
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
from conformance.reference.service import Handler, ReferenceService
from conformance.reference.state import Item

# What else rests on the transcript's contents.
OF_CONTENT = ("GetTranscript.*",)


def _store(change: Callable[[str], str]) -> Seed:
    """The transcript has a message's content as `change` makes it."""

    def alter(_: Context, call: Call, __: Members) -> None:
        item = call.contact.items[-1]
        item.content = change(item.content or "")

    return lambda service: then(service, "SendMessage", alter)


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

    def change(_: Context, call: Call, __: Members) -> None:
        if call.get("ContentType") == "text/markdown":
            call.contact.items[-1].content_type = "text/plain"

    then(service, "SendMessage", change)


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

    def swap(_: Context, call: Call, __: Members) -> None:
        item = call.contact.items[-1]
        if latest and latest[-1][0] != call.contact.id:
            pairs["seen"] += 1
            if not pairs["seen"] % 3:
                other = latest[-1][1]
                item.content, other.content = other.content, item.content
        latest.append((call.contact.id, item))

    then(service, "SendMessage", swap)


OF_ATTACHMENTS = ("CompleteAttachmentUpload.*", "GetAttachment.*", "GetTranscript.*", "*.ClientToken.*")


def _shown_attachments(service: ReferenceService, change: Callable[[Members, Call], None]) -> None:
    """Changes each attachment that GetTranscript shows."""

    def show(_: Context, call: Call, members: Members) -> None:
        for item in members["Transcript"]:
            for part in item.get("Attachments", ()):
                change(part, call)

    then(service, "GetTranscript", show)


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
