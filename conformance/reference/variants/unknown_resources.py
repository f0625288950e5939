"""Lawful variants of what an endpoint does with what it does not know: tokens, attachments, receipts, references."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from conformance.contract.wire import Request, Response
from conformance.reference.clock import SECOND
from conformance.reference.content_types import RECEIPTS
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal, access_denied, bad_value
from conformance.reference.items import new_item
from conformance.reference.rules import references_have_the_types_of_creation
from conformance.reference.service import ReferenceService
from conformance.reference.state import EVENT
from conformance.reference.variants.refusals import operation_of, stamp
from conformance.reference.variants.variant import Variant

TOKEN = re.compile(r"[A-Za-z0-9._~+/=:|-]+")


def _odd_bearer_is_unauthorized(request: Request) -> Response | None:
    """Answers a bearer that no token looks like as a gateway does, before anything else."""
    subject = operation_of(request)
    if subject is None or subject.bearer is None:
        return None
    bearer = request.header(subject.bearer.wire_name)
    if not bearer or TOKEN.fullmatch(bearer):
        return None
    return stamp(Refusal("UnauthorizedException", 401, "Unauthorized"))


def _unknown_attachment_is_denied(service: ReferenceService) -> None:
    own = service.handlers["GetAttachment"]

    def get_attachment(context: Context, call: Call) -> Members:
        attachment = context.state.attachments.get(call.get("AttachmentId"))
        if attachment is None or attachment.contact is not call.contact:
            raise access_denied("No such attachment.")
        return own(context, call)

    service.handlers["GetAttachment"] = get_attachment


def _receipts_are_kept(service: ReferenceService) -> None:
    """A receipt stands in the transcript, too, as an event of its sender."""
    own = service.handlers["SendEvent"]

    def send_event(context: Context, call: Call) -> Members:
        members = own(context, call)
        if call.get("ContentType") in RECEIPTS:
            at = round(datetime.fromisoformat(members["AbsoluteTime"]).timestamp() * SECOND)
            kind, content = call.get("ContentType"), call.get("Content")
            event = new_item(context, call.contact, call.participant, EVENT, content_type=kind, content=content)
            call.contact.items.append(replace(event, id=members["Id"], at=at))
        return members

    service.handlers["SendEvent"] = send_event


def _other_references_are_taken(service: ReferenceService) -> None:
    """All types of the enumeration but ATTACHMENT, which the text names as one that cannot be given at creation."""

    def no_attachment(call: Call) -> None:
        for reference in (call.get("References") or {}).values():
            if reference["Type"] == "ATTACHMENT":
                raise bad_value(call.operation, "An attachment cannot be given when the contact is created.")

    rules = service.rules["StartWebRTCContact"]
    service.rules["StartWebRTCContact"] = tuple(
        no_attachment if rule is references_have_the_types_of_creation else rule for rule in rules
    )


VARIANTS = (
    Variant(
        "odd-bearer-unauthorized",
        "The endpoint may answer a bearer of odd characters with 401.",
        before=_odd_bearer_is_unauthorized,
    ),
    Variant(
        "unknown-attachment-denied",
        "An attachment that nobody knows may be denied.",
        alter=_unknown_attachment_is_denied,
    ),
    Variant("receipts-kept", "The transcript may contain a receipt as an event.", alter=_receipts_are_kept),
    Variant(
        "other-references-taken",
        "Reference types that the text does not list and the enumeration does may be taken.",
        alter=_other_references_are_taken,
    ),
)
