"""Cases of what replies say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.contract.content_types import EVENT
from tests.openapi.cases import Case

TIME = "2026-01-31T12:00:00.000Z"
ITEM = {"Id": "i", "Type": "MESSAGE", "AbsoluteTime": TIME}
HERE, BEFORE = "00000000-0000-4000-8000-0000000000aa", "00000000-0000-4000-8000-0000000000bb"


def _page(*items: dict[str, Any]) -> dict[str, Any]:
    return {"InitialContactId": HERE, "Transcript": [{**ITEM, **item} for item in items]}


def _start(token: str) -> dict[str, Any]:
    return {"ContactId": HERE, "ParticipantId": BEFORE, "ParticipantToken": token}


def _socket(url: str) -> dict[str, Any]:
    return {**_start("token"), "Websocket": {"Url": url, "ConnectionExpiry": TIME}}


def _call(attendee: str, token: str, meeting: str, address: str | None) -> dict[str, Any]:
    place = {"AudioHostUrl": address} if address is not None else {}
    data = {
        "Attendee": {"AttendeeId": attendee, "JoinToken": token},
        "Meeting": {"MeetingId": meeting, "MediaPlacement": place},
    }
    return {**_start("token"), "ConnectionData": data}


def _contact(started: float) -> dict[str, Any]:
    return {
        "Contact": {
            "Arn": "a",
            "Id": HERE,
            "Channel": "CHAT",
            "InitiationMethod": "API",
            "InitiationTimestamp": started,
        }
    }


def cases() -> Iterator[tuple[str, Case]]:
    """The cases by requirement id."""
    safe = ["token", "a b", "A9+/=.-_~", "\u00e9"]
    yield (
        "Tokens.issue.header-safe",
        Case(
            [_start(token) for token in ("two\nlines", "behind ", " before", "end\n", "tab\tin", "\u20ac", "\x00")],
            [_start(token) for token in safe],
            "StartChatContact",
        ),
    )
    urls = ("https://example.com/socket", "ws://example.com/socket", "example.com", "ws://127.0.0.1/socket")
    yield (
        "WebSocket.url.scheme",
        Case(
            [_socket(url) for url in urls],
            [_socket(url) for url in ("wss://example.com/socket?a=b", "ws://127.0.0.1:8080/socket")],
            "StartChatContact",
        ),
    )
    hundred = [{"Id": f"i{number}"} for number in range(100)]
    yield "GetTranscript.MaxResults.never-exceeded", Case([_page(*hundred, {"Id": "x"})], [_page(*hundred), _page()])
    both = {"ContactId": HERE, "RelatedContactId": BEFORE}
    either = [
        _page({"ContactId": HERE}, {"RelatedContactId": BEFORE}),
        _page({"ContactId": HERE, "RelatedContactId": None}),
    ]
    for rule in ("past-items-related-contact", "current-items-contact"):
        yield f"StartChatContact.PersistentChat.{rule}", Case([_page(both)], either, "GetTranscript")
    yield "GetTranscript.Transcript.id-unique", Case([_page({}, {})], [_page({}, {"Id": "j"})])
    attached = {"Attachments": [{"AttachmentId": "a"}]}
    right = [_page({**attached, "Type": "ATTACHMENT"}), _page({"Attachments": []}), _page({"Attachments": None})]
    yield "CompleteAttachmentUpload.effect.item-type", Case([_page(attached)], right, "GetTranscript")
    receipts = [{"MessageMetadata": {"Receipts": [receipt]}} for receipt in ({}, {"RecipientParticipantId": BEFORE})]
    yield "SendEvent.receipt.recipient", Case([_page(receipts[0])], [_page(receipts[1])], "GetTranscript")
    event = {"Type": "EVENT"}
    yield (
        "GetTranscript.Transcript.event-content-type",
        Case(
            [_page({**event, "ContentType": "text/plain"}), _page(event)],
            [_page({**event, "ContentType": f"{EVENT}.participant.joined"}), _page({"ContentType": "text/plain"})],
        ),
    )
    whole = ("a", "t", "00000000-0000-4000-8000-00000000000e", "wss://example.com")
    holes = [tuple(" " if at == hole else part for at, part in enumerate(whole)) for hole in range(4)]
    yield (
        "StartWebRTCContact.ConnectionData.for-a-client",
        Case([_call(*parts) for parts in holes], [_call(*whole), _call(*whole[:3], None)]),
    )
    sent, offset = [{"Id": "i", "AbsoluteTime": text} for text in (TIME, TIME.replace("Z", "+00:00"))]
    yield "Protocol.time.designator", Case([offset], [sent], "SendMessage")
    yield "DescribeContact.times.epoch-seconds", Case([_contact(1_763_683_200_000)], [_contact(1_763_683_200.5)])
    yield (
        "GetAuthenticationUrl.AuthenticationUrl.sign-in",
        Case(
            [{"AuthenticationUrl": url} for url in ("http://a/authorize", "https://a/b?authorize", "/authorize")],
            [{"AuthenticationUrl": "https://a.auth.example.com/oauth2/authorize?client_id=1"}],
        ),
    )
