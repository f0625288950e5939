"""Refusals that the documents leave open: what an endpoint may refuse, or refuse in another way, and be right."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from conformance.contract.model import Operation
from conformance.contract.wire import Request, Response
from conformance.reference.context import Call, Context, Members, OperationHandler
from conformance.reference.errors import Refusal, bad_combination, bad_value, refusal_of, render
from conformance.reference.routing import route
from conformance.reference.service import ReferenceService
from conformance.reference.variants.variant import Before, Variant

Odd = Callable[[Mapping[str, Any]], bool]
FEW_CONTACTS = 8
LONGEST_TOKEN = 1_000


def operation_of(request: Request) -> Operation | None:
    """The operation that a request calls, None where it calls none."""
    try:
        return route(request.method, request.path).operation
    except Refusal:
        return None


def _members(request: Request) -> Mapping[str, Any] | None:
    """The members of the body, None where it is no JSON object."""
    try:
        document = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def stamp(refusal: Refusal) -> Response:
    """The reply that refuses, with a request id."""
    response = render(refusal)
    return Response(response.status, (*response.headers, ("x-amzn-RequestId", "lawful")), response.body)


def refusing(name: str, odd: Odd) -> Before:
    """Refuses as bad input the requests of an operation whose members `odd` is true of."""

    def before(request: Request) -> Response | None:
        subject = operation_of(request)
        if subject is None or subject.name != name:
            return None
        members = _members(request)
        return stamp(bad_value(subject, "It is not taken here.")) if members and odd(members) else None

    return before


def _has_two_positions(members: Mapping[str, Any]) -> bool:
    """Whether StartPosition names more than one place."""
    start = members.get("StartPosition")
    places = ("Id", "AbsoluteTime", "MostRecent")
    return isinstance(start, dict) and sum(start.get(place) is not None for place in places) > 1


def _has_doubled_types(members: Mapping[str, Any]) -> bool:
    """Whether Type names a kind of connection twice."""
    types = members.get("Type")
    return isinstance(types, list) and all(isinstance(t, str) for t in types) and len(set(types)) < len(types)


def _asks_for_nothing(members: Mapping[str, Any]) -> bool:
    """Whether a connection is asked for without saying of which kind."""
    return members.get("Type") is None and members.get("ConnectParticipant") is not True


def _is_acknowledged(members: Mapping[str, Any]) -> bool:
    """Whether the event is the one that is no longer maintained."""
    return members.get("ContentType") == "application/vnd.amazonaws.connect.event.connection.acknowledged"


def _is_no_json_text(members: Mapping[str, Any]) -> bool:
    """Whether a message is declared as JSON and holds none."""
    content = members.get("Content")
    if members.get("ContentType") != "application/json" or not isinstance(content, str):
        return False
    try:
        json.loads(content)
    except ValueError:
        return True
    return False


def _unknown_path_is_forbidden(request: Request) -> Response | None:
    """Answers what is no operation as a gateway does, which looks for a signature there."""
    if request.path.startswith(("/participant/", "/contact/")) and operation_of(request) is None:
        return stamp(Refusal("MissingAuthenticationTokenException", 403, "Missing Authentication Token"))
    return None


def _missing_bearer_is_unauthorized(request: Request) -> Response | None:
    """Answers a participant's request without a bearer with 401, as a gateway does."""
    subject = operation_of(request)
    if subject is None or subject.bearer is None or request.header(subject.bearer.wire_name):
        return None
    return stamp(Refusal("UnauthorizedException", 401, "Unauthorized"))


def _long_bearer_is_bad_input(request: Request) -> Response | None:
    """Refuses a bearer that is longer than a token can be as any other member."""
    subject = operation_of(request)
    if subject is None or subject.bearer is None:
        return None
    long = len(request.header(subject.bearer.wire_name) or "") > LONGEST_TOKEN
    return stamp(bad_value(subject, "The token is too long.")) if long else None


