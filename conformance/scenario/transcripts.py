"""Reading a transcript that may lag behind: polled until what was sent before stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.endpoint.conversation import SetupFailed
from conformance.scenario.participants import Participant, members_of, text_at
from conformance.wire import Exchange

Items = list[Mapping[str, Any]]


def id_of(sent: Exchange) -> str:
    """The Id in the reply to a SendMessage or SendEvent. Raises SetupFailed where that was refused or has none."""
    return text_at(members_of(sent), "Id")


def ids(items: Items) -> list[str]:
    """The Ids of `items`."""
    return [str(item.get("Id")) for item in items]


def items_with(reader: Participant, *sent: Exchange) -> Items:
    """All items that `reader` sees once each message of `sent` stands there.

    Raises SetupFailed when one does not appear within the polling bound: that is a violation of its own.
    """
    items = settled(reader, *sent)
    for exchange in sent:
        item_of(items, exchange)
    return items


def settled(reader: Participant, *sent: Exchange) -> Items:
    """All items that `reader` sees once each message of `sent` stands there, or at the end of the polling bound."""
    wanted = {id_of(exchange) for exchange in sent}
    seen: list[Items] = []

    def look() -> Items | None:
        seen.append(reader.items())
        return seen[-1] if wanted <= set(ids(seen[-1])) else None

    return reader.scenario.until(look) or seen[-1]


def item_of(items: Items, sent: Exchange) -> Mapping[str, Any]:
    """The item of a message. Raises SetupFailed where it is not there: that is a violation of its own."""
    found = next((item for item in items if item.get("Id") == id_of(sent)), None)
    if found is None:
        raise SetupFailed("a message that was sent did not appear in the transcript")
    return found


def lasting(item: Mapping[str, Any]) -> dict[str, Any]:
    """What of an item does not change with time, as receipts and the state of its processing do."""
    names = ("Id", "Type", "Content", "ContentType", "AbsoluteTime", "ParticipantId", "ParticipantRole", "DisplayName")
    return {name: item.get(name) for name in names}
