"""What a conversation makes can be named in requests, also where the endpoint shows it late."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from unittest.mock import MagicMock

import pytest

from conformance.contract.wire import Exchange, Request, Response
from conformance.endpoint.chat_member import ChatMember
from conformance.endpoint.chat_resources import ChatResources
from conformance.engine.replicas import Replicas

GIVEN = {"instance_id": "i", "contact_flow_id": "f"}
MADE: dict[str, dict[str, Any]] = {
    "StartChatContact": {"ContactId": "c", "ParticipantId": "p", "ParticipantToken": "t"},
    "CreateParticipantConnection": {"ConnectionCredentials": {"ConnectionToken": "ct"}},
    "SendMessage": {"Id": "m-1", "AbsoluteTime": "2026-03-01T12:00:00.000Z"},
}


class Late:
    """An endpoint whose transcript is `transcripts`, one after the other, the last one from then on."""

    def __init__(self, *transcripts: Any, status: int = 200) -> None:
        self.transcripts, self.status, self.looks = list(transcripts), status, 0

    def send(self, request: Request, **_: Any) -> Exchange:
        if request.operation != "GetTranscript":
            return Exchange(request, Response(200, (), json.dumps(MADE[request.operation]).encode()))
        self.looks += 1
        shown = self.transcripts.pop(0) if len(self.transcripts) > 1 else self.transcripts[0]
        return Exchange(request, Response(self.status, (), json.dumps({"Transcript": shown}).encode()))


def send_one(late: Late, most: int = 10) -> tuple[str, int]:
    """The id of the message that a conversation sends, and how often it looked for it."""

    def until(look: Callable[[], bool | None]) -> bool | None:
        return next((True for _ in range(most) if look()), None)

    def settle(look: Callable[[], bool | None], since: float) -> None:
        Replicas().confirm(look, since, nullcontext, until)

    calls = MagicMock(send=late.send, until=until, settle=settle)
    return ChatResources(calls, ChatMember(calls, "c", "p", "t"))["message_id"], late.looks


@pytest.mark.parametrize(
    ("late", "looks"),
    [
        (Late([{"Id": "m-1"}]), 1 + 3),
        (Late([], [{"Id": "m-0"}], [{"Id": "m-0"}, {"Id": "m-1"}]), 3 + 3),
        (Late([]), 10),
        (Late("no list"), 10),
        (Late(["no object"], [{"Id": "m-1"}]), 2 + 3),
        (Late([{"Id": "m-1"}], [], [{"Id": "m-1"}]), 1 + 1 + 4),
        (Late([], status=404), 1 + 3),
    ],
    ids=["at once", "late", "never", "no list", "no object", "a replica behind", "no transcripts"],
)
def test_a_message_is_waited_for_in_the_transcript(late: Late, looks: int) -> None:
    assert send_one(late) == ("m-1", looks)