def _broken_json_is_bad_input(request: Request) -> Response | None:
    """Refuses a body that is no JSON object with the operation's own exception."""
    subject = operation_of(request)
    if subject is None or not subject.has_body or not request.body or _members(request) is not None:
        return None
    return stamp(bad_value(subject, "The body is not a JSON object."))


def _every_upload_counts(service: ReferenceService) -> None:
    """An upload counts as one of the contact's attachments from its start, completed or not."""
    own = service.handlers["StartAttachmentUpload"]

    def start_attachment_upload(context: Context, call: Call) -> Members:
        started = sum(attachment.contact is call.contact for attachment in context.state.attachments.values())
        if started >= context.quotas.attachments_in_a_contact:
            raise refusal_of(
                call.operation, ("ServiceQuotaExceededException",), "The contact has its most attachments."
            )
        return own(context, call)

    service.handlers["StartAttachmentUpload"] = start_attachment_upload


def _one_stream_each(service: ReferenceService) -> None:
    """A contact that is streamed already is not streamed once more."""
    own = service.handlers["StartContactStreaming"]

    def start_contact_streaming(context: Context, call: Call) -> Members:
        contact = context.state.contacts.get(call.get("ContactId"))
        if contact is not None and contact.streams and contact.instance_id == call.get("InstanceId"):
            raise bad_combination(call.operation, "The contact is streamed already.")
        return own(context, call)

    service.handlers["StartContactStreaming"] = start_contact_streaming


def _few_contacts(service: ReferenceService) -> None:
    """The account has room for a few active contacts at once."""
    for name in ("StartChatContact", "StartWebRTCContact"):
        service.handlers[name] = _starting_few(service.handlers[name])


def _starting_few(own: OperationHandler) -> OperationHandler:
    def handler(context: Context, call: Call) -> Members:
        if context.state.active.total() >= FEW_CONTACTS:
            raise refusal_of(call.operation, ("LimitExceededException",), "There is no room for another contact.")
        return own(context, call)

    return handler


VARIANTS = (
    Variant(
        "any-media-type", "The endpoint may ignore the Content-Type.", choices={"other_media_types": "read as JSON"}
    ),
    Variant(
        "acknowledged-refused",
        "An event that is no longer maintained may be refused.",
        before=refusing("SendEvent", _is_acknowledged),
    ),
    Variant(
        "two-positions-refused",
        "A StartPosition with two members may be refused.",
        before=refusing("GetTranscript", _has_two_positions),
    ),
    Variant(
        "doubled-types-refused",
        "A kind of connection asked for twice may be refused.",
        before=refusing("CreateParticipantConnection", _has_doubled_types),
    ),
    Variant(
        "nothing-asked-refused",
        "A connection without Type and ConnectParticipant may be refused.",
        before=refusing("CreateParticipantConnection", _asks_for_nothing),
    ),
    Variant(
        "json-text-checked",
        "A message declared as JSON may have to be JSON.",
        before=refusing("SendMessage", _is_no_json_text),
    ),
    Variant(
        "unknown-path-forbidden",
        "The gateway may refuse a path that is no operation.",
        before=_unknown_path_is_forbidden,
    ),
    Variant(
        "missing-bearer-unauthorized",
        "The endpoint may answer a missing bearer with 401.",
        before=_missing_bearer_is_unauthorized,
    ),
    Variant(
        "long-bearer-bad-input",
        "The endpoint may refuse a bearer that is too long as bad input.",
        before=_long_bearer_is_bad_input,
    ),
    Variant("broken-json-bad-input", "Broken JSON may be refused as bad input.", before=_broken_json_is_bad_input),
    Variant("one-stream-each", "A second streaming of a contact may be refused.", alter=_one_stream_each),
    Variant("few-contacts", "An account may hold a few contacts at once.", alter=_few_contacts),
    Variant(
        "every-upload-counts",
        "An upload that is never completed may count as an attachment of the contact.",
        alter=_every_upload_counts,
    ),
    Variant(
        "members-first", "The endpoint may check the members before the bearer.", choices={"first_checked": "members"}
    ),
)
