"""StartWebRTCContact and the calls that it starts."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.reference.choices import Quotas
from conformance.reference.instances import INSTANCE_ID
from tests.reference.account import ACCESS_DENIED, FLOW, INVALID_PARAMETER, NOT_FOUND, Account, refused, succeeded


def started(account: Account, **arguments: Any) -> dict[str, Any]:
    return succeeded(account.call("StartWebRTCContact", **{**FLOW, **arguments}))


def test_a_call_starts_with_the_meeting_to_join(account: Account) -> None:
    """ConnectionData holds attendee and meeting with all addresses, TurnControlUrl among them."""
    data = started(account)["ConnectionData"]
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
    call = started(account)
    reply = succeeded(account.call("CreateParticipantConnection", call["ParticipantToken"], Type=["WEBRTC_CONNECTION"]))
    meeting = reply["WebRTCConnection"]["Meeting"]
    assert meeting["MeetingId"] == call["ConnectionData"]["Meeting"]["MeetingId"]
    assert "TurnControlUrl" not in meeting["MediaPlacement"]


@pytest.mark.parametrize("kind", ["URL", "NUMBER", "STRING", "DATE", "EMAIL"])
def test_references_of_five_types_are_taken(account: Account, kind: str) -> None:
    """The text allows these five at creation."""
    started(account, References={"r": {"Type": kind, "Value": "1"}})


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
    assert refused(reply) == INVALID_PARAMETER


def test_capabilities_are_to_send(account: Account) -> None:
    """SEND is the only capability there is."""
    send = {"Video": "SEND", "ScreenShare": "SEND"}
    started(account, AllowedCapabilities={"Customer": send, "Agent": send})
    reply = account.call("StartWebRTCContact", **FLOW, AllowedCapabilities={"Agent": {"Video": "RECEIVE"}})
    assert refused(reply) == INVALID_PARAMETER


def test_a_call_is_described_as_one(account: Account) -> None:
    """Channel VOICE, initiated by WEBRTC_API, with description and attributes as given."""
    call = started(account, Description="About an order", Attributes={"a": "b"})
    contact = account.described(call["ContactId"])
    assert (contact["Channel"], contact["InitiationMethod"]) == ("VOICE", "WEBRTC_API")
    assert (contact["Description"], contact["Attributes"]) == ("About an order", {"a": "b"})


def test_instance_flow_and_related_contact_must_exist(account: Account) -> None:
    """What does not exist is ResourceNotFoundException."""
    for unknown in ("InstanceId", "ContactFlowId", "RelatedContactId"):
        assert refused(account.call("StartWebRTCContact", **{**FLOW, unknown: "unknown"})) == NOT_FOUND


def test_a_call_takes_more_customers(account: Account) -> None:
    """CreateParticipant adds a CUSTOMER to a call; it goes on until the last of them leaves."""
    call = started(account)
    here = {"InstanceId": INSTANCE_ID, "ContactId": call["ContactId"]}
    details = {"ParticipantRole": "CUSTOMER", "ParticipantCapabilities": {"Video": "SEND"}}
    added = succeeded(account.call("CreateParticipant", **here, ParticipantDetails=details))
    second = account.connected(
        call["ContactId"], added["ParticipantId"], added["ParticipantCredentials"]["ParticipantToken"]
    )
    first = account.connected(call["ContactId"], call["ParticipantId"], call["ParticipantToken"])
    succeeded(first.call("DisconnectParticipant"))
    assert "DisconnectTimestamp" not in account.described(call["ContactId"])
    succeeded(second.call("DisconnectParticipant"))
    assert "DisconnectTimestamp" in account.described(call["ContactId"])


def test_a_stopped_call_opens_nothing(account: Account) -> None:
    """StopContact ends a call that WEBRTC_API initiated; its token is worth nothing then."""
    call = started(account)
    assert account.stop(call["ContactId"]).status == 200
    reply = account.call("CreateParticipantConnection", call["ParticipantToken"], Type=["WEBRTC_CONNECTION"])
    assert refused(reply) == ACCESS_DENIED


def test_an_instance_has_room_for_so_many_calls() -> None:
    """Above the quota LimitExceededException 429; chats do not count."""
    account = Account(quotas=Quotas(active_calls=1))
    account.chat()
    call = started(account)
    assert refused(account.call("StartWebRTCContact", **FLOW)) == (429, "LimitExceededException")
    account.stop(call["ContactId"])
    started(account)


def test_a_call_that_nobody_ends_is_over_after_a_day(account: Account) -> None:
    """No document limits a call; this endpoint keeps none for ever."""
    call = started(account)
    account.service.advance(86_400)
    assert account.described(call["ContactId"])["DisconnectReason"] == "EXPIRED"
