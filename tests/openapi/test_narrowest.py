"""What fits the narrowest document is accepted, and fits the widest one too."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from conformance.contract.model import operations
from conformance.openapi.document import document
from conformance.openapi.shapes import Bound
from conformance.reference.instances import CONTACT_FLOW_ID, INSTANCE_ID, STREAMING_ENDPOINT_ARN
from tests.openapi.judging import body_schema, broken
from tests.reference.account import Account, Chat

QUICK = settings(
    max_examples=15, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
# Operations whose requests need no more than a chat: what the others need only further calls can make.
TRIED = [
    *("StartChatContact", "StartWebRTCContact", "CreateParticipant", "UpdateContactAttributes", "StopContact"),
    *("StartContactStreaming", "SendMessage", "SendEvent", "GetTranscript", "StartAttachmentUpload"),
    *("CreateParticipantConnection", "DisconnectParticipant"),
]


def chat() -> Chat:
    """A chat of a fresh endpoint, which hands out the same identifiers each time."""
    return Account().chat()


def known() -> dict[str, str]:
    """What a request may name."""
    contact = chat().contact_id
    ids = {"InstanceId": INSTANCE_ID, "ContactFlowId": CONTACT_FLOW_ID, "StreamingEndpointArn": STREAMING_ENDPOINT_ARN}
    return {**ids, "ContactId": contact, "InitialContactId": contact}


NARROWEST = schemathesis.openapi.from_dict(document(Bound.NARROWEST, known=known()))
STRATEGIES = {
    found.ok().definition.raw["operationId"]: found.ok().as_strategy(generation_mode=GenerationMode.POSITIVE)
    for found in NARROWEST.get_all_operations()
    if isinstance(found, Ok)
}


def test_every_operation_can_be_drawn_from() -> None:
    assert STRATEGIES.keys() == operations().keys()


@pytest.mark.parametrize("name", TRIED)
def test_what_a_generic_tool_draws_from_it_is_accepted(name: str) -> None:
    drawn: list[Any] = []

    @settings(
        max_examples=15, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(STRATEGIES[name])
    def send(case: schemathesis.Case[Any]) -> None:
        body = whole_numbers(case.body) if isinstance(case.body, dict) else {}
        opened = chat()
        bearer = opened.participant_token if name == "CreateParticipantConnection" else opened.token
        path = {m.name: opened.contact_id for m in operations()[name].input.members if m.location.value == "uri"}
        reply = opened.account.call(name, None if operations()[name].signed else bearer, **path, **body)
        assert reply.status == 200, reply.body
        assert broken(body_schema(name), body) == []
        drawn.append(body)

    send()
    assert len(drawn) > 5


def whole_numbers(value: Any) -> Any:
    """The same with 5 in place of 5.0, which JSON Schema takes for an integer too."""
    if isinstance(value, dict):
        return {key: whole_numbers(part) for key, part in value.items()}
    if isinstance(value, list):
        return [whole_numbers(part) for part in value]
    return int(value) if isinstance(value, float) else value
