"""What the endpoint's owner may ask: which contacts are open."""

from __future__ import annotations

import json
from typing import Any

from conformance.contract.model import operation
from conformance.contract.wire import Request
from conformance.reference.admin import CONTACTS
from conformance.reference.context import Call
from conformance.reference.instances import INSTANCE_ID
from conformance.reference.serving import ReplaceableService
from tests.reference.account import FLOW


def open_contacts(replaceable: ReplaceableService) -> Any:
    reply = replaceable.handle(Request("", "GET", CONTACTS))
    assert reply.status == 200
    return json.loads(reply.body)


def test_open_contacts_are_told_and_ended_ones_are_not() -> None:
    replaceable = ReplaceableService("http://127.0.0.1:1", admin=True)
    assert open_contacts(replaceable) == {"contacts": []}
    started = [
        replaceable.service.perform(Call(operation(name), FLOW)) for name in ("StartChatContact", "StartWebRTCContact")
    ]
    first, second = open_contacts(replaceable)["contacts"]
    assert {first["ContactId"], second["ContactId"]} == {one["ContactId"] for one in started}
    assert {first["channel"], second["channel"]} == {"CHAT", "VOICE"}
    assert first["since"] <= second["since"]
    ids = {"InstanceId": INSTANCE_ID, "ContactId": started[0]["ContactId"]}
    replaceable.service.perform(Call(operation("StopContact"), ids))
    assert [one["ContactId"] for one in open_contacts(replaceable)["contacts"]] == [started[1]["ContactId"]]


def test_an_endpoint_without_it_knows_no_such_path() -> None:
    assert ReplaceableService("http://127.0.0.1:1").handle(Request("", "GET", CONTACTS)).status == 404
