"""Lawful variants of when a chat or a participant is at its end, and of how much an endpoint serves at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial
from itertools import count

from conformance.contract.model import Operation
from conformance.contract.wire import Request, Response
from conformance.reference.clock import MINUTE
from conformance.reference.contacts import end_contact
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal, access_denied
from conformance.reference.lifecycle import ContactEvent, ParticipantStage
from conformance.reference.service import ReferenceService
from conformance.reference.state import CHAT, Contact, Participant
from conformance.reference.variants.frames import after
from conformance.reference.variants.refusals import operation_of, stamp
from conformance.reference.variants.variant import Before, Variant

TIME_TO_SUBSCRIBE = 5 * MINUTE
STOPPED_AFTER = 0.05  # seconds
MOST_CALLS = 600  # in one chat; more than any scenario makes


def _unsubscribed_chats_end(service: ReferenceService) -> None:
    """A chat to whose socket nobody came, and in which nobody was marked as connected, ends after five minutes."""
    own = service.advance

    def advance(seconds: float) -> None:
        own(seconds)
        for contact in service.context.state.contacts.values():
            if contact.channel == CHAT and contact.active and _is_deserted(service.context, contact):
                end_contact(service.context, contact, ContactEvent.TIME_IS_UP)

    service.advance = advance  # type: ignore[method-assign]


def _is_deserted(context: Context, contact: Contact) -> bool:
    came = any(participant.stage is not ParticipantStage.INVITED for participant in contact.participants)
    return not came and context.now() - contact.started_at >= TIME_TO_SUBSCRIBE


def _late_stop(service: ReferenceService) -> None:
    """StopContact is served at once, and the contact ends a moment later."""
    own = service.handlers["StopContact"]

    def stop_contact(context: Context, call: Call) -> Members:
        contact = context.state.contacts.get(call.get("ContactId"))
        if contact is None or not contact.active or contact.instance_id != call.get("InstanceId"):
            return own(context, call)
        after(STOPPED_AFTER, partial(_end, context, contact))
        return {}

    service.handlers["StopContact"] = stop_contact


def _end(context: Context, contact: Contact) -> None:
    if contact.active:
        end_contact(context, contact, ContactEvent.STOP)


def _flow_ends_the_chat(service: ReferenceService) -> None:
    """The flow has enough of a chat after many calls of its participants, and ends it."""
    own, calls = service.authenticate, Counter[str]()

    def authenticate(operation: Operation, request: Request) -> Participant | None:
        caller = own(operation, request)
        if caller is None:
            return None
        calls[caller.contact.id] += 1
        if calls[caller.contact.id] == MOST_CALLS:
            _end(service.context, caller.contact)
        return own(operation, request)

    service.authenticate = authenticate


def _second_disconnect_succeeds(service: ReferenceService) -> None:
    own, leavers = service.handlers["DisconnectParticipant"], set[str]()

    def disconnect_participant(context: Context, call: Call) -> Members:
        if call.participant.id in leavers:
            return {}
        members = own(context, call)
        leavers.add(call.participant.id)
        return members

    service.handlers["DisconnectParticipant"] = disconnect_participant


def _repeated_disconnect_is_refused(service: ReferenceService) -> None:
    """Whoever has left has no token any more, not even to say so again."""
    own = service.authenticate

    def authenticate(operation: Operation, request: Request) -> Participant | None:
        caller = own(operation, request)
        if caller is not None and not caller.present:
            raise access_denied()
        return caller

    service.authenticate = authenticate


def _throttling(every: int, refusals: Mapping[str, Refusal]) -> Before:
    """Refuses each `every`th request to the operations named in `refusals` for coming too soon."""
    numbers = {name: count(1) for name in refusals}

    def before(request: Request) -> Response | None:
        name = operation.name if (operation := operation_of(request)) else ""
        return stamp(refusals[name]) if name in refusals and next(numbers[name]) % every == 0 else None

    return before


def _too_soon(name: str) -> Refusal:
    return Refusal(name, 429, "Rate exceeded.")


VARIANTS = (
    Variant(
        "unsubscribed-chats-end",
        "A chat to which nobody subscribes within five minutes may end.",
        alter=_unsubscribed_chats_end,
    ),
    Variant("flow-ends-chat", "A flow may end a chat that has gone on for long.", alter=_flow_ends_the_chat),
    Variant("late-stop", "A contact may end a moment after StopContact was answered.", alter=_late_stop),
    Variant(
        "chat-goes-on",
        "A chat that its customer leaves may go on without them.",
        choices={"when_the_customer_leaves": "goes on"},
    ),
    Variant(
        "second-disconnect-succeeds",
        "A second disconnect may succeed.",
        alter=_second_disconnect_succeeds,
        warns=("DisconnectParticipant.bearer.after-disconnect", "DisconnectParticipant.ClientToken.*"),
    ),
    Variant(
        "repeated-disconnect-refused",
        "A disconnect sent again with its ClientToken may be refused: the token ends with the participant.",
        alter=_repeated_disconnect_is_refused,
        warns=("DisconnectParticipant.ClientToken.*",),
    ),
    Variant(
        "throttled",
        "The endpoint may throttle any call.",
        before=_throttling(
            25,
            {
                "StartChatContact": _too_soon("TooManyRequestsException"),
                "SendMessage": _too_soon("ThrottlingException"),
                "GetTranscript": _too_soon("ThrottlingException"),
            },
        ),
    ),
    Variant(
        "calls-throttled",
        "Calls may be started less often than chats.",
        before=_throttling(4, {"StartWebRTCContact": _too_soon("TooManyRequestsException")}),
    ),
    Variant("stop-again", "StopContact of an ended contact may succeed.", choices={"stop_of_ended_contact": "success"}),
)
