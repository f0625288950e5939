"""GetTranscript: which items, in which order, and how to go on."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from conformance.reference.clock import SECOND
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import bad_combination, bad_value
from conformance.reference.items import item_members
from conformance.reference.state import Contact, Item

FORWARD = "FORWARD"
BACKWARD = "BACKWARD"
DEFAULT_RESULTS = 10
SEAL_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two items. `position` counts from the contact's first item; `past` is of the chats before."""

    direction: str
    position: int
    past: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Items in the order of their times, and where the next page begins."""

    items: Sequence[tuple[Item, Contact]]
    following: Cursor | None


def get_transcript(context: Context, call: Call) -> Members:
    """GetTranscript: a page of the current chat; of a persistent chat, those before it follow on further pages.

    Raises Refusal (ValidationException) for FORWARD without a start position, a start that names nothing, and a
    NextToken that this endpoint did not give out for this chat.
    """
    contact, cursor = call.contact, _cursor(context, call)
    # Another chat's ContactId is no error: the real service answered with an empty transcript (domain fact S-52).
    if call.get("ContactId") not in (None, contact.id, *(past.id for past in past_chats(contact))):
        return {"InitialContactId": contact.id, "Transcript": []}
    size = call.get("MaxResults")
    if size is None or (size == 0 and context.choices.max_results_zero == "default"):
        size = DEFAULT_RESULTS
    page = _page(contact, cursor, size, goes_back=_reaches_past_chats(call, cursor))
    members = [item_members(item, owner, past=owner is not contact) for item, owner in page.items]
    if call.get("SortOrder") != "ASCENDING":
        members.reverse()
    reply: Members = {"InitialContactId": contact.id, "Transcript": members}
    following = page.following
    if following is None and page.items and context.choices.last_page == "leads to an empty page":
        following = _end_of(contact, cursor)
    if following:
        reply["NextToken"] = seal(context, contact, following)
    return reply


def _end_of(contact: Contact, cursor: Cursor) -> Cursor:
    """The place behind the last item of the scan."""
    return Cursor(cursor.direction, len(contact.items) if cursor.direction == FORWARD else 0, cursor.past)


_STARTS = ("Id", "AbsoluteTime", "MostRecent")


def _cursor(context: Context, call: Call) -> Cursor:
    """Where the page begins: the next token says it, else the start position, else the newest item."""
    if call.get("NextToken"):
        return unseal(context, call, call.contact, call.get("NextToken"))
    given = call.get("StartPosition") or {}
    start = {name: given[name] for name in _STARTS if given.get(name) is not None}
    direction = call.get("ScanDirection") or (FORWARD if start else BACKWARD)
    if start:
        return _from_start(context, call, direction, start)
    if direction == FORWARD:
        raise bad_combination(call.operation, "FORWARD needs a StartPosition.")
    return Cursor(BACKWARD, len(call.contact.items))


def _from_start(context: Context, call: Call, direction: str, start: dict[str, Any]) -> Cursor:
    """The place just before the start item when the page goes forward, just behind it when it goes backward."""
    at = _time_of(call, start["AbsoluteTime"]) if "AbsoluteTime" in start else 0
    if "Id" in start:
        index = _index_of(call, start["Id"])
    elif "AbsoluteTime" in start:
        index = _index_at(call, direction, at)
    else:
        index = max(0, len(call.contact.items) - start["MostRecent"])
    inclusive = context.choices.start_position == "inclusive"
    behind = (direction == BACKWARD) == inclusive
    return Cursor(direction, max(0, min(index + behind, len(call.contact.items))))


def _index_of(call: Call, item_id: str) -> int:
    for index, item in enumerate(call.contact.items):
        if item.id == item_id:
            return index
    raise bad_value(call.operation, "The StartPosition names no item of this chat.")


def _time_of(call: Call, text: str) -> int:
    """The time of a start position, which must be one whatever else the position holds."""
    try:
        moment = datetime.fromisoformat(text)
        return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * SECOND)
    except ValueError as broken:
        raise bad_value(call.operation, "The AbsoluteTime of StartPosition is no ISO 8601 time.") from broken


def _index_at(call: Call, direction: str, at: int) -> int:
    """The first item at or after the time when going forward, the last one at or before it when going backward."""
    if direction == FORWARD:
        return sum(item.at < at for item in call.contact.items)
    return sum(item.at <= at for item in call.contact.items) - 1


def _reaches_past_chats(call: Call, cursor: Cursor) -> bool:
    """Past chats follow only backward, and neither a start position nor a ContactId reaches them (S-54)."""
    return cursor.direction == BACKWARD and not call.get("StartPosition") and not call.get("ContactId")


def _page(contact: Contact, cursor: Cursor, size: int, *, goes_back: bool) -> Page:
    past = [(item, earlier) for earlier in past_chats(contact) for item in earlier.items] if goes_back else []
    items = past if cursor.past else [(item, contact) for item in contact.items]
    if size == 0:
        return Page((), None)
    if cursor.direction == FORWARD:
        end = min(cursor.position + size, len(items))
        return Page(items[cursor.position : end], Cursor(FORWARD, end) if end < len(items) else None)
    begin = max(0, cursor.position - size)
    return Page(items[begin : cursor.position], _before(cursor, begin, len(past)))


def _before(cursor: Cursor, begin: int, past: int) -> Cursor | None:
    if begin > 0:
        return Cursor(BACKWARD, begin, cursor.past)
    return Cursor(BACKWARD, past, past=True) if past and not cursor.past else None


def past_chats(contact: Contact) -> list[Contact]:
    """The chats that a persistent chat continues, the oldest first."""
    chain: list[Contact] = []
    earlier = contact.continued_from
    while earlier is not None:
        chain.insert(0, earlier)
        earlier = earlier.continued_from
    return chain


def seal(context: Context, contact: Contact, cursor: Cursor) -> str:
    """The NextToken that leads to `cursor` in the transcript of `contact`."""
    text = json.dumps([cursor.direction, cursor.position, cursor.past]).encode()
    return base64.urlsafe_b64encode(_seal(context, contact, text) + text).decode()


def unseal(context: Context, call: Call, contact: Contact, token: str) -> Cursor:
    """Where a NextToken leads. Raises Refusal (ValidationException) for one that was not given out for `contact`."""
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii"))
    except (ValueError, binascii.Error) as broken:
        raise bad_value(call.operation, "The NextToken is not one of this endpoint.") from broken
    given, text = raw[:SEAL_LENGTH], raw[SEAL_LENGTH:]
    if not hmac.compare_digest(given, _seal(context, contact, text)):
        raise bad_value(call.operation, "The NextToken is not one of this chat.")
    return Cursor(*json.loads(text))


def _seal(context: Context, contact: Contact, text: bytes) -> bytes:
    """Binds a token to its chat, so that a token of another chat, or a made-up one, is recognised."""
    return hmac.digest(context.key, contact.id.encode() + text, sha256().name)[:SEAL_LENGTH]
