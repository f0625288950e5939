"""Which calls of a scenario concern a chat, whatever the bytes in which their requests name it."""

from __future__ import annotations

import json

import pytest

from conformance.contract.model import operation
from conformance.contract.wire import Exchange, Request, Response, to_request
from conformance.scenario.left_chats import ChatHistory

OPENED = Response(200, (), json.dumps({"ContactId": "c", "ParticipantId": "p", "ParticipantToken": "t"}).encode())
START = Exchange(to_request(operation("StartChatContact"), {"InstanceId": "i"}), OPENED)


def stopping(body: bytes) -> Exchange:
    return Exchange(Request("StopContact", "POST", "/contact/stop", (), body), Response(200, (), b"{}"))


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b'{"InstanceId": "i", "ContactId": "c"}', True),
        (b'{"InstanceId": "i", "RelatedContactId": "c"}', True),
        (b'{"InstanceId": "i", "Cont\\u0061ctId": "c"}', True),
        ('{"InstanceId": "i", "ContactId": "c"}'.encode("utf-16-le"), True),
        (b'{"Details": [{"SourceContactId": "c"}]}', True),
        (b'{"InstanceId": "i", "ContactId": "another"}', False),
        (b'{"InstanceId": "c"}', False),
        (b"", False),
    ],
)
def test_a_call_concerns_the_chats_that_its_request_names(body: bytes, named: bool) -> None:  # noqa: FBT001 - a row
    assert ChatHistory(START, (), frozenset()).concerns(stopping(body)) is named
