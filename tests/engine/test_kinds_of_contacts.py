"""What a contact that a request opened is good for afterwards, whatever the request asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from conformance.contract.model import operation
from conformance.contract.wire import Exchange, Response, to_request
from conformance.endpoint.contacts import Contacts
from conformance.engine.chat_pool import ChatPool, Kind, UsedChat

IDS = {"instance_id": "i", "contact_flow_id": "f"}
OPENED = {"ContactId": "c", "ParticipantId": "p", "ParticipantToken": "t"}


def kind_of(opened: Mapping[str, Any] = OPENED, **members: Any) -> Kind | None:
    asked = {"InstanceId": "i", "ContactFlowId": "f", "ParticipantDetails": {"DisplayName": "Ann"}, **members}
    start = Exchange(to_request(operation("StartChatContact"), asked), Response(200, (), json.dumps(opened).encode()))
    pool = ChatPool(Contacts(lambda _, __: True, "i", most_open=20), IDS)
    return pool.kind_of(UsedChat((start,)))


def test_the_connections_that_a_start_asks_for_make_no_difference() -> None:
    assert kind_of(ConnectionTypes=["WEBSOCKET", "CONNECTION_CREDENTIALS"]) is Kind.PLAIN


def test_a_start_with_an_object_among_its_connections_is_no_plain_one() -> None:
    assert kind_of(ConnectionTypes=["WEBSOCKET", {"a": 1}]) is None


@pytest.mark.parametrize("value", ["", None, 7])
@pytest.mark.parametrize("name", OPENED)
def test_a_contact_whose_start_gave_no_usable_identifier_is_good_for_nothing(name: str, value: object) -> None:
    """Whoever took it could not speak in it: the start's reply is judged as such, and no other call for it."""
    assert kind_of({**OPENED, name: value}) is None
