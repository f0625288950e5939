"""Receipts: reports of a participant that it received or read a message, as others see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.scenario.participants import Participant, object_at, objects_at
from conformance.scenario.transcripts import Items
from conformance.scenario.web_socket import WebSocketSession

Members = Mapping[str, Any]
STAMPS = {"message.delivered": "DeliveredTimestamp", "message.read": "ReadTimestamp"}


def receipts(items: Items) -> Iterator[tuple[str, Members]]:
    """The receipts in `items`, each with the Id of its message."""
    for item in items:
        message = str(object_at(item, "MessageMetadata").get("MessageId", item.get("Id")))
        yield from ((message, receipt) for receipt in objects_at(item, "MessageMetadata", "Receipts"))


@dataclass(frozen=True, slots=True)
class ShownReceipts:
    """The receipts that `speaker` sees, on the web socket and in the transcript."""

    speaker: Participant
    session: WebSocketSession

    def places(self) -> Iterator[Items]:
        """The items of each place that shows receipts at all."""
        self.session.catch_up()
        for items in (self.session.items(), self.speaker.items()):
            if any(True for _ in receipts(items)):
                yield items

    def wait_for(self, message: str, due: set[str]) -> list[Items]:
        """The places, once each of them shows all due receipts of a message, or at the polling bound."""

        def look() -> list[Items] | None:
            places = list(self.places())
            return places if places and all(due <= stamps_of(items, message) for items in places) else None

        return self.session.scenario.until(look) or list(self.places())


def stamps_of(items: Items, message: str) -> set[str]:
    """Which timestamps the receipts of a message have."""
    return {name for name, _ in times_of(items, message)}


def times_of(items: Items, message: str) -> list[tuple[str, str]]:
    """The timestamps in the receipts of a message, each with its name."""
    own = [receipt for about, receipt in receipts(items) if about == message]
    return [(name, str(receipt[name])) for receipt in own for name in STAMPS.values() if receipt.get(name)]
