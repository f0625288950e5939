"""Recorded calls as calls of boto3: the client, its method and the arguments that send the same request.

botocore itself says what it would send. Where that is not the recorded request, as where its own checks refuse the
arguments, no call of boto3 can show the violation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore import xform_name
from botocore.model import OperationModel, ServiceModel
from botocore.serialize import create_serializer
from botocore.validate import ParamValidator

from conformance.contract.botocore_data import own_loader
from conformance.contract.model import Location, Operation, operations
from conformance.results.redaction import BEARER_SCHEME
from reports.run import Entry

# Headers that boto3 sends too, or that say nothing to the operation.
_SENT_ANYWAY = frozenset(
    {"accept", "accept-encoding", "authorization", "connection", "content-length", "content-type", "host", "user-agent"}
    | {"x-amz-content-sha256", "x-amz-date", "x-amz-security-token"}
)


class NotSendable(LookupError):
    """boto3 cannot send a recorded request; its text is one sentence that says which and why."""


@dataclass(frozen=True, slots=True)
class SdkCall:
    """One call of boto3: `service` names the client, `method` its method, `arguments` are by member."""

    service: str
    method: str
    arguments: Mapping[str, Any]


def sdk_call(exchange: Entry, number: int) -> SdkCall | None:
    """The call of boto3 that sends the request of `exchange`, the `number`-th of its scenario.

    None for a request that is no operation's, such as an upload. Raises NotSendable.
    """
    known = operations().get(exchange["operation"])
    if known is None or not exchange["request"]["path"].startswith("/"):
        return None
    try:
        arguments = _arguments(known, exchange["request"])
        why = _difference(known, arguments, exchange["request"])
    except (TypeError, ValueError):
        why = "its body is no JSON object that names each member once"
    if why:
        raise NotSendable(f"boto3 cannot send call {number}, {known.name}, as it was sent ({why}): use --form requests")
    return SdkCall(known.service, xform_name(known.name), arguments)


def _arguments(known: Operation, request: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a request, wherever they travel. Raises ValueError or TypeError for another body."""
    headers = {name.lower(): value for name, value in request["headers"]}
    found = {
        member.name: headers[member.wire_name.lower()]
        for member in known.input.members
        if member.location is Location.HEADER and member.wire_name.lower() in headers
    }
    return {**found, **_in_path(known, request["path"]), **_members(request["body"])}


def _members(body: str) -> dict[str, Any]:
    read = json.loads(body or "{}", object_pairs_hook=_each_once)
    if not isinstance(read, dict):
        raise TypeError(body)
    return read


def _each_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a name occurs twice")
    return dict(pairs)


def _in_path(known: Operation, path: str) -> dict[str, str]:
    parts = zip(reversed(known.uri.split("/")), reversed(urlsplit(path).path.split("/")), strict=False)
    return {name.strip("{}"): unquote(text) for name, text in parts if name.startswith("{")}


def _difference(known: Operation, arguments: Mapping[str, Any], request: Mapping[str, Any]) -> str | None:
    """Why botocore would not send `request` for `arguments`; None where it would."""
    model = _model(known)
    if model.input_shape is None:
        return "it takes nothing"
    if problems := ParamValidator().validate(arguments, model.input_shape).generate_report():
        return " ".join(problems.split())
    sent = create_serializer("rest-json", include_validation=False).serialize_to_request(dict(arguments), model)
    if _members((sent["body"] or b"").decode()) != _members(request["body"]):
        return "it leaves out or adds members"
    if not str(request["path"]).partition("?")[0].endswith(sent["url_path"]):
        return "it sends another path"
    own = {member.wire_name.lower() for member in known.input.members if member.location is Location.HEADER}
    other = [
        name
        for name, value in request["headers"]
        if name.lower() not in _SENT_ANYWAY | own or value.startswith(BEARER_SCHEME)
    ]
    return f"it sends no header {other[0]}" if other else None


def _model(known: Operation) -> OperationModel:
    loaded = own_loader().load_service_model(known.service, "service-2")
    return ServiceModel(loaded, known.service).operation_model(known.name)
