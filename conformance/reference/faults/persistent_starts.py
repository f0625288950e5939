"""Faults of what else a start that continues an ended chat takes, keeps and repeats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.reference.clock import iso
from conformance.reference.context import Call, Context, Members, OperationHandler
from conformance.reference.errors import bad_value
from conformance.reference.faults.bearers import letting_in
from conformance.reference.faults_kit.fault import Fault, declare, fault
from conformance.reference.faults_kit.hooks import first, gives, takes, then
from conformance.reference.faults_kit.idempotency import repeating, seeding
from conformance.reference.idempotency import Memory
from conformance.reference.lifecycle import ContactEvent
from conformance.reference.service import ReferenceService
from conformance.reference.state import MESSAGE, Contact
from conformance.reference.transcript import past_chats

START, READ, SUBJECT = "StartChatContact", "GetTranscript", "persistent-starts"
MOST_MEMBERS = 10


def _anew(memory: Memory, context: Context, call: Call, perform: OperationHandler) -> Members:
    return perform(context, call) if call.get("PersistentChat") else memory.once(context, call, perform)


@fault("StartChatContact.ClientToken.same-token-same-result")
def starts_persistent_chats_anew(service: ReferenceService) -> None:
    """A persistent start is done again each time, whatever its ClientToken."""
    seeding(lambda: _anew, START)(service)


def _bare(_context: Context, _call: Call, members: Members) -> Members:
    return {name: value for name, value in members.items() if name != "ContinuedFromContactId"}


@fault("StartChatContact.PersistentChat.from-segment")
def repeats_without_what_it_continues(service: ReferenceService) -> None:
    """The repeated reply to a persistent start has no ContinuedFromContactId."""
    seeding(repeating(_bare), START)(service)


def _forgetful(member: str, red: str) -> Fault:
    """A persistent start does not have one of its other members."""

    def instead(_: Context, call: Call) -> dict[str, Any]:
        return {member: None} if call.get("PersistentChat") else {}

    says = f"A persistent start has no {member}."
    name = f"continues-without-{member}"
    return declare(name, says, lambda service: takes(service, START, instead), red, may=("StartChatContact.*",))


FORGETFUL = (
    _forgetful("Attributes", "StartChatContact.Attributes.returned"),
    _forgetful("CustomerId", "StartChatContact.CustomerId.returned"),
    _forgetful("InitialMessage", "StartChatContact.InitialMessage.in-transcript"),
    _forgetful("ConnectionTypes", "StartChatContact.ConnectionTypes.both"),
    _forgetful("SupportedMessagingContentTypes", "SendMessage.ContentType.declared-accepted"),
)


def _source(context: Context, call: Call) -> Contact | None:
    return context.state.contacts.get((call.get("PersistentChat") or {}).get("SourceContactId") or "")


def _choosy(name: str, says: str, when: Callable[[Contact], bool]) -> Fault:
    """A source that `when` is true of is refused."""

    def act(context: Context, call: Call) -> None:
        source = _source(context, call)
        if source is not None and when(source):
            raise bad_value(call.operation, "It is not continued.")

    return declare(
        name,
        says,
        lambda s: first(s, START, act),
        "StartChatContact.PersistentChat.from-segment",
        may=("StartChatContact.PersistentChat.*",),
    )


CHOOSY = (
    _choosy(
        "continues-nothing-that-was-left",
        "The endpoint refuses a source that its customer has left.",
        lambda source: source.end_reason is ContactEvent.CUSTOMER_LEAVES,
    ),
    _choosy(
        "continues-nothing-whose-time-was-up",
        "The endpoint refuses a source whose duration has passed.",
        lambda source: source.end_reason is ContactEvent.TIME_IS_UP,
    ),
)


@fault("StartChatContact.PersistentChat.from-segment", may=("StartChatContact.*",))
def continues_nothing_with_many_members(service: ReferenceService) -> None:
    """The endpoint refuses a persistent start with more than ten members."""

    def act(_: Context, call: Call) -> None:
        given = [name for name, value in call.arguments.items() if value is not None]
        if call.get("PersistentChat") and len(given) > MOST_MEMBERS:
            raise bad_value(call.operation, "These do not go together.")

    first(service, START, act)


@fault("StartChatContact.PersistentChat.from-segment", may=("StartChatContact.PersistentChat.*",))
def continues_a_chat_only_once(service: ReferenceService) -> None:
    """The endpoint refuses a source that another chat continues."""
    used: list[Contact] = []

    def act(context: Context, call: Call) -> None:
        if _source(context, call) in used:
            raise bad_value(call.operation, "It was continued.")

    first(service, START, act)
    then(service, START, lambda context, call, _: used.extend(filter(None, [_source(context, call)])))


def _past(name: str, says: str, red: str, change: Callable[[Context, Call, Members], Members]) -> Fault:
    """Past items are shown as `change` says what differs."""

    def changed(context: Context, call: Call, members: Members) -> Members:
        items = [i | change(context, call, i) if "RelatedContactId" in i else i for i in members["Transcript"]]
        return {**members, "Transcript": items}

    return declare(name, says, lambda s: gives(s, READ, changed), red, may=("StartChatContact.PersistentChat.*",))


PAST = (
    _past(
        "shows-past-items-under-the-current-name",
        "Past items have the current customer's DisplayName.",
        "StartChatContact.PersistentChat.past-items-unchanged",
        lambda _, call, __: {"DisplayName": call.contact.participants[0].display_name},
    ),
    _past(
        "shows-past-items-as-the-current-customers",
        "Past items have the current customer's ParticipantId.",
        "StartChatContact.PersistentChat.past-items-unchanged",
        lambda _, call, __: {"ParticipantId": call.contact.participants[0].id},
    ),
    _past(
        "shows-past-items-as-just-sent",
        "Past items have the time at which the current chat began.",
        "StartChatContact.PersistentChat.past-items-unchanged",
        lambda _, call, __: {"AbsoluteTime": iso(call.contact.started_at)},
    ),
    _past(
        "shows-past-items-as-the-systems",
        "Past items have the role SYSTEM.",
        "StartChatContact.PersistentChat.past-items-unchanged",
        lambda *_: {"ParticipantRole": "SYSTEM"},
    ),
    _past(
        "shows-past-messages-as-plain-text",
        "Past messages are text/plain.",
        "StartChatContact.PersistentChat.past-items-unchanged",
        lambda _, __, item: {"ContentType": "text/plain"} if item["Type"] == MESSAGE else {},
    ),
    _past(
        "relates-all-past-items-to-the-first-chat",
        "Every past item has the id of the first chat of the chain.",
        "StartChatContact.PersistentChat.past-items-related-contact",
        lambda _, call, __: {"RelatedContactId": past_chats(call.contact)[0].id},
    ),
)


@fault("StartChatContact.PersistentChat.past-chat-untouched", may=("StartChatContact.PersistentChat.*", "LifeCycle.*"))
def serves_past_chats_again(service: ReferenceService) -> None:
    """Those of a chat that another one continues are served again."""
    back: list[Contact | None] = []
    then(service, START, lambda context, call, _: back.append(_source(context, call)))
    for operation in ("SendMessage", "GetTranscript"):
        letting_in(service, operation, lambda _, who: who.contact in back)


@fault("UpdateContactAttributes.Attributes.other-contacts-untouched")
def updates_past_chats_too(service: ReferenceService) -> None:
    """An update of a chat changes what it continues, too."""

    def act(context: Context, call: Call, _: Members) -> None:
        past = context.state.contacts[call.get("InitialContactId")].continued_from
        if past is not None:
            past.attributes = past.attributes | call.get("Attributes")

    then(service, "UpdateContactAttributes", act)
