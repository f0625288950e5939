"""Faults of chats that continue others: what they continue, and what their transcripts reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import gives, on_refusal, takes, then
from conformance.reference.faults_kit.operators import TRIMMED, Change, Place
from conformance.reference.service import ReferenceService
from conformance.reference.state import Contact
from conformance.reference.transcript import past_chats

START, READ = "StartChatContact", "GetTranscript"
CHAIN = ("StartChatContact.PersistentChat.*", "GetTranscript.NextToken.*")


def _starting(when: Callable[[Context, dict[str, Any]], object]) -> Seed:
    """A plain chat is started where a persistent one must be refused."""

    def instead(context: Context, call: Call) -> dict[str, Any]:
        wanted = call.get("PersistentChat")
        return {"PersistentChat": None} if wanted and when(context, wanted) else {}

    return lambda service: takes(service, START, instead)


def _source(context: Context, wanted: dict[str, Any]) -> Contact | None:
    return context.state.contacts.get(wanted.get("SourceContactId") or "")


def _active(context: Context, wanted: dict[str, Any]) -> bool:
    source = _source(context, wanted)
    return source is not None and source.active


_lax = Rows(_starting, may=CHAIN)
LAX = (
    _lax(
        "continues-without-a-kind",
        "The endpoint accepts a PersistentChat without RehydrationType.",
        lambda _, wanted: not wanted.get("RehydrationType"),
        "StartChatContact.PersistentChat.rehydration-type-required",
    ),
    _lax(
        "continues-without-a-source",
        "The endpoint accepts a PersistentChat without SourceContactId.",
        lambda _, wanted: not wanted.get("SourceContactId"),
        "StartChatContact.PersistentChat.source-contact-required",
    ),
    _lax(
        "continues-what-is-unknown",
        "The endpoint accepts a PersistentChat of an unknown contact.",
        lambda context, wanted: wanted.get("SourceContactId") and _source(context, wanted) is None,
        "StartChatContact.PersistentChat.unknown-source-refused",
    ),
    _lax(
        "continues-what-is-active",
        "The endpoint accepts a PersistentChat of an active chat.",
        _active,
        "StartChatContact.PersistentChat.active-source-refused",
    ),
    _lax(
        "continues-active-sessions",
        "The endpoint accepts a PersistentChat of the whole session of an active chat.",
        lambda context, wanted: wanted.get("RehydrationType") == "ENTIRE_PAST_SESSION" and _active(context, wanted),
        "StartChatContact.PersistentChat.active-source-refused",
    ),
)


@fault("StartChatContact.PersistentChat.of-another-instance", may=CHAIN)
def continues_chats_of_any_instance(service: ReferenceService) -> None:
    """The source of a persistent chat may be of another instance."""

    def act(context: Context, call: Call, _: Refusal) -> Members | None:
        source = _source(context, call.get("PersistentChat") or {})
        if source is None or source.active or source.instance_id == call.get("InstanceId"):
            return None
        return service.handlers["plain"](context, replace(call, arguments={**call.arguments, "PersistentChat": None}))

    service.handlers["plain"] = service.handlers[START]
    on_refusal(service, START, act)


@fault(
    "StartChatContact.PersistentChat.from-segment",
    "StartChatContact.PersistentChat.entire-past-session-of-one",
    may=CHAIN,
)
def does_not_say_what_it_continues(service: ReferenceService) -> None:
    """StartChatContact returns no ContinuedFromContactId for a persistent start."""
    gives(service, START, lambda _, __, m: {k: v for k, v in m.items() if k != "ContinuedFromContactId"})


@fault("StartChatContact.PersistentChat.from-segment-leaves-later-out", may=CHAIN)
def continues_whole_sessions_only(service: ReferenceService) -> None:
    """StartChatContact continues a segment at the end of its session and of all that continued it."""
    joined = replace(service.context.choices, continued_chats="the same session")
    service.context = replace(service.context, choices=joined)
    takes(service, START, lambda _, call: _of_kind(call, "ENTIRE_PAST_SESSION"))


def _of_kind(call: Call, kind: str) -> dict[str, Any]:
    wanted = call.get("PersistentChat")
    return {"PersistentChat": {**wanted, "RehydrationType": kind}} if wanted and wanted.get("RehydrationType") else {}


def _past(change: Callable[[Context, Call, dict[str, Any]], dict[str, Any] | None]) -> Seed:
    """Changes each past item that is shown; None leaves it out."""

    def seed(service: ReferenceService) -> None:
        def changed(context: Context, call: Call, members: Members) -> Members:
            shown = [change(context, call, i) if "RelatedContactId" in i else i for i in members["Transcript"]]
            return {**members, "Transcript": [item for item in shown if item is not None]}

        gives(service, READ, changed)

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

    def changed(_: Context, call: Call, members: Members) -> Members:
        source = call.contact.continued_from
        shown = [
            {**i, "RelatedContactId": source.id} if source and "ContactId" in i else i for i in members["Transcript"]
        ]
        return {**members, "Transcript": shown}

    gives(service, READ, changed)


@fault("StartChatContact.PersistentChat.first-page-has-next-token", may=(*CHAIN, "GetTranscript.*"))
def ends_before_the_past(service: ReferenceService) -> None:
    """GetTranscript gives no NextToken on the page of the first current item, though past items remain."""

    def changed(_: Context, call: Call, members: Members) -> Members:
        left = call.contact.items[:1] and call.contact.items[0].id not in [i["Id"] for i in members["Transcript"]]
        keep = left or not past_chats(call.contact)
        return members if keep else {k: v for k, v in members.items() if k != "NextToken"}

    gives(service, READ, changed)


@fault("StartChatContact.PersistentChat.new-contact", may=("*",))
def goes_on_in_the_past_chat(service: ReferenceService) -> None:
    """StartChatContact gives a persistent chat the ContactId of the chat that it continues."""

    def act(context: Context, _: Call, members: Members) -> None:
        if "ContinuedFromContactId" in members:
            made = context.state.contacts[members["ContactId"]]
            made.id = members["ContinuedFromContactId"]
            context.state.contacts[made.id] = made
            members["ContactId"] = made.id

    then(service, START, act)


@fault("StartChatContact.PersistentChat.other-chats-hidden", may=(*CHAIN, "GetTranscript.*", "*.bearer.own-chat-only"))
def continues_the_latest_chat_too(service: ReferenceService) -> None:
    """A persistent chat also shows messages of the instance's first ended chats."""

    def act(context: Context, _: Call, members: Members) -> None:
        made = context.state.contacts[members["ContactId"]]
        if made.continued_from is not None:
            chain = [made, *past_chats(made)]
            others = [c for c in context.state.contacts.values() if not c.active and c.items and c not in chain]
            made.items[:0] = others[-1].items if others else []

    then(service, START, act)


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
