"""Faults that only certain orders of calls show: chats touch one another, things get lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from conformance.reference.contacts import end_contact
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import access_denied
from conformance.reference.faults.bearers import CONNECTING
from conformance.reference.faults_kit.fault import fault
from conformance.reference.faults_kit.hooks import contact_of, first, then
from conformance.reference.lifecycle import ContactEvent
from conformance.reference.participants import CUSTOMER
from conformance.reference.service import ReferenceService
from conformance.reference.state import MESSAGE, Contact

OF_CHATS = (
    "LifeCycle.*",
    "*.own-chat-only",
    "*.other-chats-go-on",
    "StopContact.*",
    "WebSocket.*",
    # Scenarios of long-lived chats keep several of them beside others that end.
    "StartChatContact.ChatDurationInMinutes.*",
    "*.outlives-a-day",
    "*.alive-before-a-day",
)
OF_PEOPLE = ("LifeCycle.*", "CreateParticipant.*", "GetTranscript.*", "Surfaces.*", "WebSocket.*")


@fault(
    "LifeCycle.order.any-lawful-sequence",
    may=("Send*", "*.bearer.*", "Clients.*", "LifeCycle.*", "CreateParticipant.*", "Surfaces.*", "WebSocket.*"),
)
def mutes_who_typed_twice(service: ReferenceService) -> None:
    """The endpoint denies messages of a participant who has sent two typing events."""
    typed: Counter[str] = Counter()
    then(service, "SendEvent", lambda _, call, __: typed.update([call.participant.id]))

    def refuse(_: Context, call: Call) -> None:
        if typed[call.participant.id] > 1:
            raise access_denied()

    first(service, "SendMessage", refuse)


@fault(
    "LifeCycle.order.any-lawful-sequence",
    may=("LifeCycle.*", "CreateParticipantConnection.*", "WebSocket.*", "GetTranscript.*"),
)
def reads_nothing_after_a_connection_without_reading(service: ReferenceService) -> None:
    """A participant who connects again after a message must send another one before it can read the transcript."""
    waiting: dict[str, bool] = {}

    def note_connection(_: Context, call: Call) -> None:
        waiting[call.participant.id] = any(item.sender is call.participant for item in call.contact.items)

    def refuse(_: Context, call: Call) -> None:
        if waiting.get(call.participant.id):
            raise access_denied()

    first(service, CONNECTING, note_connection)
    first(service, "SendMessage", lambda _, call: waiting.update({call.participant.id: False}))
    first(service, "GetTranscript", refuse)


def _forget(contact: Contact, place: int) -> None:
    """The message at a place among the messages stands in the transcript no longer."""
    messages = [item for item in contact.items if item.type == MESSAGE]
    if len(messages) > abs(place):
        contact.items.remove(messages[place])


@fault("LifeCycle.order.transcript-grows", may=OF_PEOPLE)
def hides_the_oldest_message_from_newcomers(service: ReferenceService) -> None:
    """CreateParticipant removes the chat's oldest message from the transcript."""
    then(service, "CreateParticipant", lambda context, call, _: _forget(contact_of(context, call), 0))


@fault("LifeCycle.order.transcript-grows", may=(*OF_PEOPLE, "SendEvent.*"))
def loses_a_message_with_typing(service: ReferenceService) -> None:
    """A typing event makes the message before the latest one disappear."""
    then(service, "SendEvent", lambda _, call, __: _forget(call.contact, -2))


@fault("LifeCycle.order.transcript-grows", may=(*OF_PEOPLE, "UpdateContactAttributes.*"))
def loses_a_message_with_attributes(service: ReferenceService) -> None:
    """New attributes make the oldest message of a chat disappear."""

    def lose(context: Context, call: Call, _: Members) -> None:
        _forget(context.state.contacts[call.get("InitialContactId")], 0)

    then(service, "UpdateContactAttributes", lose)


@fault("LifeCycle.chats.independent", may=(*OF_CHATS, "StartChatContact.ConnectionTypes.*"))
def stops_the_next_chat_too(service: ReferenceService) -> None:
    """StopContact ends also the chat that was started after the one that it names."""

    def stop(context: Context, call: Call, _: Members) -> None:
        contacts = list(context.state.contacts.values())
        place = contacts.index(contact_of(context, call)) + 1
        for contact in contacts[place : place + 1]:
            if contact.active:
                end_contact(context, contact, ContactEvent.STOP)

    then(service, "StopContact", stop)


