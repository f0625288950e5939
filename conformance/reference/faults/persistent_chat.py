"""Faults of chats that continue others: which chats a start continues, and what it says of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import gives, on_refusal, takes, then
from conformance.reference.service import ReferenceService
from conformance.reference.state import Contact
from conformance.reference.transcript import past_chats

START = "StartChatContact"
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
