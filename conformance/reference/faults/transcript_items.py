"""Faults of what GetTranscript shows of each item."""

from __future__ import annotations

import html
import json
import unicodedata
from collections.abc import Callable
from typing import Any

from conformance.contract.content_types import JOINED
from conformance.reference.clock import iso
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults_kit.fault import Fault, Seed, fault
from conformance.reference.faults_kit.hooks import gives
from conformance.reference.service import ReferenceService
from conformance.reference.state import EVENT, MESSAGE

NAME = "GetTranscript"
LAST_OF_THE_BMP = "\uffff"
ANY_CONTENT = (
    "GetTranscript.*",
    "*.PersistentChat.*",
    "*.InitialMessage.*",
    "*.ClientToken.*",
    "Clients.calls.*",
    "Surfaces.*.same-content",
    "SendMessage.Content.*",
    "SendMessage.effect.*",
)
Item = dict[str, Any]
Change = Callable[[Context, Call, Item], Item]


def items_become(change: Change) -> Seed:
    """Each item that is shown is what `change` makes of it; the stored one stays."""

    def seed(service: ReferenceService) -> None:
        def changed(context: Context, call: Call, members: Members) -> Members:
            return {**members, "Transcript": [change(context, call, dict(item)) for item in members["Transcript"]]}

        gives(service, NAME, changed)

    return seed


def _shown(name: str, says: str, change: Change, *red: str, may: tuple[str, ...] = ()) -> Fault:
    return Fault(name, says, red, may, "transcript-items", items_become(change))


def _content(change: Callable[[str], str], content_type: str | None = None) -> Change:
    """Changes the content of messages, or of those of one content type."""

    def changed(_: Context, __: Call, item: Item) -> Item:
        meant = item["Type"] == MESSAGE and content_type in (None, item["ContentType"])
        return {**item, "Content": change(item["Content"])} if meant and "Content" in item else item

    return changed


def _with(**members: Any) -> Change:
    """Gives every message these members; None takes one away."""

    def changed(_: Context, __: Call, item: Item) -> Item:
        if item["Type"] != MESSAGE:
            return item
        return {name: value for name, value in {**item, **members}.items() if value is not None}

    return changed


def _of_the_customer(member: str, attribute: str) -> Change:
    """Shows every message with something of the participant who started the chat."""

    def changed(_: Context, call: Call, item: Item) -> Item:
        return {**item, member: getattr(call.contact.participants[0], attribute)} if item["Type"] == MESSAGE else item

    return changed


def _related(_: Context, call: Call, item: Item) -> Item:
    return {**item, "RelatedContactId": call.contact.id}


def _at_reading(context: Context, _: Call, item: Item) -> Item:
    return {**item, "AbsoluteTime": iso(context.now())}


def _odd_event(_: Context, __: Call, item: Item) -> Item:
    return {**item, "ContentType": item["ContentType"].rpartition(".")[2]} if item["Type"] == EVENT else item


