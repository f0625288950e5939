"""Seeded faults of the web socket by which something else that is done in the chat, or elsewhere, ends its delivery."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from conformance.contract.content_types import JOINED, LEFT
from conformance.reference.content_types import RECEIPTS
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults.frames import item_of, meddle_with_items
from conformance.reference.faults_kit.fault import Seed, declare, fault
from conformance.reference.faults_kit.hooks import content_type_of, on_refusal, then
from conformance.reference.service import ReferenceService
from conformance.reference.sockets import Sockets
from conformance.reference.state import Contact, Ending, Participant, Send, Socket

Whose = Callable[[Context, Call, Members], Iterable[Participant]]


def _silence(people: Iterable[Participant]) -> None:
    for participant in people:
        for socket in participant.sockets:
            socket.subscribed = False


def _silencing(operation: str, whose: Whose) -> Seed:
    return lambda service: then(service, operation, lambda *done: _silence(whose(*done)))


def _everybody(_: Context, call: Call, __: Members) -> list[Participant]:
    return call.contact.participants


def _participants_of(context: Context, call: Call, _: Members) -> list[Participant]:
    contact: Contact = context.state.contacts[call.get("ContactId") or call.get("InitialContactId")]
    return contact.participants


def _who_connects_without(_: Context, call: Call, members: Members) -> list[Participant]:
    return [] if "Websocket" in members else [call.participant]


def _all_at_receipts(_: Context, call: Call, __: Members) -> list[Participant]:
    return call.contact.participants if content_type_of(call) in RECEIPTS else []


SILENCING = tuple(
    declare(name, says, _silencing(operation, whose), "WebSocket.delivery.goes-on")
    for name, says, operation, whose in (
        (
            "silences-sockets-by-reading",
            "A participant who reads a transcript ends all subscriptions.",
            "GetTranscript",
            _everybody,
        ),
        ("silences-sockets-by-receipts", "A receipt ends all subscriptions.", "SendEvent", _all_at_receipts),
        (
            "silences-sockets-by-files",
            "A completed attachment ends all subscriptions.",
            "CompleteAttachmentUpload",
            _everybody,
        ),
        (
            "silences-sockets-by-leaving",
            "A participant who leaves ends all subscriptions.",
            "DisconnectParticipant",
            _everybody,
        ),
        (
            "silences-sockets-by-credentials",
            "A participant who connects once more without a web socket receives nothing on those that are open.",
            "CreateParticipantConnection",
            _who_connects_without,
        ),
        (
            "silences-sockets-by-attributes",
            "New attributes end all subscriptions of the chat.",
            "UpdateContactAttributes",
            _participants_of,
        ),
        (
            "silences-sockets-by-streams",
            "A streaming that stops ends all subscriptions of the chat.",
            "StopContactStreaming",
            _participants_of,
        ),
    )
)


@fault("WebSocket.delivery.goes-on")
def closes_sockets_of_who_was_refused(service: ReferenceService) -> None:
    """The endpoint closes the sockets of a participant whose message it refuses."""
    on_refusal(service, "SendMessage", lambda _, call, __: call.participant.close_sockets())


@fault("StartChatContact.ConnectionTypes.websocket-connects")
def delivers_nothing_to_the_socket_of_a_start(service: ReferenceService) -> None:
    """The web socket that StartChatContact returns is acknowledged, and no item arrives on it."""
    started: set[str] = set()

    def note(_: Context, __: Call, members: Members) -> None:
        started.add(members.get("Websocket", {}).get("Url", "").rpartition("token=")[2])

    class Silent(Sockets):
        def open(self, token: str, send: Send) -> Socket | None:
            def forward(text: str | Ending | None) -> None:
                if not isinstance(text, str) or item_of(text) is None:
                    send(text)

            return super().open(token, forward if token in started else send)

    then(service, "StartChatContact", note)
    service.sockets = Silent(service.context)


def _keeping(kind: str) -> Seed:
    return meddle_with_items(lambda _, item: [i for i in [item] if i.get("ContentType") != kind])


EVENTS = tuple(
    declare(name, says, _keeping(kind), "Surfaces.frame-and-transcript.same-events")
    for name, says, kind in (
        (
            "does-not-push-who-joins",
            "The endpoint does not push the event of a participant who joined.",
            JOINED,
        ),
        (
            "does-not-push-who-leaves",
            "The endpoint does not push the event of a participant who left.",
            LEFT,
        ),
    )
)


@fault("WebSocket.delivery.after-one-closes", may=("WebSocket.*", "Surfaces.*"))
def unsubscribes_all_when_one_socket_closes(service: ReferenceService) -> None:
    """The endpoint pushes nothing to a client's other sockets when one of them was closed."""

    class Closing(Sockets):
        def close(self, socket: Socket) -> None:
            super().close(socket)
            for other in socket.participant.sockets:
                other.subscribed = False

    service.sockets = Closing(service.context)
