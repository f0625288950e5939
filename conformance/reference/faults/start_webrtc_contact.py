"""Faults of StartWebRTCContact: the identifiers of a call, its connection data, and where none is started."""

from __future__ import annotations

from itertools import count
from typing import Any

from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal, access_denied, bad_value, not_found
from conformance.reference.faults_kit.fault import Rows, Seed, declare, fault
from conformance.reference.faults_kit.hooks import first, gives, on_refusal, takes
from conformance.reference.faults_kit.shapes import change_at
from conformance.reference.instances import CONTACT_FLOW_ID, FLOWS, INSTANCE_ID
from conformance.reference.service import ReferenceService
from conformance.reference.state import VOICE, Contact

START = "StartWebRTCContact"
CONNECT = "CreateParticipantConnection"
USES = 3
DESCRIPTIONS = ("DescribeContact.*", "StartWebRTCContact.RelatedContactId.returned")


def _calls(context: Context) -> list[Contact]:
    return [contact for contact in context.state.contacts.values() if contact.channel == VOICE]


@fault("StartWebRTCContact.ContactId.names-the-contact", may=DESCRIPTIONS)
def describes_no_call(service: ReferenceService) -> None:
    """DescribeContact does not find calls."""

    def act(context: Context, call: Call) -> None:
        if call.get("ContactId") in [contact.id for contact in _calls(context)]:
            raise not_found(call.operation, "No such contact in this instance.")

    first(service, "DescribeContact", act)


@fault("StartWebRTCContact.ContactId.names-the-contact", may=DESCRIPTIONS)
def describes_the_call_before(service: ReferenceService) -> None:
    """DescribeContact of a call describes the one that was started before it."""

    def described(context: Context, call: Call) -> dict[str, Any]:
        ids, wanted = [contact.id for contact in _calls(context)], call.get("ContactId")
        return {"ContactId": ids[max(0, ids.index(wanted) - 1)] if wanted in ids else wanted}

    takes(service, "DescribeContact", described)


def _sharing(member: str, every: int) -> Seed:
    def seed(service: ReferenceService) -> None:
        before: list[Members] = []

        def given(_: Context, __: Call, members: Members) -> Members:
            before.append(members)
            return members if len(before) % every else {**members, member: before[-2][member]}

        gives(service, START, given)

    return seed


SHARED = tuple(
    declare(
        f"call-shares-its-{member}",
        f"StartWebRTCContact gives one call in {every} the {member} of the call before it.",
        _sharing(member, every),
        "StartWebRTCContact.ContactId.unique",
        may=("StopContact.effect.ends-call", "UpdateContactAttributes.Attributes.*"),
    )
    for member, every in (("ContactId", 2), ("ParticipantId", 3), ("ParticipantToken", 3))
)


@fault(
    "StartWebRTCContact.ParticipantToken.opens-connection",
    may=(
        "StartWebRTCContact.ParticipantToken.*",
        "StartWebRTCContact.ClientToken.replayed-token-works",
        "CreateParticipant*",
        "StopContact.effect.ends-call",
    ),
)
def refuses_the_tokens_of_calls(service: ReferenceService) -> None:
    """CreateParticipantConnection refuses the tokens of calls."""

    def act(_: Context, call: Call) -> None:
        if call.contact.channel == VOICE:
            raise access_denied()

    first(service, CONNECT, act)


@fault(
    "StartWebRTCContact.ParticipantToken.lives-with-participant",
    may=("StartWebRTCContact.ClientToken.replayed-token-works",),
)
def takes_the_token_of_a_call_three_times(service: ReferenceService) -> None:
    """CreateParticipantConnection refuses the token of a call that has opened three connections."""
    used: dict[str, int] = {}

    def act(_: Context, call: Call) -> None:
        used[call.participant.id] = used.get(call.participant.id, 0) + 1
        if call.contact.channel == VOICE and used[call.participant.id] > USES:
            raise access_denied()

    first(service, CONNECT, act)


@fault("StartWebRTCContact.ParticipantToken.lives-with-participant")
def voids_the_caller_when_a_guest_joins(service: ReferenceService) -> None:
    """CreateParticipantConnection refuses the caller as soon as another customer joins the call."""

    def act(_: Context, call: Call) -> None:
        joined = call.contact.channel == VOICE and len(call.contact.participants) > 1
        if joined and call.participant is call.contact.participants[0]:
            raise access_denied()

    first(service, CONNECT, act)


def _blank(path: tuple[str, ...], every: int) -> Seed:
    def seed(service: ReferenceService) -> None:
        calls = count(1)

        def given(_: Context, __: Call, members: Members) -> Members:
            if next(calls) % every == 0:
                change_at(members["ConnectionData"], path, lambda _: " " if path[-1].endswith("Url") else "")
            return members

        gives(service, START, given)

    return seed


