"""StartWebRTCContact and the calls that it starts."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.reference.choices import Quotas
from conformance.reference.instances import INSTANCE_ID
from tests.reference.account import ACCESS_DENIED, FLOW, INVALID_PARAMETER, NOT_FOUND, Account, members_of, refusal_of


def start_call(account: Account, **arguments: Any) -> dict[str, Any]:
    return members_of(account.call("StartWebRTCContact", **{**FLOW, **arguments}))


def test_a_call_starts_with_the_meeting_to_join(account: Account) -> None:
    """ConnectionData holds attendee and meeting with all addresses, TurnControlUrl among them."""
    data = start_call(account)["ConnectionData"]
    assert set(data["Attendee"]) == {"AttendeeId", "JoinToken"}
    assert set(data["Meeting"]["MediaPlacement"]) == {
        "AudioHostUrl",
        "AudioFallbackUrl",
        "SignalingUrl",
        "TurnControlUrl",
        "EventIngestionUrl",
    }
    assert {"MeetingId", "MediaRegion", "MeetingFeatures"} <= set(data["Meeting"])


def test_a_webrtc_connection_is_the_same_meeting(account: Account) -> None:
    """WEBRTC_CONNECTION gives the meeting of the call, without the turn control URL that its shape lacks."""
    call = start_call(account)
    reply = members_of(
        account.call("CreateParticipantConnection", call["ParticipantToken"], Type=["WEBRTC_CONNECTION"])
    )
    meeting = reply["WebRTCConnection"]["Meeting"]
    assert meeting["MeetingId"] == call["ConnectionData"]["Meeting"]["MeetingId"]
    assert "TurnControlUrl" not in meeting["MediaPlacement"]


@pytest.mark.parametrize("kind", ["URL", "NUMBER", "STRING", "DATE", "EMAIL"])
def test_references_of_five_types_are_taken(account: Account, kind: str) -> None:
    """The text allows these five at creation."""
    start_call(account, References={"r": {"Type": kind, "Value": "1"}})


@pytest.mark.parametrize(
    ("value", "status"), [("1772366400", 200), ("1772366400.047", 200), ("2026-03-01", 400), ("", 400)]
)
def test_a_date_is_an_epoch_timestamp(account: Account, value: str, status: int) -> None:
    """The text about DATE references says so."""
    reply = account.call("StartWebRTCContact", **FLOW, References={"due": {"Type": "DATE", "Value": value}})
    assert reply.status == status


@pytest.mark.parametrize("kind", ["ATTACHMENT", "EMAIL_MESSAGE", "CONTACT_ANALYSIS", "url"])
def test_other_references_are_refused(account: Account, kind: str) -> None:
    """ATTACHMENT is named as not supported at creation; what the text does not list is not either."""
    reply = account.call("StartWebRTCContact", **FLOW, References={"r": {"Type": kind, "Value": "1"}})
    assert refusal_of(reply) == INVALID_PARAMETER


def test_capabilities_are_to_send(account: Account) -> None:
    """SEND is the only capability there is."""
    send = {"Video": "SEND", "ScreenShare": "SEND"}
    start_call(account, AllowedCapabilities={"Customer": send, "Agent": send})
    reply = account.call("StartWebRTCContact", **FLOW, AllowedCapabilities={"Agent": {"Video": "RECEIVE"}})
    assert refusal_of(reply) == INVALID_PARAMETER


def test_a_call_is_described_as_one(account: Account) -> None:
    """Channel VOICE, initiated by WEBRTC_API, with description and attributes as given."""
    call = start_call(account, Description="About an order", Attributes={"a": "b"})
    contact = account.describe(call["ContactId"])
    assert (contact["Channel"], contact["InitiationMethod"]) == ("VOICE", "WEBRTC_API")
    assert (contact["Description"], contact["Attributes"]) == ("About an order", {"a": "b"})


def test_instance_flow_and_related_contact_must_exist(account: Account) -> None:
    """What does not exist is ResourceNotFoundException."""
    for unknown in ("InstanceId", "ContactFlowId", "RelatedContactId"):
        assert refusal_of(account.call("StartWebRTCContact", **{**FLOW, unknown: "unknown"})) == NOT_FOUND


def test_a_call_takes_more_customers(account: Account) -> None:
    """CreateParticipant adds a CUSTOMER to a call; it goes on until the last of them leaves."""
    call = start_call(account)
    here = {"InstanceId": INSTANCE_ID, "ContactId": call["ContactId"]}
    details = {"ParticipantRole": "CUSTOMER", "ParticipantCapabilities": {"Video": "SEND"}}
    added = members_of(account.call("CreateParticipant", **here, ParticipantDetails=details))
    second = account.connect(
        call["ContactId"], added["ParticipantId"], added["ParticipantCredentials"]["ParticipantToken"]
    )
    first = account.connect(call["ContactId"], call["ParticipantId"], call["ParticipantToken"])
    members_of(first.call("DisconnectParticipant"))
    assert "DisconnectTimestamp" not in account.describe(call["ContactId"])
    members_of(second.call("DisconnectParticipant"))
    assert "DisconnectTimestamp" in account.describe(call["ContactId"])


def test_a_stopped_call_opens_nothing(account: Account) -> None:
    """StopContact ends a call that WEBRTC_API initiated; its token is worth nothing then."""
    call = start_call(account)
    assert account.stop(call["ContactId"]).status == 200
    reply = account.call("CreateParticipantConnection", call["ParticipantToken"], Type=["WEBRTC_CONNECTION"])
    assert refusal_of(reply) == ACCESS_DENIED


def test_an_instance_has_room_for_so_many_calls() -> None:
    """Above the quota LimitExceededException 429; chats do not count."""
    account = Account(quotas=Quotas(active_calls=1))
    account.chat()
    call = start_call(account)
    assert refusal_of(account.call("StartWebRTCContact", **FLOW)) == (429, "LimitExceededException")
    account.stop(call["ContactId"])
    start_call(account)


def test_a_call_that_nobody_ends_is_over_after_a_day(account: Account) -> None:
    """No document limits a call; this endpoint keeps none for ever."""
    call = start_call(account)
    account.service.advance(86_400)
    assert account.describe(call["ContactId"])["DisconnectReason"] == "EXPIRED"
