"""Faults of what else a start that continues an ended chat takes, keeps and repeats."""

from __future__ import annotations

from collections.abc import Callable

from conformance.reference.clock import iso
from conformance.reference.context import Call, Context, Members, OperationHandler
from conformance.reference.errors import bad_value
from conformance.reference.faults.bearers import letting_in
from conformance.reference.faults_kit.fault import Rows, Seed, declare, fault
from conformance.reference.faults_kit.hooks import first, gives, takes, then
from conformance.reference.faults_kit.idempotency import repeating, seeding
from conformance.reference.idempotency import Memory
from conformance.reference.lifecycle import ContactEvent
from conformance.reference.service import ReferenceService
from conformance.reference.state import MESSAGE, Contact
from conformance.reference.transcript import past_chats

START, READ = "StartChatContact", "GetTranscript"
MOST_MEMBERS = 10


def _anew(memory: Memory, context: Context, call: Call, perform: OperationHandler) -> Members:
    return perform(context, call) if call.get("PersistentChat") else memory.once(context, call, perform)


@fault("StartChatContact.ClientToken.same-token-same-result")
def starts_persistent_chats_anew(service: ReferenceService) -> None:
    """StartChatContact repeats a persistent start each time, whatever its ClientToken."""
    seeding(lambda: _anew, START)(service)


def _bare(_context: Context, _call: Call, members: Members) -> Members:
    return {name: value for name, value in members.items() if name != "ContinuedFromContactId"}


@fault("StartChatContact.PersistentChat.from-segment")
def repeats_without_what_it_continues(service: ReferenceService) -> None:
    """StartChatContact repeats its reply to a persistent start without ContinuedFromContactId."""
    seeding(repeating(_bare), START)(service)


def _losing(member: str) -> Seed:
    return lambda service: takes(service, START, lambda _, call: {member: None} if call.get("PersistentChat") else {})


FORGETFUL = tuple(
    declare(
        f"continues-without-{member}",
        f"The endpoint does not store the {member} of a persistent start.",
        _losing(member),
        red,
        may=("StartChatContact.*",),
    )
    for member, red in (
        ("Attributes", "StartChatContact.Attributes.returned"),
        ("CustomerId", "StartChatContact.CustomerId.returned"),
        ("InitialMessage", "StartChatContact.InitialMessage.in-transcript"),
        ("ConnectionTypes", "StartChatContact.ConnectionTypes.both"),
        ("SupportedMessagingContentTypes", "SendMessage.ContentType.declared-accepted"),
    )
)


def _source(context: Context, call: Call) -> Contact | None:
    return context.state.contacts.get((call.get("PersistentChat") or {}).get("SourceContactId") or "")


def _refusing(when: Callable[[Contact], bool]) -> Seed:
    """A source that `when` is true of is refused."""

    def act(context: Context, call: Call) -> None:
        source = _source(context, call)
        if source is not None and when(source):
            raise bad_value(call.operation, "It is not continued.")

    return lambda service: first(service, START, act)


CHAIN = ("StartChatContact.PersistentChat.*",)
_choosy = Rows(_refusing, "StartChatContact.PersistentChat.from-segment", may=CHAIN)
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


@fault("StartChatContact.PersistentChat.from-segment", may=CHAIN)
def continues_a_chat_only_once(service: ReferenceService) -> None:
    """The endpoint refuses a source that another chat continues."""
    used: list[Contact] = []

    def act(context: Context, call: Call) -> None:
        if _source(context, call) in used:
            raise bad_value(call.operation, "It was continued.")

    first(service, START, act)
    then(service, START, lambda context, call, _: used.extend(filter(None, [_source(context, call)])))


def _change_past(change: Callable[[Context, Call, Members], Members]) -> Seed:
    """Past items are shown as `change` says what differs."""

    def alter(context: Context, call: Call, members: Members) -> Members:
        items = [i | change(context, call, i) if "RelatedContactId" in i else i for i in members["Transcript"]]
        return {**members, "Transcript": items}

    return lambda service: gives(service, READ, alter)


_past = Rows(_change_past, may=CHAIN)
PAST = (
    _past(
        "shows-past-items-under-the-current-name",
        "The transcript shows past items with the current customer's DisplayName.",
        lambda _, call, __: {"DisplayName": call.contact.participants[0].display_name},
        "StartChatContact.PersistentChat.past-items-unchanged",
    ),
    _past(
        "shows-past-items-as-the-current-customers",
        "The transcript shows past items with the current customer's ParticipantId.",
        lambda _, call, __: {"ParticipantId": call.contact.participants[0].id},
        "StartChatContact.PersistentChat.past-items-unchanged",
    ),
    _past(
        "shows-past-items-as-just-sent",
        "The transcript shows past items with the time at which the current chat began.",
        lambda _, call, __: {"AbsoluteTime": iso(call.contact.started_at)},
        "StartChatContact.PersistentChat.past-items-unchanged",
    ),
    _past(
        "shows-past-items-as-the-systems",
        "The transcript shows past items with the role SYSTEM.",
        lambda *_: {"ParticipantRole": "SYSTEM"},
        "StartChatContact.PersistentChat.past-items-unchanged",
    ),
    _past(
        "shows-past-messages-as-plain-text",
        "The transcript shows past messages as text/plain.",
        lambda _, __, item: {"ContentType": "text/plain"} if item["Type"] == MESSAGE else {},
        "StartChatContact.PersistentChat.past-items-unchanged",
    ),
    _past(
        "relates-all-past-items-to-the-first-chat",
        "The transcript shows every past item with the id of the first chat of the chain.",
        lambda _, call, __: {"RelatedContactId": past_chats(call.contact)[0].id},
        "StartChatContact.PersistentChat.past-items-related-contact",
    ),
)


@fault("StartChatContact.PersistentChat.past-chat-untouched", may=("StartChatContact.PersistentChat.*", "LifeCycle.*"))
def serves_past_chats_again(service: ReferenceService) -> None:
    """The endpoint accepts the tokens of a past chat when another one continues it."""
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
