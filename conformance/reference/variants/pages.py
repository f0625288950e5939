"""Lawful variants of GetTranscript: how it is paged, and how long and for what a NextToken works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.contract.content_types import CHAT_ENDED, JOINED, LEFT
from conformance.reference.clock import MINUTE
from conformance.reference.context import Call, Context, Members, OperationHandler
from conformance.reference.errors import Refusal, bad_value
from conformance.reference.service import ReferenceService
from conformance.reference.state import EVENT
from conformance.reference.transcript import DEFAULT_RESULTS, past_chats
from conformance.reference.variants.refusals import refusing
from conformance.reference.variants.variant import Variant

EVENT_ITEMS = {JOINED: "PARTICIPANT_JOINED", LEFT: "PARTICIPANT_LEFT", CHAT_ENDED: "CHAT_ENDED"}
TOKEN_LIFE = MINUTE
LONG = 700  # bytes; in any of the forms of tokens at most 1,000 characters


@dataclass(frozen=True, slots=True)
class Handed:
    """A NextToken that was handed out: the one behind it, for which call and when (milliseconds since the epoch).

    `connections` is how many its reader had asked for until then.
    """

    token: str
    call: Call
    at: int
    connections: int


Refuses = Callable[[Context, Call, Handed], bool]
Remake = Callable[[OperationHandler], OperationHandler]


def reading_transcripts(remade: Remake) -> Callable[[ReferenceService], None]:
    """Has GetTranscript performed by what `remade` makes of it."""

    def alter(service: ReferenceService) -> None:
        service.handlers["GetTranscript"] = remade(service.handlers["GetTranscript"])

    return alter


def _tokens_of_a_connection(service: ReferenceService) -> None:
    """A NextToken dies with the participant's next CreateParticipantConnection."""
    connections: Counter[str] = Counter()
    own = service.handlers["CreateParticipantConnection"]

    def create_participant_connection(context: Context, call: Call) -> Members:
        connections[call.participant.id] += 1
        return own(context, call)

    def is_of_another(_: Context, call: Call, handed: Handed) -> bool:
        return connections[call.participant.id] != handed.connections

    def count(call: Call) -> int:
        return connections[call.participant.id]

    service.handlers["CreateParticipantConnection"] = create_participant_connection
    reading_transcripts(_fresh_tokens(is_of_another, count))(service)


def _fresh_tokens(refuses: Refuses, connections: Callable[[Call], int] = lambda _: 0) -> Remake:
    """Hands out a new NextToken each time, and refuses it again where `refuses` says so."""

    def remade(own: OperationHandler) -> OperationHandler:
        handed: dict[str, Handed] = {}

        def get_transcript(context: Context, call: Call) -> Members:
            given = handed.get(call.get("NextToken") or "")
            if given is not None and refuses(context, call, given):
                raise bad_value(call.operation, "The NextToken is of no use here.")
            members = own(context, _with(call, "NextToken", given.token) if given else call)
            if "NextToken" not in members:
                return members
            name = context.identifiers.token(LONG)
            handed[name] = Handed(members["NextToken"], call, context.now(), connections(call))
            return {**members, "NextToken": name}

        return get_transcript

    return remade


def _with(call: Call, name: str, value: Any) -> Call:
    return replace(call, arguments={**call.arguments, name: value})


def _is_old(context: Context, _: Call, handed: Handed) -> bool:
    return context.now() - handed.at >= TOKEN_LIFE


def _asks_otherwise(_: Context, call: Call, handed: Handed) -> bool:
    asked = ("MaxResults", "SortOrder", "ScanDirection")
    return any(call.get(name) != handed.call.get(name) for name in asked)


