"""Seeded faults of what the web socket delivers at the end of a chat, and afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from conformance.contract.content_types import CHAT_ENDED
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults.frames import item_of, meddle
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.items import EVENT_TYPES, chat_frame
from conformance.reference.service import ReferenceService
from conformance.reference.sockets import Sockets
from conformance.reference.state import Ending, Send, Socket


def _change_end(change: Callable[[Socket, str], Iterable[str]]) -> Seed:
    """The frame of chat.ended is replaced by what `change` makes of it."""

    def frames(socket: Socket, text: str) -> Iterable[str]:
        item = item_of(text)
        return change(socket, text) if item and item.get("ContentType") == CHAT_ENDED else [text]

    return meddle(frames)


_at_the_end = Rows(_change_end)


@fault("WebSocket.end.chat-ended")
def tells_a_leaver_nothing(service: ReferenceService) -> None:
    """The sockets of a participant who leaves get no chat.ended."""

    def drop_for_leavers(socket: Socket, text: str) -> Iterable[str]:
        return [] if not socket.participant.present else [text]

    _change_end(drop_for_leavers)(service)


ENDS = (
    _at_the_end(
        "closes-without-chat-ended",
        "The endpoint closes the sockets of an ended chat without chat.ended.",
        lambda _socket, _text: [],
        "WebSocket.end.chat-ended",
        "WebSocket.end.chat-ended-on-stop",
    ),
    _at_the_end(
        "tells-the-end-to-the-first-socket",
        "The endpoint pushes chat.ended only to a participant's first socket.",
        lambda socket, text: [text] if socket.participant.sockets[0] is socket else [],
        "WebSocket.end.chat-ended",
        "WebSocket.end.chat-ended-on-stop",
    ),
    _at_the_end(
        "tells-the-end-to-customers-only",
        "The endpoint closes the socket of an added participant without chat.ended.",
        lambda socket, text: [text] if socket.participant.role == "CUSTOMER" else [],
        "WebSocket.end.chat-ended-on-stop",
    ),
)


@fault("WebSocket.end.nothing-afterwards")
def goes_on_after_the_end(service: ReferenceService) -> None:
    """A participant.left follows chat.ended."""
    left = EVENT_TYPES + "participant.left"

    def follow(socket: Socket, text: str) -> Iterable[str]:
        return [text, chat_frame({**(item_of(text) or {}), "Id": socket.participant.id, "ContentType": left})]

    _change_end(follow)(service)


@fault("WebSocket.end.left-hears-nothing")
def still_tells_those_who_have_left(service: ReferenceService) -> None:
    """The endpoint goes on pushing to a participant who has left."""
    disconnect = service.handlers["DisconnectParticipant"]

    def perform(context: Context, call: Call) -> Members:
        kept = list(call.participant.sockets) if call.participant.role != "CUSTOMER" else []
        for socket in kept:
            call.participant.sockets.remove(socket)
        members = disconnect(context, call)
        call.participant.sockets.extend(kept)
        return members

    service.handlers["DisconnectParticipant"] = perform


@fault("WebSocket.end.chat-ended", "WebSocket.end.chat-ended-on-stop")
def closes_before_chat_ended(service: ReferenceService) -> None:
    """The endpoint closes the sockets before chat.ended can arrive."""

    class Abrupt(Sockets):
        def open(self, token: str, send: Send) -> Socket | None:
            def forward(text: str | Ending | None) -> None:
                item = item_of(text) if isinstance(text, str) else None
                send(None if item and item.get("ContentType") == CHAT_ENDED else text)

            return super().open(token, forward)

    service.sockets = Abrupt(service.context)
