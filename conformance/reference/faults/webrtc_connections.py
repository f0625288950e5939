"""Faults of the connections of calls: the data of a call's meeting, and the tokens of who takes part."""

from __future__ import annotations

from itertools import count
from typing import Any

from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import access_denied
from conformance.reference.faults.create_participant_connection import connection_types
from conformance.reference.faults_kit.fault import Rows, Seed, declare, fault
from conformance.reference.faults_kit.hooks import first, gives, refuses
from conformance.reference.faults_kit.shapes import change_at
from conformance.reference.service import ReferenceService
from conformance.reference.state import VOICE

WEBRTC = "WEBRTC_CONNECTION"
START = "StartWebRTCContact"
CONNECT = "CreateParticipantConnection"
USES = 3


def _sharing(member: str, every: int) -> Seed:
    def seed(service: ReferenceService) -> None:
        before: list[Members] = []

        def give(_: Context, __: Call, members: Members) -> Members:
            before.append(members)
            return members if len(before) % every else {**members, member: before[-2][member]}

        gives(service, START, give)

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

        def give(_: Context, __: Call, members: Members) -> Members:
            if next(calls) % every == 0:
                change_at(members["ConnectionData"], path, lambda _: " " if path[-1].endswith("Url") else "")
            return members

        gives(service, START, give)

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


def _common(path: tuple[str, str]) -> Seed:
    """The connection data of every call hold a member of the first one's."""

    def seed(service: ReferenceService) -> None:
        firsts: list[Any] = []

        def give(_: Context, __: Call, members: Members) -> Members:
            part = members["ConnectionData"][path[0]]
            firsts.append(part[path[1]])
            return {**members, "ConnectionData": {**members["ConnectionData"], path[0]: {**part, path[1]: firsts[0]}}}

        gives(service, START, give)

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
# What rests on a call that has a connection at all.
CALLS = (
    "StartWebRTCContact.*",
    "CreateParticipant.call.*",
    "StopContact.effect.ends-call",
    "CreateParticipantConnection.*",
)


@fault("CreateParticipantConnection.Type.webrtc-on-call", may=CALLS)
def connects_no_calls(service: ReferenceService) -> None:
    """CreateParticipantConnection refuses WEBRTC_CONNECTION for calls."""
    refuses(service, CONNECT, lambda call: WEBRTC in connection_types(call) and call.contact.channel == VOICE)


@fault("CreateParticipantConnection.WebRTCConnection.one-meeting")
def gives_each_guest_a_meeting(service: ReferenceService) -> None:
    """A customer who joins a call gets a separate meeting."""

    def give(context: Context, call: Call, members: Members) -> Members:
        if WEBRTC in connection_types(call) and call.participant is not call.contact.participants[0]:
            members["WebRTCConnection"]["Meeting"]["MeetingId"] = context.identifiers.uuid()
        return members

    gives(service, CONNECT, give)


@fault("CreateParticipantConnection.WebRTCConnection.one-meeting")
def gives_all_calls_the_first_meeting(service: ReferenceService) -> None:
    """The WebRTCConnection of every call holds the meeting of the first one that was connected to."""
    meetings: list[Members] = []

    def give(_: Context, call: Call, members: Members) -> Members:
        if WEBRTC in connection_types(call):
            meetings.append(members["WebRTCConnection"]["Meeting"])
            members["WebRTCConnection"]["Meeting"] = meetings[0]
        return members

    gives(service, CONNECT, give)


@fault("CreateParticipantConnection.WebRTCConnection.own-attendee")
def gives_guests_the_callers_place(service: ReferenceService) -> None:
    """A participant who joins a call gets the AttendeeId of the caller."""

    def give(_: Context, call: Call, members: Members) -> Members:
        if WEBRTC in connection_types(call):
            members["WebRTCConnection"]["Attendee"]["AttendeeId"] = call.contact.participants[0].id
        return members

    gives(service, CONNECT, give)


@fault("CreateParticipantConnection.WebRTCConnection.own-attendee")
def gives_one_join_token_to_a_call(service: ReferenceService) -> None:
    """CreateParticipantConnection gives all participants of a call the same JoinToken."""

    def give(_: Context, call: Call, members: Members) -> Members:
        if WEBRTC in connection_types(call):
            members["WebRTCConnection"]["Attendee"]["JoinToken"] = call.contact.id
        return members

    gives(service, CONNECT, give)