BLANK = tuple(
    declare(
        f"call-without-{path[-1]}",
        f"StartWebRTCContact returns an empty {path[-1]} for {calls}.",
        _blank(path, every),
        "StartWebRTCContact.ConnectionData.for-a-client",
    )
    for path, every, calls in (
        (("Attendee", "AttendeeId"), 1, "every call"),
        (("Attendee", "JoinToken"), 3, "one call in 3"),
        (("Meeting", "MeetingId"), 1, "every call"),
        (("Meeting", "MediaPlacement", "SignalingUrl"), 1, "every call"),
        (("Meeting", "MediaPlacement", "TurnControlUrl"), 1, "every call"),
    )
)


# Where none is started


@fault("StartWebRTCContact.InstanceId.unknown-refused", may=("StartWebRTCContact.InstanceId.unknown-not-found",))
def calls_start_in_any_instance(service: ReferenceService) -> None:
    """StartWebRTCContact accepts any InstanceId."""
    takes(service, START, lambda _, call: {} if call.get("InstanceId") in FLOWS else {"InstanceId": INSTANCE_ID})


@fault("StartWebRTCContact.InstanceId.unknown-refused")
def calls_start_where_an_instance_begins_so(service: ReferenceService) -> None:
    """StartWebRTCContact accepts the beginning of an InstanceId."""

    def meant(_: Context, call: Call) -> dict[str, Any]:
        given = call.get("InstanceId")
        return {"InstanceId": next((known for known in FLOWS if known.startswith(given)), given)}

    takes(service, START, meant)


@fault(
    "StartWebRTCContact.ContactFlowId.unknown-refused",
    "StartWebRTCContact.ContactFlowId.of-another-instance",
    may=("StartWebRTCContact.ContactFlowId.unknown-not-found",),
)
def calls_start_with_any_flow(service: ReferenceService) -> None:
    """StartWebRTCContact accepts any ContactFlowId."""
    takes(service, START, lambda _, call: {"ContactFlowId": FLOWS.get(call.get("InstanceId"))})


@fault("StartWebRTCContact.ContactFlowId.unknown-refused")
def calls_start_with_a_flow_that_begins_so(service: ReferenceService) -> None:
    """StartWebRTCContact ignores the last character of a ContactFlowId."""

    def meant(_: Context, call: Call) -> dict[str, Any]:
        given = call.get("ContactFlowId")
        return {"ContactFlowId": CONTACT_FLOW_ID if given[:-1] == CONTACT_FLOW_ID[:-1] else given}

    takes(service, START, meant)


@fault("StartWebRTCContact.ContactFlowId.of-another-instance")
def calls_start_with_flows_of_other_instances(service: ReferenceService) -> None:
    """StartWebRTCContact accepts any flow that the account has."""

    def meant(_: Context, call: Call) -> dict[str, Any]:
        flow = FLOWS.get(call.get("InstanceId"))
        return {"ContactFlowId": flow} if call.get("ContactFlowId") in FLOWS.values() else {}

    takes(service, START, meant)


@fault("StartWebRTCContact.InstanceId.unknown-not-found", "StartWebRTCContact.ContactFlowId.unknown-not-found")
def calls_call_the_unknown_bad_input(service: ReferenceService) -> None:
    """The endpoint answers an unknown instance or flow with InvalidParameterException."""

    def act(_: Context, call: Call, refusal: Refusal) -> None:
        if refusal.exception == "ResourceNotFoundException":
            raise bad_value(call.operation, refusal.message)

    on_refusal(service, START, act)


@fault("StartWebRTCContact.ContactId.names-the-contact", may=DESCRIPTIONS)
def describes_the_last_two_calls_only(service: ReferenceService) -> None:
    """DescribeContact has forgotten a call when two more were started."""

    def act(context: Context, call: Call) -> None:
        if call.get("ContactId") in [contact.id for contact in _calls(context)[:-2]]:
            raise not_found(call.operation, "No such contact in this instance.")

    first(service, "DescribeContact", act)


def _common(path: tuple[str, str]) -> Seed:
    """The connection data of every call hold a member of the first one's."""

    def seed(service: ReferenceService) -> None:
        firsts: list[Any] = []

        def given(_: Context, __: Call, members: Members) -> Members:
            part = members["ConnectionData"][path[0]]
            firsts.append(part[path[1]])
            return {**members, "ConnectionData": {**members["ConnectionData"], path[0]: {**part, path[1]: firsts[0]}}}

        gives(service, START, given)

    return seed


_sharing_all = Rows(
    _common, "StartWebRTCContact.ConnectionData.own", may=("CreateParticipantConnection.WebRTCConnection.*",)
)
COMMON = (
    _sharing_all(
        "calls-share-a-meeting",
        "StartWebRTCContact gives every call the MeetingId of the first one.",
        ("Meeting", "MeetingId"),
    ),
    _sharing_all(
        "calls-share-an-attendee",
        "StartWebRTCContact gives every call the AttendeeId of the first one.",
        ("Attendee", "AttendeeId"),
    ),
    _sharing_all(
        "calls-share-a-join-token",
        "StartWebRTCContact gives every call the JoinToken of the first one.",
        ("Attendee", "JoinToken"),
    ),
)
