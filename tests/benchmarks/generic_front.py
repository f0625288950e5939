"""A web server's front for a tool that knows nothing of chats: it puts in what only an endpoint can give.

The tool sends stand-ins; real tokens, ids and signatures of a chat that is alive take their place, and a new chat is
started when a call has ended or used up the last one. So whatever the tool misses it does not miss for want of access.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from conformance.contract.model import Operation, operations
from conformance.contract.operation_traits import CONSUMING
from conformance.contract.wire import Request, Response
from conformance.endpoint.preconditions import SetupFailed
from conformance.power.bench import _Bound

SIGNED, BEARER = "signed", "bearer-of-the-chat"
CASE = "X-Schemathesis-TestCaseId"
RESOURCES = {
    "InstanceId": "instance_id",
    "ContactFlowId": "contact_flow_id",
    "ContactId": "contact_id",
    "InitialContactId": "contact_id",
    "RelatedContactId": "contact_id",
    "SourceContactId": "ended_contact_id",
    "StreamingEndpointArn": "streaming_endpoint_arn",
    "StreamingId": "streaming_id",
    "ViewToken": "view_token",
    "SessionId": "auth_session_id",
    "AttachmentId": "attachment_id",
    "AttachmentIds": "uploaded_attachment_id",
    "NextToken": "next_token",
    "Id": "message_id",
}
_LEFT_OUT = frozenset({"host", "content-length", "user-agent", "accept-encoding", "connection", "accept"})


def stand_in(member: str) -> str:
    """What the tool is given for a member that names something: as long as an id is, and never drawn by chance."""
    return f"00000000-0000-4000-8000-{list(RESOURCES).index(member):012}"


# The document knows an attachment's id by the name of what a list holds.
KNOWN = {"member" if member == "AttachmentIds" else member: stand_in(member) for member in RESOURCES}


@dataclass(slots=True)
class Front:
    """A WSGI application before one endpoint. `order` has each request's number by the tool's id of its case."""

    bound: _Bound
    sent: int = 0
    order: dict[str, int] = field(default_factory=dict)

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        """Answer one request."""
        response = self._answer(environ)
        headers = [(name, value) for name, value in response.headers if name.lower() != "content-length"]
        start_response(f"{response.status} .", headers)
        return [response.body]

    def _answer(self, environ: Mapping[str, Any]) -> Response:
        self.sent += 1
        headers = _headers_of(environ)
        self.order.setdefault(headers.pop(CASE.lower(), ""), self.sent)
        body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        path = environ["REQUEST_URI"]
        subject = _operation_of(environ["REQUEST_METHOD"], path.split("?", 1)[0])
        if subject is None:
            return Response(404, (("Content-Type", "application/json"),), b"{}")
        signed = headers.get("authorization") == SIGNED
        if signed:
            del headers["authorization"]
        if headers.get("x-amz-bearer") == BEARER:
            headers["x-amz-bearer"] = self._fill(BEARER, self._bearer_of(subject))
        real = Request(
            subject.name,
            subject.method,
            self._replace(path, lambda value: quote(value, safe="")),
            tuple(headers.items()),
            self._replace(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape"),
        )
        return self._send(real, signed=signed)

    def _send(self, request: Request, *, signed: bool) -> Response:
        exchange = self.bound.target.send(request, signed=signed)
        conversations = self.bound.verifier.conversations
        response = exchange.response or Response(400, (("Content-Type", "application/json"),), b"{}")
        if response.succeeded and request.operation in CONSUMING:
            conversations.discard()
        elif response.succeeded and request.operation == "StartAttachmentUpload":
            conversations.shared_conversation().count(request.operation)
        conversations.contacts.sweep()
        return response

    def _bearer_of(self, subject: Operation) -> str:
        return "participant_token" if subject.name == "CreateParticipantConnection" else "connection_token"

    def _replace(self, text: str, written: Callable[[str], str] = str) -> str:
        for member, resource in RESOURCES.items():
            if stand_in(member) in text:
                text = text.replace(stand_in(member), written(self._fill(stand_in(member), resource)))
        return text

    def _fill(self, otherwise: str, resource: str) -> str:
        """The chat's own value of `resource`, or what stood there where the endpoint does not give one."""
        try:
            return self.bound.verifier.conversations.shared_conversation()[resource]
        except SetupFailed:
            return otherwise


def _headers_of(environ: Mapping[str, Any]) -> dict[str, str]:
    found = {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        found["content-type"] = environ["CONTENT_TYPE"]
    return {name: value for name, value in found.items() if name not in _LEFT_OUT}


def _operation_of(method: str, path: str) -> Operation | None:
    for subject in operations().values():
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", subject.uri)
        if subject.method == method and re.fullmatch(pattern, path):
            return subject
    return None