_DISPLAYED = (
    "GetTranscript.output.*",
    "LifeCycle.participants.*",
    "*.InitialMessage.*",
    "Surfaces.*",
    "CreateParticipant.*",
    "StartChatContact.DisplayName.*",
    "GetTranscript.Transcript.*",
    "*.PersistentChat.*",
)
CONTENTS = (
    _shown(
        "shows-trimmed-contents",
        "Blanks around a message are not shown.",
        _content(str.strip),
        "GetTranscript.Transcript.content-blanks",
        may=ANY_CONTENT,
    ),
    _shown(
        "shows-single-blanks",
        "Several blanks in a message are shown as one.",
        _content(lambda text: " ".join(text.split(" ")).replace("  ", " ")),
        "GetTranscript.Transcript.content-blanks",
        may=ANY_CONTENT,
    ),
    _shown(
        "shows-other-line-breaks",
        "A carriage return and line feed are shown as a line feed.",
        _content(lambda text: text.replace("\r\n", "\n")),
        "GetTranscript.Transcript.content-blanks",
        may=ANY_CONTENT,
    ),
    _shown(
        "shows-composed-characters",
        "Contents are shown in Unicode's composed form.",
        _content(lambda text: unicodedata.normalize("NFC", text)),
        "GetTranscript.Transcript.content-non-bmp",
        may=ANY_CONTENT,
    ),
    _shown(
        "shows-the-bmp-only",
        "Characters beyond the BMP are shown as question marks.",
        _content(lambda text: "".join("?" if c > LAST_OF_THE_BMP else c for c in text)),
        "GetTranscript.Transcript.content-non-bmp",
        may=ANY_CONTENT,
    ),
    _shown(
        "shows-no-joiners",
        "Joiners and direction marks are not shown.",
        _content(lambda text: "".join(c for c in text if unicodedata.category(c) != "Cf")),
        "GetTranscript.Transcript.content-non-bmp",
        may=ANY_CONTENT,
    ),
    _shown(
        "shows-no-byte-order-mark",
        "The endpoint drops a mark at the begin of a message as a byte order mark.",
        _content(lambda text: text.removeprefix("\ufeff")),
        "GetTranscript.Transcript.content-non-bmp",
        may=ANY_CONTENT,
    ),
    _shown(
        "shows-no-nul",
        "NUL is dropped from a message.",
        _content(lambda text: text.replace("\0", "")),
        "GetTranscript.Transcript.content-control",
        may=ANY_CONTENT,
    ),
    _shown(
        "shows-no-noncharacters",
        "Noncharacters are dropped from a message.",
        _content(lambda text: "".join(c for c in text if unicodedata.category(c) != "Cn")),
        "GetTranscript.Transcript.content-control",
        may=ANY_CONTENT,
    ),
    _shown(
        "shows-no-control-characters",
        "Control characters other than blanks are dropped from a message.",
        _content(lambda text: "".join(c for c in text if unicodedata.category(c) != "Cc" or c.isspace())),
        "GetTranscript.Transcript.content-control",
        may=ANY_CONTENT,
    ),
    _shown(
        "shows-one-byte-less",
        "Of a message of the greatest length the last byte is not shown.",
        _content(lambda text: text.encode()[:16_383].decode("utf-8", "ignore")),
        "GetTranscript.Transcript.content-longest",
        may=ANY_CONTENT,
    ),
    _shown(
        "shows-8192-characters",
        "Of a message 8,192 characters are shown at most.",
        _content(lambda text: text[:8_192]),
        "GetTranscript.Transcript.content-longest",
        may=ANY_CONTENT,
    ),
    _shown(
        "shows-escaped-markup",
        "Markup is shown escaped.",
        _content(html.escape),
        "GetTranscript.Transcript.content-markup",
        may=ANY_CONTENT,
    ),
    _shown(
        "shows-resolved-entities",
        "Entities are shown resolved.",
        _content(html.unescape),
        "GetTranscript.Transcript.content-markup",
        may=ANY_CONTENT,
    ),
    _shown(
        "shows-resolved-escapes",
        "A backslash and an n are shown as a line break.",
        _content(lambda text: text.replace("\\n", "\n")),
        "GetTranscript.Transcript.content-markup",
        may=ANY_CONTENT,
    ),
    _shown(
        "shows-json-anew",
        "JSON that was sent is shown as a program would write it.",
        _content(lambda text: json.dumps(json.loads(text)), "application/json"),
        "GetTranscript.Transcript.content-json-text",
        may=ANY_CONTENT,
    ),
    _shown(
        "shows-sorted-json",
        "JSON that was sent is shown with its members in the order of the alphabet.",
        _content(lambda text: json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False), "application/json"),
        "GetTranscript.Transcript.content-json-text",
        may=ANY_CONTENT,
    ),
)
MEMBERS = (
    _shown(
        "shows-all-as-plain-text",
        "Every message is shown with the content type text/plain.",
        _with(ContentType="text/plain"),
        "GetTranscript.Transcript.content-type",
        may=_DISPLAYED,
    ),
    _shown(
        "shows-messages-as-events",
        "A message is shown as an item of type EVENT.",
        _with(Type=EVENT),
        "GetTranscript.Transcript.type-message",
        may=(*_DISPLAYED, "*"),
    ),
    _shown(
        "shows-everyone-as-the-customer",
        "A message is shown with the ParticipantId of the one who started the chat.",
        _of_the_customer("ParticipantId", "id"),
        "GetTranscript.Transcript.participant-id",
        may=(*_DISPLAYED, "*.bearer.own-*", "LifeCycle.participants.*"),
    ),
    _shown(
        "shows-one-name-for-all",
        "A message is shown with the DisplayName of the one who started the chat.",
        _of_the_customer("DisplayName", "display_name"),
        "GetTranscript.Transcript.display-name",
        may=_DISPLAYED,
    ),
    _shown(
        "shows-no-name",
        "A message has no DisplayName.",
        _with(DisplayName=None),
        "GetTranscript.Transcript.display-name",
        may=_DISPLAYED,
    ),
    _shown(
        "shows-customers-as-agents",
        "A message has the role AGENT, whoever sent it.",
        _with(ParticipantRole="AGENT"),
        "GetTranscript.Transcript.role-customer",
        may=_DISPLAYED,
    ),
    _shown(
        "shows-no-chat",
        "A message has no ContactId.",
        _with(ContactId=None),
        "GetTranscript.Transcript.contact-id",
        may=_DISPLAYED,
    ),
    _shown(
        "relates-all-chats",
        "Each item has a RelatedContactId.",
        _related,
        "GetTranscript.Transcript.no-related-contact-id",
        may=_DISPLAYED,
    ),
    _shown(
        "shows-the-time-of-reading",
        "Items have the time at which they are read.",
        _at_reading,
        "GetTranscript.Transcript.reading-changes-nothing",
        may=("*",),
    ),
    _shown(
        "names-events-shortly",
        "Events have the end of their content type only.",
        _odd_event,
        "GetTranscript.Transcript.event-content-type",
        may=("*",),
    ),
)


