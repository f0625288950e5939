"""StartWebRTCContact: the started call, the credentials of its customer, and requests that start no call."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.endpoint.preconditions import SetupFailed
from conformance.scenario.markers import verifies, verifies_each
from conformance.scenario.participants import Chat, text_at
from conformance.scenario.scenario import Scenario
from strategies.unknown_identifiers import unknown_identifiers

START = "StartWebRTCContact"
IDENTIFIERS = ("ContactId", "ParticipantId", "ParticipantToken")
OPTIONS = {"InstanceId": "instance_id", "ContactFlowId": "contact_flow_id"}


def _call(scenario: Scenario, **members: Any) -> Chat:
    return scenario.register(scenario.start(START, **members))


def _described_id(call: Chat) -> str | None:
    """The Id of a call's description, None while there is none."""
    response = call.on_contact("DescribeContact").response
    contact = response.members.get("Contact") if response and response.succeeded else None
    return text_at(contact, "Id") if isinstance(contact, Mapping) else None


@verifies("StartWebRTCContact.ContactId.names-the-contact")
def test_a_started_call_is_described_by_its_contact_id(scenario: Scenario) -> None:
    """DescribeContact describes the call for the ContactId of each reply."""
    scenario.working("DescribeContact")
    for call in [scenario.webrtc_call() for _ in range(3)]:
        with scenario.claim() as claim:
            described = scenario.until(partial(_described_id, call))
            claim.equal(described, call.contact_id, "the Id in the description of a call that was just started")


@verifies("StartWebRTCContact.ContactId.unique")
def test_every_started_call_has_identifiers_of_its_own(scenario: Scenario) -> None:
    """Calls that were started in turn or at the same time differ in every identifier and token."""
    calls = [scenario.start(START), *scenario.at_once([partial(scenario.start, START)] * 3)]
    started = [scenario.need(answer) for answer in calls]
    for call in started:
        scenario.keep_open(text_at(call, "ContactId"))
    with scenario.claim() as claim:
        for name in IDENTIFIERS:
            claim.equal(len({text_at(call, name) for call in started}), len(started), f"the number of {name}s")


@verifies("StartWebRTCContact.ParticipantToken.opens-connection")
def test_the_participant_token_opens_a_webrtc_connection(scenario: Scenario) -> None:
    """CreateParticipantConnection with Type WEBRTC_CONNECTION accepts the ParticipantToken of the reply."""
    for call in (scenario.webrtc_call(), _call(scenario)):
        with scenario.claim() as claim:
            claim.success(call.connect("WEBRTC_CONNECTION"), "CreateParticipantConnection with a call's token")


@verifies("StartWebRTCContact.ParticipantToken.lives-with-participant")
def test_the_participant_token_lives_as_long_as_the_call(scenario: Scenario) -> None:
    """The ParticipantToken opens connections repeatedly while the call lasts, whoever joins meanwhile."""
    call = scenario.webrtc_call()
    scenario.need(call.connect("WEBRTC_CONNECTION"))
    for happens in (lambda: None, lambda: _call(scenario), lambda: call.add_participant("CUSTOMER", "Bea")):
        with scenario.claim() as claim:
            happens()
            claim.success(call.connect("WEBRTC_CONNECTION"), "another CreateParticipantConnection with the same token")


@verifies("StartWebRTCContact.ConnectionData.for-a-client")
def test_the_connection_data_hold_what_a_client_joins_with(scenario: Scenario) -> None:
    """AttendeeId, JoinToken, MeetingId and each media address of every reply are not empty."""
    for call in [scenario.webrtc_call() for _ in range(3)]:
        data = _member(call.started or {}, "ConnectionData")
        empty = [name for name, text in _to_join_with(data).items() if text is not None and not str(text).strip()]
        with scenario.claim() as claim:
            claim.holds(
                not empty,
                "attendee, token, meeting and media addresses that are not empty",
                f"empty: {', '.join(empty)}",
            )


@verifies("StartWebRTCContact.ConnectionData.own")
def test_each_call_has_a_meeting_of_its_own(scenario: Scenario) -> None:
    """The ConnectionData of different calls have different meetings, attendees and join tokens."""
    calls = [scenario.webrtc_call() for _ in range(3)]
    every = [_to_join_with(_member(call.started or {}, "ConnectionData")) for call in calls]
    with scenario.claim() as claim:
        for name in ("MeetingId", "AttendeeId", "JoinToken"):
            given = [data[name] for data in every if data[name]]  # one that lacks is its own violation
            claim.equal(len(set(given)), len(given), f"the number of different {name}s")


def _to_join_with(data: Mapping[str, Any]) -> Mapping[str, Any]:
    attendee, meeting = _member(data, "Attendee"), _member(data, "Meeting")
    texts = {"AttendeeId": attendee.get("AttendeeId"), "JoinToken": attendee.get("JoinToken")}
    return {**texts, "MeetingId": meeting.get("MeetingId"), **_member(meeting, "MediaPlacement")}


def _member(members: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The structure under `name`. Raises SetupFailed where there is none, which is a violation of the reply."""
    value = members.get(name)
    if not isinstance(value, Mapping):
        raise SetupFailed(f"the reply lacks {name}")
    return value


@verifies_each(
    "requirement",
    "StartWebRTCContact.InstanceId.unknown-refused",
    "StartWebRTCContact.ContactFlowId.unknown-refused",
)
def test_an_unknown_identifier_starts_no_call(scenario: Scenario, requirement: str) -> None:
    """The endpoint refuses an identifier that names nothing, also one that resembles a known one."""
    _, member, _ = requirement.split(".")
    scenario.working(START)
    for unknown in unknown_identifiers(scenario.option(OPTIONS[member])):
        answer = scenario.start(START, **{member: unknown})
        with scenario.claim(requirement) as claim:
            claim.any_refusal(answer, f"{START} with the {member} {unknown}")


@verifies_each(
    "requirement",
    "StartWebRTCContact.InstanceId.unknown-not-found",
    "StartWebRTCContact.ContactFlowId.unknown-not-found",
)
def test_an_unknown_identifier_of_a_call_is_not_found(scenario: Scenario, requirement: str) -> None:
    """The endpoint refuses an identifier that names nothing with ResourceNotFoundException."""
    _, member, _ = requirement.split(".")
    answer = scenario.start(START, **{member: str(uuid.uuid4())})
    with scenario.claim(requirement) as claim:
        sent = f"{START} with an unknown {member}"
        claim.failure(answer, sent, status=404, types=["ResourceNotFoundException"])


@verifies("StartWebRTCContact.ContactFlowId.of-another-instance")
def test_a_flow_starts_calls_in_its_own_instance_only(scenario: Scenario) -> None:
    """The endpoint does not start a call with the flow of another instance."""
    flow = scenario.option("second_contact_flow_id")
    scenario.working(START)
    answer = scenario.start(START, ContactFlowId=flow)
    with scenario.claim() as claim:
        claim.any_refusal(answer, f"{START} with the flow of another instance")


@verifies("StartWebRTCContact.ContactFlowId.empty")
def test_what_an_empty_flow_gets_is_written_down(scenario: Scenario) -> None:
    """The test records how the endpoint answers an empty ContactFlowId, which has no minimum length in the model."""
    with scenario.claim() as claim:
        claim.record(describe(judged_reply(scenario.start(START, ContactFlowId=""))))
