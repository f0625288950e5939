"""Faults of the transcript as a whole: which items it contains, for whom, and in which order."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

from conformance.reference.context import Call, Context, Members
from conformance.reference.faults_kit.fault import fault
from conformance.reference.faults_kit.hooks import gives, then
from conformance.reference.items import item_members
from conformance.reference.service import ReferenceService
from conformance.reference.state import MESSAGE

NAME = "GetTranscript"
MOST_BYTES = 256 * 2**10
READERS = (
    "GetTranscript.*",
    "*.PersistentChat.*",
    "*.InitialMessage.*",
    "Surfaces.*",
    "*.ClientToken.*",
    "SendMessage.*",
    "*.bearer.own-*",
    "CompleteAttachment*",
)


@fault("GetTranscript.Transcript.holds-what-was-sent", may=("*",))
def loses_each_seventh_message(service: ReferenceService) -> None:
    """The transcript lacks each seventh message of a chat."""
    numbers: Counter[str] = Counter()

    def act(_: Context, call: Call, members: Members) -> None:
        numbers[call.contact.id] += 1
        if numbers[call.contact.id] % 7 == 0:
            call.contact.items[:] = [item for item in call.contact.items if item.id != members["Id"]]

    then(service, "SendMessage", act)


@fault("GetTranscript.Transcript.holds-what-was-sent", may=READERS)
def keeps_twenty_items(service: ReferenceService) -> None:
    """The endpoint stores only the newest 20 items of a chat."""
    then(service, "SendMessage", lambda _, call, __: call.contact.items.__delitem__(slice(None, -20)))


@fault("GetTranscript.Transcript.holds-what-was-sent", may=READERS)
def keeps_a_hundred_items(service: ReferenceService) -> None:
    """The endpoint stores only the newest 100 items of a chat."""
    then(service, "SendMessage", lambda _, call, __: call.contact.items.__delitem__(slice(None, -100)))


@fault("GetTranscript.Transcript.holds-what-was-sent", may=READERS)
def shows_no_more_than_256_kilobytes(service: ReferenceService) -> None:
    """GetTranscript shows only the newest items of a page that would be longer, and no other page."""

    def change(_: Context, __: Call, members: Members) -> Members:
        shown = members["Transcript"]
        while len(json.dumps(shown)) > MOST_BYTES:
            shown = shown[1:]
        return members if shown is members["Transcript"] else {**members, "Transcript": shown, "NextToken": None}

    gives(service, NAME, change)


@fault("GetTranscript.Transcript.nothing-else-of-the-sender", may=READERS)
def doubles_the_tenth_message(service: ReferenceService) -> None:
    """The transcript contains the tenth message of a chat twice, with two Ids."""

    def act(context: Context, call: Call, members: Members) -> None:
        items = call.contact.items
        if sum(item.type == MESSAGE for item in items) == 10:  # noqa: PLR2004 - the tenth
            sent = next(item for item in items if item.id == members["Id"])
            items.append(replace(sent, id=context.identifiers.uuid(), at=sent.at + 1))

    then(service, "SendMessage", act)


@fault("GetTranscript.Transcript.order-of-sending", may=(*READERS, "*order*"))
def sorts_by_seconds(service: ReferenceService) -> None:
    """The transcript lists items of the same second in the order of their Ids."""

    def change(_: Context, __: Call, members: Members) -> Members:
        order = sorted(members["Transcript"], key=lambda item: (item["AbsoluteTime"][:19], item["Id"]))
        ascending = members["Transcript"][:1] == order[:1]
        return {**members, "Transcript": order if ascending else order[::-1]}

    gives(service, NAME, change)


@fault("GetTranscript.Transcript.order-of-sending", "GetTranscript.Transcript.order-by-time", may=(*READERS, "*order*"))
def swaps_the_fifth_and_sixth(service: ReferenceService) -> None:
    """GetTranscript swaps the fifth and the sixth item of a page."""

    def change(_: Context, __: Call, members: Members) -> Members:
        shown = list(members["Transcript"])
        shown[4:6] = shown[4:6][::-1]
        return {**members, "Transcript": shown}

    gives(service, NAME, change)


@fault("GetTranscript.Transcript.same-for-all-participants", may=(*READERS, "CreateParticipant.*"))
def shows_bots_only_what_they_said(service: ReferenceService) -> None:
    """The transcript of an added participant has no messages of others."""

    def change(_: Context, call: Call, members: Members) -> Members:
        if call.participant is call.contact.participants[0]:
            return members
        own = [i for i in members["Transcript"] if i.get("ParticipantId") in (None, call.participant.id)]
        return {**members, "Transcript": own}

    gives(service, NAME, change)


@fault(
    "GetTranscript.Transcript.reading-changes-nothing",
    may=(*READERS, "LifeCycle.*", "SendEvent.ContentType.message-read"),
)
def forgets_what_was_often_read(service: ReferenceService) -> None:
    """The transcript loses its oldest item each time that it has been read five times."""
    reads: Counter[str] = Counter()

    def change(_: Context, call: Call, members: Members) -> Members:
        reads[call.contact.id] += 1
        if reads[call.contact.id] % 5 == 0:
            del call.contact.items[:2]
        return members

    gives(service, NAME, change)


@fault("GetTranscript.ContactId.another-chat", may=("GetTranscript.ContactId.*", "*.bearer.own-*"))
def shows_any_chat_that_is_named(service: ReferenceService) -> None:
    """The ContactId of any chat yields its items, whoever asks."""

    def change(context: Context, call: Call, members: Members) -> Members:
        other = context.state.contacts.get(call.get("ContactId") or "")
        if other is None or other is call.contact:
            return members
        return {**members, "Transcript": [item_members(item, other) for item in reversed(other.items)]}

    gives(service, NAME, change)


@fault("GetTranscript.ContactId.own", may=("*.PersistentChat.*", "GetTranscript.NextToken.*"))
def shows_nothing_where_a_chat_is_named(service: ReferenceService) -> None:
    """A request with a ContactId gets an empty transcript, also for the chat's own."""
    gives(service, NAME, lambda _, call, members: {**members, "Transcript": []} if call.get("ContactId") else members)
