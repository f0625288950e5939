"""Valid calls and what became of them, for the tests of diagnoses."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from conformance.contract.model import operation
from conformance.contract.wire import Exchange, Request, Response, to_request

BASE = "http://api.example:8080"
SIGNED = (
    ("Host", "api.example:8080"),
    ("X-Amz-Date", "20261121T101500Z"),
    (
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/us-east-1/connect/aws4_request, SignedHeaders=host",
    ),
)
_CALLS: dict[str, dict[str, Any]] = {
    "StartChatContact": {"InstanceId": "i", "ContactFlowId": "f", "ParticipantDetails": {"DisplayName": "Ann"}},
    "CreateParticipantConnection": {"ParticipantToken": "token-1", "Type": ["CONNECTION_CREDENTIALS"]},
    "SendMessage": {"ConnectionToken": "token-2", "ContentType": "text/plain", "Content": "Hello"},
    "GetTranscript": {"ConnectionToken": "token-2"},
    "DescribeView": {"ConnectionToken": "token-2", "ViewToken": "a/b"},
    "GetContactAttributes": {"InstanceId": "i", "InitialContactId": "c"},
}


def call(name: str) -> Request:
    """The plain call of an operation, signed where that is documented."""
    request = to_request(operation(name), _CALLS[name])
    return replace(request, headers=(*request.headers, *SIGNED)) if operation(name).signed else request


def reply(status: int, body: bytes | str = b"", **headers: str) -> Response:
    """A reply; underscores in the names of `headers` stand for hyphens."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Response(status, named, body.encode() if isinstance(body, str) else body)


def error(status: int, name: str, message: str = "", **headers: str) -> Response:
    """An error that names its type."""
    members = {"message": message} if message else {}
    return reply(status, json.dumps(members), Content_Type="application/json", x_amzn_ErrorType=name, **headers)


def page(status: int, title: str = "", **headers: str) -> Response:
    """An HTML page."""
    html = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><p>Hi</p></body></html>"
    return reply(status, html, Content_Type="text/html", **headers)


def exchange(
    response: Response | None, name: str = "StartChatContact", base: str = BASE, failure: str = ""
) -> Exchange:
    """The plain call of `name` with what became of it."""
    return Exchange(call(name), response, failure=failure or None, base=base)
