"""Reading a transcript that may lag behind: polled until it contains the messages sent before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from conformance.contract.wire import Exchange
from conformance.endpoint.preconditions import SetupFailed
from conformance.engine.clocks import MOST_APART
from conformance.scenario.calls import ScenarioCalls
from conformance.scenario.participants import PAGE, Participant, members_of, objects_at, text_at
from conformance.scenario.timestamps import seconds_apart

Items = list[Mapping[str, Any]]
LATE = 3  # items of others that may have come to the newest page since all items were read


def id_of(sent: Exchange) -> str:
    """The Id in the reply to a SendMessage or SendEvent. Raises SetupFailed where that was refused or has none."""
    return text_at(members_of(sent), "Id")


def ids(items: Items) -> list[str]:
    """The Ids of `items`."""
    return [str(item.get("Id")) for item in items]


def items_with(reader: Participant, *sent: Exchange) -> Items:
    """All items that `reader` sees once the transcript contains each message of `sent`.

    Raises SetupFailed when one does not appear within the polling bound: another requirement judges that.
    """
    items = wait_for_items(reader, *sent)
    for exchange in sent:
        item_of(items, exchange)
    return items


def wait_for_items(reader: Participant, *sent: Exchange) -> Items:
    """All items that `reader` sees once the transcript contains each message of `sent`, or at the polling bound."""
    wanted = {id_of(exchange) for exchange in sent}
    seen: list[Items] = []

    def look() -> Items | None:
        seen.append(reader.items())
        return seen[-1] if wanted <= set(ids(seen[-1])) else None

    found = reader.scenario.until(look)
    if found is not None:
        _read_again(reader, found, wanted, max((exchange.started for exchange in sent), default=0.0))
    return found or seen[-1]


def _read_again(reader: Participant, found: Items, wanted: set[str], since: float) -> None:
    """Read until no replica lacks the newest of `wanted`, which another one has shown in `found`.

    All were sent `since` at the latest. Each read is one page: reads of several would get each page from the same
    replica where replicas answer in turn. A page may hold less than was asked for. The scenario keeps no such read.
    """
    scenario = reader.scenario

    def holds_the_newest() -> bool:
        shown = ids(objects_at(scenario.need(reader.transcript(MaxResults=PAGE)), "Transcript"))
        newest = ids(found)[-max(1, len(shown) - LATE) :]
        return wanted.intersection(newest) <= set(shown)

    recorded = len(scenario.exchanges)
    scenario.replicas.settle(holds_the_newest, since, scenario.quiet, scenario.until)
    del scenario.exchanges[recorded:]


def item_of(items: Items, sent: Exchange) -> Mapping[str, Any]:
    """The item of a message. Raises SetupFailed where it is missing: another requirement judges that."""
    found = next((item for item in items if item.get("Id") == id_of(sent)), None)
    if found is None:
        raise SetupFailed("a message that was sent did not appear in the transcript")
    return found


def due_order(scenario: ScenarioCalls, items: Items, sent: Sequence[str]) -> list[str]:
    """The Ids of messages `sent` one after the other, in the order in which `items` are to list them, oldest first.

    That is the order of sending. Where the clocks of the endpoint's machines are some seconds apart, a message may be
    dated before an earlier one, and a transcript that is sorted by such times is as right.
    """
    times = {str(item.get("Id")): _seconds(item) for item in items}
    dated = [times.get(one) for one in sent]
    known = [time for time in dated if time is not None]
    by_time = [one for _, one in sorted(zip(known, sent, strict=False), key=lambda pair: pair[0])]
    back = max((max(known[:place]) - time for place, time in enumerate(known) if place), default=0.0)
    listed = [one for one in ids(items) if one in set(sent)]
    if len(known) < len(sent) or listed != by_time or not 0 < back <= MOST_APART:
        return list(sent)
    return by_time if back <= seconds_apart(scenario) else list(sent)


def _seconds(item: Mapping[str, Any]) -> float | None:
    try:
        return datetime.fromisoformat(str(item.get("AbsoluteTime"))).timestamp()
    except ValueError:
        return None


def lasting(item: Mapping[str, Any]) -> dict[str, Any]:
    """What of an item does not change with time, as receipts and the state of its processing do."""
    names = ("Id", "Type", "Content", "ContentType", "AbsoluteTime", "ParticipantId", "ParticipantRole", "DisplayName")
    return {name: item.get(name) for name in names}