def _short_pages(own: OperationHandler) -> OperationHandler:
    def get_transcript(context: Context, call: Call) -> Members:
        most = call.get("MaxResults")
        fewer = max(1, (DEFAULT_RESULTS if most is None else most) * 2 // 3)
        return own(context, call if most == 0 else _with(call, "MaxResults", fewer))

    return get_transcript


def _anew(own: OperationHandler) -> OperationHandler:
    """A NextToken that says nothing counts as none."""

    def get_transcript(context: Context, call: Call) -> Members:
        try:
            return own(context, call)
        except Refusal:
            if not call.get("NextToken"):
                raise
        return own(context, _with(call, "NextToken", None))

    return get_transcript


def _nothing_from_nowhere(own: OperationHandler) -> OperationHandler:
    """A StartPosition that names no item has nothing behind it."""

    def get_transcript(context: Context, call: Call) -> Members:
        start = (call.get("StartPosition") or {}).get("Id")
        if start is not None and all(item.id != start for item in call.contact.items):
            return {"InitialContactId": call.contact.id, "Transcript": []}
        return own(context, call)

    return get_transcript


def _own_contact_alone(own: OperationHandler) -> OperationHandler:
    def get_transcript(context: Context, call: Call) -> Members:
        if call.get("ContactId") not in (None, *(c.id for c in (call.contact, *past_chats(call.contact)))):
            raise bad_value(call.operation, "It is not a contact of this chat.")
        return own(context, call)

    return get_transcript


def _first_of_all(own: OperationHandler) -> OperationHandler:
    def get_transcript(context: Context, call: Call) -> Members:
        return {**own(context, call), "InitialContactId": [*past_chats(call.contact), call.contact][0].id}

    return get_transcript


def _each_item(change: Callable[[Members], Mapping[str, Any]]) -> Remake:
    def remade(own: OperationHandler) -> OperationHandler:
        def get_transcript(context: Context, call: Call) -> Members:
            members = own(context, call)
            return {**members, "Transcript": [change(item) for item in members["Transcript"]]}

        return get_transcript

    return remade


def _with_type(item: Members) -> Mapping[str, Any]:
    return {**item, "Type": EVENT_ITEMS.get(item.get("ContentType", ""), EVENT)} if item["Type"] == EVENT else item


def _unread(item: Members) -> Mapping[str, Any]:
    return {name: value for name, value in item.items() if name != "MessageMetadata"}


def _has_an_odd_time(members: Mapping[str, Any]) -> bool:
    start = members.get("StartPosition")
    time = start.get("AbsoluteTime") if isinstance(start, dict) else None
    return isinstance(time, str) and not (time.endswith("Z") and "." in time)


VARIANTS = (
    Variant(
        "last-page-leads-on",
        "The last page may have a NextToken, which leads to an empty page.",
        choices={"last_page": "leads to an empty page"},
    ),
    Variant(
        "short-pages",
        "A page may contain fewer items than MaxResults.",
        alter=reading_transcripts(_short_pages),
        warns=("GetTranscript.MaxResults.full-page",),
    ),
    Variant(
        "fresh-next-tokens",
        "The same page may be named by another NextToken each time.",
        alter=reading_transcripts(_fresh_tokens(lambda *_: False)),
    ),
    Variant(
        "next-token-ages",
        "A NextToken may stop working after a minute.",
        alter=reading_transcripts(_fresh_tokens(_is_old)),
    ),
    Variant(
        "next-token-of-its-request",
        "A NextToken with other parameters may be refused.",
        alter=reading_transcripts(_fresh_tokens(_asks_otherwise)),
    ),
    Variant(
        "next-token-of-its-connection",
        "A NextToken of an earlier connection may be refused.",
        alter=_tokens_of_a_connection,
    ),
    Variant(
        "next-token-ignored",
        "The endpoint may treat a NextToken that it never issued as absent.",
        alter=reading_transcripts(_anew),
    ),
    Variant(
        "nothing-from-nowhere",
        "A page that starts at an Id of no item may be empty.",
        alter=reading_transcripts(_nothing_from_nowhere),
    ),
    Variant(
        "own-contact-alone",
        "The ContactId of another chat may be refused.",
        alter=reading_transcripts(_own_contact_alone),
    ),
    Variant(
        "initial-contact-of-all",
        "The InitialContactId of a persistent chat may be the very first contact's.",
        alter=reading_transcripts(_first_of_all),
    ),
    Variant(
        "typed-events",
        "A system event may have an item type of its own.",
        alter=reading_transcripts(_each_item(_with_type)),
    ),
    Variant(
        "receipts-unshown",
        "Receipts may show on web sockets alone.",
        alter=reading_transcripts(_each_item(_unread)),
    ),
    Variant(
        "odd-times-refused",
        "A time without a fraction, or with an offset, may be refused.",
        before=refusing("GetTranscript", _has_an_odd_time),
    ),
    Variant("start-exclusive", "StartPosition may be exclusive.", choices={"start_position": "exclusive"}),
    Variant(
        "zero-is-empty",
        "The endpoint may answer MaxResults 0 with an empty page.",
        choices={"max_results_zero": "empty page"},
    ),
    Variant(
        "continuations-join-the-session",
        "ENTIRE_PAST_SESSION may find a chat that continued the source.",
        choices={"continued_chats": "the same session"},
    ),
    Variant("typing-kept", "The transcript may contain typing events.", choices={"typing_in_transcript": True}),
)
