"""Faults of DisconnectParticipant: what of a participant does not end, and what ends besides."""

from __future__ import annotations

from collections.abc import Callable

from conformance.contract.content_types import CHAT_ENDED, LEFT
from conformance.contract.wire import Request, Response
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal, access_denied
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import first, on_refusal, operation_of, then
from conformance.reference.lifecycle import ContactEvent, ParticipantStage
from conformance.reference.participants import CUSTOM_BOT
from conformance.reference.service import Handler, ReferenceService
from conformance.reference.state import Participant

LEAVE = "DisconnectParticipant"
# What else rests on a participant that is gone.
AFTER_LEAVING = ("StartChatContact.ChatDurationInMinutes.*",)


def _serving(gone: tuple[str, Callable[[Participant, Request], bool]]) -> Seed:
    """An operation serves participants who have left while the other part is true of them and the request."""
    operation, who = gone

    def seed(service: ReferenceService) -> Handler:
        def handle(request: Request) -> Response:
            if operation_of(request) != operation:
                return service.handle(request)
            gone = [p for c in service.context.state.contacts.values() for p in c.participants if not p.present]
            back = [p for p in gone if p.contact.end_reason is not ContactEvent.STOP and who(p, request)]
            for participant in back:
                participant.stage = ParticipantStage.CONNECTED
            response = service.handle(request)
            for participant in back:
                participant.stage = ParticipantStage.GONE
            return response

        return handle

    return seed


CONNECT = "CreateParticipantConnection"
_staying = Rows(_serving, may=AFTER_LEAVING)
STAYING = (
    _staying(
        "leavers-connect-again",
        "CreateParticipantConnection accepts a participant who has left.",
        (CONNECT, lambda *_: True),
        "DisconnectParticipant.effect.participant-token-ends",
    ),
    _staying(
        "bots-connect-again",
        "CreateParticipantConnection accepts a bot that has left.",
        (CONNECT, lambda who, _: who.role == CUSTOM_BOT),
        "DisconnectParticipant.effect.participant-token-ends",
    ),
    _staying(
        "leavers-get-credentials-again",
        "CreateParticipantConnection accepts a participant who has left, without a web socket.",
        (CONNECT, lambda _, request: b"WEBSOCKET" not in request.body),
        "DisconnectParticipant.effect.participant-token-ends",
    ),
    _staying(
        "leavers-get-web-sockets-again",
        "CreateParticipantConnection accepts a participant who has left, without credentials.",
        (CONNECT, lambda _, request: b"CREDENTIALS" not in request.body),
        "DisconnectParticipant.effect.participant-token-ends",
    ),
    _staying(
        "leavers-read-on",
        "GetTranscript accepts a participant who has left.",
        ("GetTranscript", lambda *_: True),
        "DisconnectParticipant.effect.every-connection-ends",
    ),
    _staying(
        "leavers-send-on",
        "SendMessage accepts a participant who has left.",
        ("SendMessage", lambda *_: True),
        "DisconnectParticipant.effect.every-connection-ends",
    ),
    _staying(
        "bots-send-on",
        "SendMessage accepts a bot that has left.",
        ("SendMessage", lambda who, _: who.role == CUSTOM_BOT),
        "DisconnectParticipant.effect.every-connection-ends",
    ),
)


@fault("DisconnectParticipant.effect.every-connection-ends", may=AFTER_LEAVING)
def ends_one_connection_only(service: ReferenceService) -> Handler:
    """The endpoint ends only the connection with which a participant leaves."""
    used: set[str] = set()

    def handle(request: Request) -> Response:
        bearer = request.header("X-Amz-Bearer") or ""
        connection = service.context.state.connection_tokens.get(bearer)
        if operation_of(request) == LEAVE:
            used.add(bearer)
        if connection is None or bearer in used or connection.participant.contact.end_reason is ContactEvent.STOP:
            return service.handle(request)
        who, stage = connection.participant, connection.participant.stage
        who.stage = ParticipantStage.CONNECTED
        response = service.handle(request)
        who.stage = stage
        return response

    return handle


# What ends besides


@fault(
    "DisconnectParticipant.effect.others-go-on",
    may=("CreateParticipant.bot.disconnect-leaves-chat", "LifeCycle.*", "SendEvent.ContentType.message-*"),
)
def voids_the_customers_connection_with_a_bot(service: ReferenceService) -> None:
    """The endpoint denies the customer's connection tokens when a bot has left."""

    def act(context: Context, call: Call, _: Members) -> None:
        tokens = context.state.connection_tokens
        for token in [t for t, c in tokens.items() if c.participant.contact is call.contact and c.participant.present]:
            del tokens[token]

    then(service, LEAVE, act)


@fault("DisconnectParticipant.effect.others-go-on", may=("CreateParticipant.bot.disconnect-leaves-chat", "LifeCycle.*"))
def connects_nobody_where_a_bot_has_left(service: ReferenceService) -> None:
    """The endpoint refuses every connection to a chat that a participant has left."""

    def act(_: Context, call: Call) -> None:
        if len(call.contact.present) < len(call.contact.participants):
            raise access_denied()

    first(service, CONNECT, act)


@fault("DisconnectParticipant.event.participant-left", may=("WebSocket.*",))
def leaves_without_an_event(service: ReferenceService) -> None:
    """The endpoint sends no event of a participant who has left."""

    def act(_: Context, call: Call, __: Members) -> None:
        call.contact.items[:] = [item for item in call.contact.items if item.content_type != LEFT]

    then(service, LEAVE, act)


@fault("DisconnectParticipant.event.participant-left", may=("WebSocket.*",))
def says_that_the_chat_ended_when_a_bot_leaves(service: ReferenceService) -> None:
    """The endpoint sends chat.ended for a bot that has left."""

    def act(_: Context, call: Call, __: Members) -> None:
        for item in call.contact.items:
            if item.content_type == LEFT:
                item.content_type = CHAT_ENDED

    then(service, LEAVE, act)


@fault("DisconnectParticipant.bearer.after-disconnect", may=("DisconnectParticipant.ClientToken.*", "LifeCycle.*"))
def leaves_twice(service: ReferenceService) -> None:
    """A second disconnect succeeds, whatever its ClientToken is."""

    def act(_: Context, call: Call, __: Refusal) -> Members | None:
        return {} if call.contact.end_reason is not ContactEvent.STOP else None

    on_refusal(service, LEAVE, act)
