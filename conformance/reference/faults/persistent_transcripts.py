"""Faults of chats that continue others: what their transcripts reach, and how they show the past."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.reference.context import Call, Context, Members
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import gives, takes
from conformance.reference.faults_kit.operators import TRIMMED, Change, Place
from conformance.reference.service import ReferenceService
from conformance.reference.transcript import past_chats

READ = "GetTranscript"
CHAIN = ("StartChatContact.PersistentChat.*", "GetTranscript.NextToken.*")


def _past(change: Callable[[Context, Call, dict[str, Any]], dict[str, Any] | None]) -> Seed:
    """Changes each past item that is shown; None leaves it out."""

    def seed(service: ReferenceService) -> None:
        def alter(context: Context, call: Call, members: Members) -> Members:
            shown = [change(context, call, i) if "RelatedContactId" in i else i for i in members["Transcript"]]
            return {**members, "Transcript": [item for item in shown if item is not None]}

        gives(service, READ, alter)

    return seed


def _of_the_last_ten(context: Context, _: Call, item: dict[str, Any]) -> dict[str, Any] | None:
    past = context.state.contacts[item["RelatedContactId"]].items[-10:]
    return item if item["Id"] in [one.id for one in past] else None


def _as_current(_: Context, call: Call, item: dict[str, Any]) -> dict[str, Any]:
    return {**{k: v for k, v in item.items() if k != "RelatedContactId"}, "ContactId": call.contact.id}


def _of_source(_: Context, call: Call, item: dict[str, Any]) -> dict[str, Any] | None:
    source = call.contact.continued_from
    return item if source and item["RelatedContactId"] == source.id else None


def _content(change: Change) -> Seed:
    return _past(lambda _, __, item: {**item, "Content": change(item["Content"])} if "Content" in item else item)


_shown = Rows(_past, may=CHAIN)
PAST = (
    *Place(
        "The transcript shows a past message", _content, "StartChatContact.PersistentChat.past-items-shown", may=CHAIN
    ).faults({"trims-past-messages": TRIMMED}),
    _shown(
        "hides-past-items",
        "The transcript of a persistent chat contains no past items.",
        lambda _, __, ___: None,
        "StartChatContact.PersistentChat.past-items-shown",
    ),
    _shown(
        "shows-ten-past-items",
        "The transcript contains only the last ten items of a past chat.",
        _of_the_last_ten,
        "StartChatContact.PersistentChat.past-items-shown",
    ),
    _shown(
        "shows-past-items-as-current",
        "The transcript shows past items with the current chat's ContactId.",
        _as_current,
        "StartChatContact.PersistentChat.past-items-related-contact",
    ),
    _shown(
        "shows-both-chats-of-past-items",
        "The transcript shows past items with a ContactId, too.",
        lambda _, __, item: {**item, "ContactId": item["RelatedContactId"]},
        "StartChatContact.PersistentChat.past-items-related-contact",
    ),
    _shown(
        "shows-the-last-past-chat-only",
        "The transcript contains only the items of the latest past chat.",
        _of_source,
        "StartChatContact.PersistentChat.linkage-accumulates",
    ),
)


@fault("StartChatContact.PersistentChat.current-items-contact", may=(*CHAIN, "GetTranscript.*"))
def relates_current_items(service: ReferenceService) -> None:
    """The transcript shows current items of a persistent chat with the past chat's id."""

    def change(_: Context, call: Call, members: Members) -> Members:
        source = call.contact.continued_from
        shown = [
            {**i, "RelatedContactId": source.id} if source and "ContactId" in i else i for i in members["Transcript"]
        ]
        return {**members, "Transcript": shown}

    gives(service, READ, change)


@fault("StartChatContact.PersistentChat.first-page-has-next-token", may=(*CHAIN, "GetTranscript.*"))
def ends_before_the_past(service: ReferenceService) -> None:
    """GetTranscript gives no NextToken on the page of the first current item, though past items remain."""

    def change(_: Context, call: Call, members: Members) -> Members:
        left = call.contact.items[:1] and call.contact.items[0].id not in [i["Id"] for i in members["Transcript"]]
        keep = left or not past_chats(call.contact)
        return members if keep else {k: v for k, v in members.items() if k != "NextToken"}

    gives(service, READ, change)


@fault("StartChatContact.PersistentChat.past-before-current", may=(*CHAIN, "GetTranscript.*"))
def shows_the_past_behind_the_present(service: ReferenceService) -> None:
    """A page of a persistent chat's last items shows its past items, too, as if they were the newest."""
    perform = service.handlers[READ]

    def whole(context: Context, call: Call) -> Members:
        reply = perform(context, call)
        if not call.contact.continued_from or "NextToken" not in reply or call.get("NextToken"):
            return reply
        more = perform(context, replace(call, arguments={**call.arguments, "NextToken": reply["NextToken"]}))
        late = (reply["Transcript"], more["Transcript"])
        order = late if call.get("SortOrder") == "ASCENDING" else late[::-1]
        return {**more, "Transcript": [*order[0], *order[1]]}

    service.handlers[READ] = whole


def _reaching(given: str) -> Callable[[Context, Call], dict[str, Any]]:
    """A page that was asked for with `given` is one without it, where the chat continues another."""
    return lambda _, call: {given: None, "ScanDirection": None} if call.contact.continued_from else {}


@fault("StartChatContact.PersistentChat.start-position-current-only", may=(*CHAIN, "GetTranscript.*"))
def reaches_the_past_from_a_start(service: ReferenceService) -> None:
    """The endpoint ignores a StartPosition in a chat that continues another."""
    takes(service, READ, _reaching("StartPosition"))


@fault("StartChatContact.PersistentChat.contact-id-current-only", may=(*CHAIN, "GetTranscript.*"))
def reaches_the_past_under_a_contact_id(service: ReferenceService) -> None:
    """The endpoint ignores a ContactId in a chat that continues another."""
    takes(service, READ, _reaching("ContactId"))