@fault(
    "LifeCycle.chats.independent",
    may=(
        *OF_CHATS,
        "Clients.*",
        "GetTranscript.*",
        "CreateParticipant.ClientToken.*",
        "CreateParticipantConnection.ConnectParticipant.*",
        "SendMessage.Content.*",
        "StartChatContact.SupportedMessagingContentTypes.*",
        "SendMessage.ContentType.*",
        "Surfaces.*",
    ),
)
def knows_two_chats_at_a_time(service: ReferenceService) -> None:
    """The endpoint denies messages in the oldest of three active chats."""

    def refuse(context: Context, call: Call) -> None:
        active = [contact for contact in context.state.contacts.values() if contact.active]
        if call.contact in active[:-2]:
            raise access_denied()

    first(service, "SendMessage", refuse)


@fault("LifeCycle.participants.independent", may=OF_PEOPLE)
def calls_all_bots_by_the_newest_name(service: ReferenceService) -> None:
    """The endpoint shows all added participants of a chat under the name of the last one."""

    def name(context: Context, call: Call, _: Members) -> None:
        added = contact_of(context, call).participants[1:]
        for one in added:
            one.display_name = added[-1].display_name

    then(service, "CreateParticipant", name)


@fault("LifeCycle.participants.independent", may=(*OF_PEOPLE, "DisconnectParticipant.*"))
def mutes_all_bots_when_one_leaves(service: ReferenceService) -> None:
    """The endpoint denies messages of added participants when another added one has left."""
    left: set[str] = set()
    then(service, "DisconnectParticipant", lambda _, call, __: left.add(call.contact.id))

    def refuse(_: Context, call: Call) -> None:
        if call.contact.id in left and call.participant is not call.contact.participants[0]:
            raise access_denied()

    first(service, "SendMessage", refuse)


# Which start comes first after a stop, and is denied, depends on the run.
@fault("LifeCycle.end.new-chat-after", may=("*",))
def starts_nothing_after_an_end(service: ReferenceService) -> None:
    """The endpoint denies the first StartChatContact after a contact was stopped."""
    ended: list[str] = []
    then(service, "StopContact", lambda _, call, __: ended.append(call.get("ContactId")))

    def refuse(_: Context, __: Call) -> None:
        if ended:
            ended.clear()
            raise access_denied()

    first(service, "StartChatContact", refuse)


@fault(
    "LifeCycle.end.new-chat-after",
    may=(
        "LifeCycle.*",
        "DisconnectParticipant.*",
        "StartChatContact.*",
        "GetContactAttributes.Attributes.*",
        "UpdateContactAttributes.Attributes.*",
    ),
)
def starts_the_old_chat_after_an_end(service: ReferenceService) -> None:
    """StartChatContact returns the chat that was left just before."""
    started: dict[str, Members] = {}
    over: dict[str, Members] = {}
    perform = service.handlers["StartChatContact"]

    def start(context: Context, call: Call) -> Members:
        if over:
            return over.popitem()[1]
        members = perform(context, call)
        started[members["ContactId"]] = members
        return members

    def note_leaving(_: Context, call: Call, __: Members) -> None:
        over.clear()
        over.update({"latest": started[call.contact.id]} if call.contact.id in started else {})

    service.handlers["StartChatContact"] = start
    then(service, "DisconnectParticipant", note_leaving)


def _when_a_bot_leaves(service: ReferenceService, act: Callable[[Call], None]) -> None:
    then(service, "DisconnectParticipant", lambda _, call, __: act(call) if call.participant.role != CUSTOMER else None)


@fault("GetTranscript.Transcript.holds-what-was-sent")
def loses_the_messages_of_who_has_left(service: ReferenceService) -> None:
    """The transcript loses the messages of an added participant who has left."""

    def lose(call: Call) -> None:
        items = call.contact.items
        items[:] = [item for item in items if item.type != MESSAGE or item.sender is not call.participant]

    _when_a_bot_leaves(service, lose)


@fault("LifeCycle.participants.independent", may=("LifeCycle.*", "GetTranscript.*", "DisconnectParticipant.*"))
def forgets_who_has_left(service: ReferenceService) -> None:
    """The transcript loses the sender of messages of an added participant who has left."""

    def forget(call: Call) -> None:
        for item in call.contact.items:
            item.sender = item.sender if item.type != MESSAGE or item.sender is not call.participant else None

    _when_a_bot_leaves(service, forget)