@fault("GetTranscript.Transcript.participant-joined", may=("CreateParticipant.*", "*joined*"))
def keeps_no_joined_events(service: ReferenceService) -> None:
    """The transcript contains no event of a participant who joined."""

    def without(_: Context, __: Call, members: Members) -> Members:
        return {**members, "Transcript": [i for i in members["Transcript"] if i.get("ContentType") != JOINED]}

    gives(service, NAME, without)


@fault(
    "GetTranscript.InitialContactId.of-a-new-chat", may=("*.PersistentChat.*", "Surfaces.*", "GetTranscript.output.*")
)
def begins_every_chain_anew(service: ReferenceService) -> None:
    """The InitialContactId is another with each reply."""
    gives(service, NAME, lambda context, _, members: {**members, "InitialContactId": context.identifiers.uuid()})


@fault("GetTranscript.Transcript.id-unique", may=("GetTranscript.*", "SendMessage.Id.unique", "Surfaces.*"))
def gives_two_items_one_id(service: ReferenceService) -> None:
    """A message is followed by an event that has its Id, once there are three messages."""

    def changed(_: Context, call: Call, members: Members) -> Members:
        said = [item["Id"] for item in members["Transcript"] if item["Type"] == MESSAGE]
        shown = [
            {**item, "Type": EVENT, "ContentType": JOINED} if place == len(members["Transcript"]) else item
            for place, item in enumerate([*members["Transcript"], *members["Transcript"][-1:]])
        ]
        return {**members, "Transcript": shown} if len(said) > len(call.contact.participants) + 1 else members

    gives(service, NAME, changed)
