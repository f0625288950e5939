"""Faults that only certain orders of calls show: the token of who is gone works again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable

from conformance.contract.wire import Request
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults.bearers import CONNECTING, NAMES, letting_in, serving_the_gone
from conformance.reference.faults_kit.fault import fault
from conformance.reference.faults_kit.hooks import contact_of, then
from conformance.reference.service import ReferenceService
from conformance.reference.state import Contact, Participant

# What also looks at participants who are gone, and at chats that go on beside others.
OF_THE_GONE = (
    "StartChatContact.ChatDurationInMinutes.*",
    "StartChatContact.ConnectionTypes.token-ends",
    "StartChatContact.PersistentChat.past-chat-untouched",
)
SPEAKING = tuple(name for name in NAMES if name not in (CONNECTING, "DisconnectParticipant"))


def _reviving(
    service: ReferenceService, is_back: Callable[[Participant], bool], names: tuple[str, ...] = SPEAKING
) -> None:
    """Participants of active contacts who are gone are served by operations `names` where `is_back` is true of them."""

    def back(_: Request, owner: Participant) -> bool:
        return owner.contact.active and not owner.present and is_back(owner)

    for name in names:
        letting_in(service, name, back)


@fault("LifeCycle.order.dead-stays-dead", may=OF_THE_GONE)
def brings_the_first_back_when_a_second_leaves(service: ReferenceService) -> None:
    """The endpoint accepts the token of the first who left a chat when a second one has left it."""
    gone: defaultdict[str, list[Participant]] = defaultdict(list)
    then(service, "DisconnectParticipant", lambda _, call, __: gone[call.contact.id].append(call.participant))
    _reviving(service, lambda owner: len(gone[owner.contact.id]) > 1 and gone[owner.contact.id][0] is owner)


@fault("LifeCycle.order.dead-stays-dead", may=OF_THE_GONE)
def brings_back_who_left_when_somebody_joins(service: ReferenceService) -> None:
    """The endpoint accepts the tokens of those who left a chat when a participant is added."""
    revived: list[Participant] = []

    def note_joining(context: Context, call: Call, _: Members) -> None:
        revived.extend(one for one in contact_of(context, call).participants if not one.present)

    then(service, "CreateParticipant", note_joining)
    _reviving(service, lambda owner: owner in revived)


@fault("LifeCycle.order.dead-stays-dead", may=OF_THE_GONE)
def brings_back_who_left_when_the_customer_connects_again(service: ReferenceService) -> None:
    """The endpoint accepts the tokens of those who left a chat when its customer connects once more."""
    connected: Counter[str] = Counter()
    left: dict[str, int] = {}

    def leaves(_: Context, call: Call, __: Members) -> None:
        left[call.participant.id] = connected[call.contact.id]

    then(service, CONNECTING, lambda _, call, __: connected.update([call.contact.id]))
    then(service, "DisconnectParticipant", leaves)
    _reviving(service, lambda owner: connected[owner.contact.id] > left.get(owner.id, 0))


@fault("LifeCycle.order.dead-stays-dead", "DisconnectParticipant.effect.participant-token-ends", may=OF_THE_GONE)
def lets_who_left_connect_again(service: ReferenceService) -> None:
    """CreateParticipantConnection accepts the token of who has left, for connections that open nothing."""
    letting_in(service, CONNECTING, lambda _, owner: owner.contact.active)
    serving_the_gone(service, CONNECTING)


@fault("LifeCycle.order.dead-stays-dead", may=(*OF_THE_GONE, "*.ClientToken.*", "Throttling.*", "StopContact.*"))
def brings_chats_back_when_another_starts(service: ReferenceService) -> None:
    """The endpoint accepts the tokens of an ended chat when another one was started."""
    back: list[Contact] = []

    def note_start(context: Context, _: Call, __: Members) -> None:
        back.extend(contact for contact in context.state.contacts.values() if not contact.active)

    then(service, "StartChatContact", note_start)
    for name in SPEAKING:
        letting_in(service, name, lambda _, owner: owner.contact in back)


@fault("LifeCycle.order.dead-stays-dead", may=(*OF_THE_GONE, "StopContact.*", "*.expired"))
def reads_what_is_over(service: ReferenceService) -> None:
    """GetTranscript accepts the tokens of a stopped chat."""
    letting_in(service, "GetTranscript", lambda _, owner: not owner.contact.active)
