"""Where faults of the web socket are put in: between the service and each of its sockets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from conformance.reference.context import Context
from conformance.reference.faults_kit.fault import Seed
from conformance.reference.items import CHAT_TOPIC, chat_frame
from conformance.reference.service import ReferenceService
from conformance.reference.sockets import Sockets
from conformance.reference.state import Ending, Send, Socket

Item = dict[str, Any]
Frames = Callable[[Socket, str], Iterable[str]]
Items = Callable[[Socket, Item], Iterable[Item]]


class Meddling(Sockets):
    """Web sockets on which what `frames` makes of a frame is sent in its place."""

    def __init__(self, context: Context, frames: Frames) -> None:
        super().__init__(context)
        self._frames = frames

    def open(self, token: str, send: Send) -> Socket | None:
        """A new socket whose frames are meddled with; that it is closed is not."""
        socket: Socket | None = None

        def forward(text: str | Ending | None) -> None:
            for frame in self._frames(socket, text) if isinstance(text, str) and socket is not None else [text]:
                send(frame)

        socket = super().open(token, forward)
        return socket


def meddle(frames: Frames) -> Seed:
    """Replaces each frame by those that `frames` makes of it."""

    def seed(service: ReferenceService) -> None:
        service.sockets = Meddling(service.context, frames)

    return seed


def meddle_with_items(items: Items) -> Seed:
    """Replaces each item on every socket by those that `items` makes of it."""

    def frames(socket: Socket, text: str) -> Iterable[str]:
        item = item_of(text)
        return [text] if item is None else [chat_frame(one) for one in items(socket, item)]

    return meddle(frames)


def each_item(change: Callable[[Item], Item]) -> Seed:
    """Replaces each item on every socket by what `change` makes of it."""
    return meddle_with_items(lambda _, item: [change(item)])


def item_of(text: str) -> Item | None:
    """The item in a chat frame; None in any other frame."""
    frame = json.loads(text)
    return json.loads(frame["content"]) if frame["topic"] == CHAT_TOPIC else None


def is_own(socket: Socket, item: Item) -> bool:
    """Whether the socket is one of the item's sender."""
    return bool(item.get("ParticipantId") == socket.participant.id)
