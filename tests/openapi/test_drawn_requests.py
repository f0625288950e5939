"""What a generic tool draws: what fits the narrowest document is accepted, what does not fit the widest is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from conformance.contract.model import Location, operations
from conformance.contract.openapi.document import calls, document
from conformance.contract.openapi.shapes import Bound
from conformance.contract.wire import Response, to_request
from conformance.reference.instances import CONTACT_FLOW_ID, INSTANCE_ID, STREAMING_ENDPOINT_ARN
from tests.openapi.judging import body_schema, first_error
from tests.reference.account import Account

pytestmark = pytest.mark.slow

Case = schemathesis.Case[Any]
QUICK = settings(
    max_examples=15,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# Operations whose requests need no more than a chat: what the others need only further calls can make.
TRIED = [
    *("StartChatContact", "StartWebRTCContact", "CreateParticipant", "UpdateContactAttributes", "StopContact"),
    *("StartContactStreaming", "SendMessage", "SendEvent", "GetTranscript", "StartAttachmentUpload"),
    *("CreateParticipantConnection", "DisconnectParticipant"),
]


def known_names() -> dict[str, str]:
    """What a request may name; each fresh endpoint hands out the same identifiers."""
    contact = Account().chat().contact_id
    ids = {"InstanceId": INSTANCE_ID, "ContactFlowId": CONTACT_FLOW_ID, "StreamingEndpointArn": STREAMING_ENDPOINT_ARN}
    return {**ids, "ContactId": contact, "InitialContactId": contact}


def strategies_of(bound: Bound, mode: GenerationMode) -> Mapping[str, SearchStrategy[Case]]:
    """What is drawn from each operation of a document, whose bearer's header is left alone."""
    written = document(bound, known=known_names())
    for call in calls(written):
        call["parameters"] = [parameter for parameter in call["parameters"] if parameter["in"] == "path"]
    loaded = schemathesis.openapi.from_dict(written)
    found = [result.ok() for result in loaded.get_all_operations() if isinstance(result, Ok)]
    return {one.definition.raw["operationId"]: one.as_strategy(generation_mode=mode) for one in found}


# Each process of a spread run collects this file, and one runs it.
@cache
def fitting() -> Mapping[str, SearchStrategy[Case]]:
    """What the narrowest document admits."""
    return strategies_of(Bound.NARROWEST, GenerationMode.POSITIVE)


@cache
def odd() -> Mapping[str, SearchStrategy[Case]]:
    """What the widest document does not admit."""
    return strategies_of(Bound.WIDEST, GenerationMode.NEGATIVE)


def answer(name: str, body: Any) -> Response:
    """The reply of a fresh endpoint to an operation with this body, in a chat where that is due."""
    opened, operation = Account().chat(), operations()[name]
    path = {m.name: opened.contact_id for m in operation.input.members if m.location is Location.URI}
    request = replace(to_request(operation, path), body=json.dumps(body).encode())
    bearer = opened.participant_token if name == "CreateParticipantConnection" else opened.token
    signed = opened.account.sign(request) if operation.signed else request.with_header("x-amz-bearer", bearer)
    return opened.account.send(signed)


def is_json(body: Any) -> bool:
    """Whether a drawn body is a JSON value, and not bytes or nothing at all."""
    try:
        json.dumps(body)
    except TypeError:
        return False
    return True


def whole_numbers(value: Any) -> Any:
    """The same with 5 in place of 5.0, which JSON Schema takes for an integer too."""
    if isinstance(value, dict):
        return {key: whole_numbers(part) for key, part in value.items()}
    if isinstance(value, list):
        return [whole_numbers(part) for part in value]
    return int(value) if isinstance(value, float) else value


def test_every_operation_can_be_drawn_from() -> None:
    assert fitting().keys() == odd().keys() == operations().keys()


@pytest.mark.parametrize("name", TRIED)
def test_what_fits_the_narrowest_document_is_accepted_and_fits_the_widest(name: str) -> None:
    tried: list[Any] = []

    @settings(QUICK)
    @given(fitting()[name])
    def send(case: Case) -> None:
        body = whole_numbers(case.body)
        reply = answer(name, body)
        assert reply.status == 200, reply.body
        assert first_error(body_schema(name), body) == []
        tried.append(body)

    send()
    assert len(tried) > 5


@pytest.mark.parametrize("name", TRIED)
def test_what_does_not_fit_the_widest_document_is_refused(name: str) -> None:
    tried: list[Any] = []

    @settings(QUICK)
    @given(odd()[name])
    def send(case: Case) -> None:
        assume(is_json(case.body) and first_error(body_schema(name), case.body))
        assert 400 <= answer(name, case.body).status < 500
        tried.append(case.body)

    send()
    assert len(tried) > 5
