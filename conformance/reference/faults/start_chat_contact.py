"""Faults of StartChatContact: participant tokens, names, what it takes, and where no chat starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.reference.clock import DAY
from conformance.reference.context import Call, Context
from conformance.reference.errors import Refusal, access_denied, bad_value
from conformance.reference.faults_kit.fault import Seed, declare, fault
from conformance.reference.faults_kit.hooks import first, gives, into, lacks, on_refusal, takes
from conformance.reference.faults_kit.operators import LOWER_CASE, NFC, UNESCAPED_HTML, Place, TextOperator
from conformance.reference.instances import CONTACT_FLOW_ID, FLOWS, INSTANCE_ID
from conformance.reference.rules import related_excludes_persistent
from conformance.reference.service import ReferenceService
from conformance.reference.state import CHAT

START, CONNECT = "StartChatContact", "CreateParticipantConnection"
THIRD = 3
LENGTHS = (
    "StartChatContact.InstanceId.*",
    "StartChatContact.ContactFlowId.*",
    "StartChatContact.refusal.before-lookup",
)


# Identifiers and tokens


@fault(
    "StartChatContact.ParticipantToken.opens-connection",
    may=(
        "StartChatContact.*",
        "CreateParticipantConnection.*",
        "Clients.*",
        "CreateParticipant.*",
        "LifeCycle.*",
        "*.effect.*",
        "*.bearer.*",
    ),
)
def refuses_each_third_participant_token(service: ReferenceService) -> None:
    """The ParticipantToken of every third chat opens nothing."""

    def act(context: Context, call: Call) -> None:
        if call.contact.channel == CHAT and list(context.state.contacts).index(call.contact.id) % THIRD == 0:
            raise access_denied()

    first(service, CONNECT, act)


@fault(
    "StartChatContact.ParticipantToken.lives-with-participant",
    may=(
        "StartChatContact.ParticipantToken.*",
        "StartChatContact.ClientToken.replayed-token-works",
        "CreateParticipantConnection.refusal.no-effect",
        "CreateParticipantConnection.ConnectParticipant.*",
        "CreateParticipantConnection.again.*",
        "Clients.calls.sdk-headers",
        "CreateParticipant.bot.*",
        "*.effect.*",
        "*.bearer.own-chat-only",
        "*.bearer.after-*",
        "LifeCycle.*",
    ),
)
def takes_participant_tokens_until_a_message(service: ReferenceService) -> None:
    """CreateParticipantConnection refuses a token once its participant has sent a message."""

    def act(_: Context, call: Call) -> None:
        if any(item.sender is call.participant and item.type == "MESSAGE" for item in call.contact.items):
            raise access_denied()

    first(service, CONNECT, act)


@fault(
    "StartChatContact.ParticipantToken.outlives-a-day",
    may=("*.ChatDurationInMinutes.*", "*ConnectionToken*", "*.expir*"),
)
def takes_participant_tokens_for_a_day(service: ReferenceService) -> None:
    """A ParticipantToken opens connections for one day."""

    def act(context: Context, call: Call) -> None:
        if context.now() - call.contact.started_at > DAY:
            raise access_denied()

    first(service, CONNECT, act)


@fault("StartChatContact.ContinuedFromContactId.only-persistent", may=("StartChatContact.*",))
def every_chat_continues_itself(service: ReferenceService) -> None:
    """StartChatContact returns a ContinuedFromContactId for every start."""
    gives(service, START, lambda _, __, m: {"ContinuedFromContactId": m["ContactId"], **m})


# Names and relations


SEEN_IN_CHATS = ("GetTranscript.*", "DescribeContact.*")


def change_member(member: str) -> Callable[[Callable[[Any], Any]], Seed]:
    """A start is performed with another value of `member`, where it is given."""

    def seed_of(change: Callable[[Any], Any]) -> Seed:
        return into(takes, START)(lambda _, call: {member: change(call.get(member))} if call.get(member) else {})

    return seed_of


def rename_customer(change: Callable[[str], str]) -> Seed:
    """A start is performed with another DisplayName."""
    return change_member("ParticipantDetails")(lambda given: {"DisplayName": change(given["DisplayName"])})


NAMED = Place(
    "The endpoint shows a customer's name",
    rename_customer,
    "StartChatContact.DisplayName.shown",
    may=("StartChatContact.ParticipantDetails.*", *SEEN_IN_CHATS),
).faults(
    {
        "composes-display-names": NFC,
        "unescapes-display-names": UNESCAPED_HTML,
        "names-everybody-customer": TextOperator("as Customer, whatever it is", lambda _: "Customer"),
    }
)
KEPT = (
    declare(
        "loses-customers",
        "The endpoint does not store the CustomerId.",
        change_member("CustomerId")(lambda _: None),
        "StartChatContact.CustomerId.returned",
        may=("StartChatContact.CustomerId.*", *SEEN_IN_CHATS),
    ),
    *Place(
        "The endpoint stores the CustomerId",
        change_member("CustomerId"),
        "StartChatContact.CustomerId.returned",
        may=("StartChatContact.CustomerId.*", *SEEN_IN_CHATS),
    ).faults({"makes-customers-small": LOWER_CASE}),
    declare(
        "forgets-related-contacts",
        "The endpoint does not store the RelatedContactId.",
        change_member("RelatedContactId")(lambda _: None),
        "StartChatContact.RelatedContactId.returned",
        may=("StartChatContact.RelatedContactId.*", *SEEN_IN_CHATS),
    ),
    declare(
        "forgets-segment-attributes",
        "The endpoint does not store SegmentAttributes.",
        change_member("SegmentAttributes")(lambda _: None),
        "StartChatContact.SegmentAttributes.returned",
        may=("StartChatContact.SegmentAttributes.*", *SEEN_IN_CHATS),
    ),
)


@fault("StartChatContact.RelatedContactId.excludes-persistent-chat", may=("StartChatContact.PersistentChat.*",))
def relates_and_continues(service: ReferenceService) -> None:
    """StartChatContact accepts a RelatedContactId beside a PersistentChat."""
    lacks(service, START, related_excludes_persistent)


@fault(
    "StartChatContact.RelatedContactId.accepted",
    may=("StartChatContact.RelatedContactId.*", "StartChatContact.success.valid-request"),
)
def relates_to_nothing(service: ReferenceService) -> None:
    """The endpoint refuses a start with a RelatedContactId."""

    def act(_: Context, call: Call) -> None:
        if call.get("RelatedContactId"):
            raise bad_value(call.operation, "It cannot be related.")

    first(service, START, act)


# Where none is started


@fault("StartChatContact.InstanceId.unknown-refused", may=LENGTHS)
def starts_in_any_instance(service: ReferenceService) -> None:
    """StartChatContact accepts any InstanceId."""
    takes(service, START, lambda _, call: {} if call.get("InstanceId") in FLOWS else {"InstanceId": INSTANCE_ID})


@fault(
    "StartChatContact.ContactFlowId.unknown-refused", "StartChatContact.ContactFlowId.of-another-instance", may=LENGTHS
)
def starts_with_any_flow(service: ReferenceService) -> None:
    """StartChatContact accepts any ContactFlowId."""
    takes(service, START, lambda _, call: {"ContactFlowId": FLOWS.get(call.get("InstanceId"))})


@fault("StartChatContact.ContactFlowId.unknown-refused", may=LENGTHS)
def starts_with_a_flow_that_begins_so(service: ReferenceService) -> None:
    """StartChatContact ignores the last character of a ContactFlowId."""

    def resolve(_: Context, call: Call) -> dict[str, Any]:
        given = call.get("ContactFlowId")
        return {"ContactFlowId": CONTACT_FLOW_ID} if given[:-1] == CONTACT_FLOW_ID[:-1] else {}

    takes(service, START, resolve)


@fault("StartChatContact.InstanceId.unknown-not-found", "StartChatContact.ContactFlowId.unknown-not-found")
def calls_unknown_instances_bad_input(service: ReferenceService) -> None:
    """The endpoint answers an unknown instance or flow with InvalidParameterException."""

    def act(_: Context, call: Call, refusal: Refusal) -> None:
        if refusal.exception == "ResourceNotFoundException" and not call.get("RelatedContactId"):
            raise bad_value(call.operation, refusal.message)

    on_refusal(service, START, act)
