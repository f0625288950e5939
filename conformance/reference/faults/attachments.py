"""Faults of attachments: how they are completed, how they are shown, and who gets them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.reference.clock import SECOND, iso
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal
from conformance.reference.faults_kit.fault import Seed, declare, fault
from conformance.reference.faults_kit.hooks import gives, on_refusal, then
from conformance.reference.faults_kit.operators import ASCII_ONLY, LOWER_CASE, Place
from conformance.reference.faults_kit.shapes import changing, with_member
from conformance.reference.service import ReferenceService
from conformance.reference.signed_urls import DOWNLOADS, signed_url
from conformance.reference.state import ATTACHMENT, Attachment

START, COMPLETE, GET = "StartAttachmentUpload", "CompleteAttachmentUpload", "GetAttachment"
FILES = ("StartAttachmentUpload.*", "CompleteAttachmentUpload.*", "GetAttachment.*")


def _change_at_completion(change: Callable[[Attachment], None]) -> Seed:
    """Changes an attachment when it is completed."""

    def act(context: Context, call: Call, _: Members) -> None:
        change(context.state.attachments[call.get("AttachmentIds")[0]])

    return lambda service: then(service, COMPLETE, act)


def _retype(attachment: Attachment) -> None:
    attachment.content_type = "application/octet-stream"


def rename_attachment(change: Callable[[str], str]) -> Seed:
    """Changes the name that a completed attachment is shown under."""

    def rename(attachment: Attachment) -> None:
        attachment.name = change(attachment.name)

    return _change_at_completion(rename)


NAMES = Place(
    "The endpoint shows an attachment's name",
    rename_attachment,
    "CompleteAttachmentUpload.effect.attachment-name",
    may=FILES,
)
SHOWN = (
    *NAMES.faults({"writes-names-small": LOWER_CASE}, "CompleteAttachmentUpload.effect.names-differ-by-case"),
    *NAMES.faults({"writes-names-in-ascii": ASCII_ONLY}),
    declare(
        "forgets-file-types",
        "The endpoint shows each attachment with the type application/octet-stream.",
        _change_at_completion(_retype),
        "CompleteAttachmentUpload.effect.content-type",
        may=FILES,
    ),
)


@fault("CompleteAttachmentUpload.effect.names-differ-by-case", may=FILES)
def keeps_one_of_names_that_differ_by_case(service: ReferenceService) -> None:
    """An attachment takes the name of an earlier one of the chat that differs in letter case only."""

    def act(context: Context, call: Call, _: Members) -> None:
        made = context.state.attachments[call.get("AttachmentIds")[0]]
        others = [a for a in context.state.attachments.values() if a.contact is call.contact and a is not made]
        made.name = next((a.name for a in others if a.name.lower() == made.name.lower()), made.name)

    then(service, COMPLETE, act)


@fault(
    "CompleteAttachmentUpload.AttachmentIds.not-uploaded",
    "CompleteAttachmentUpload.refusal.no-effect",
    may=(*FILES, "Clients.calls.upload-shows-at-completion"),
)
def completes_missing_files(service: ReferenceService) -> None:
    """CompleteAttachmentUpload completes an attachment without its file."""

    def act(context: Context, _: Call, members: Members) -> None:
        context.state.attachments[members["AttachmentId"]].body = b""

    then(service, START, act)


@fault("CompleteAttachmentUpload.AttachmentIds.size-max", may=FILES)
def completes_the_first_of_two(service: ReferenceService) -> None:
    """The endpoint completes the first of two attachments and ignores the second."""
    shape = service.shapes[COMPLETE]
    service.shapes[COMPLETE] = with_member(shape, ("AttachmentIds",), changing(maximum=2))


@fault(
    "CompleteAttachmentUpload.AttachmentIds.unknown",
    may=("CompleteAttachmentUpload.*", "Clients.calls.upload-shows-at-completion"),
)
def completes_anything(service: ReferenceService) -> None:
    """The endpoint answers every completion with success."""
    on_refusal(service, COMPLETE, lambda _, __, ___: {})


@fault("CompleteAttachmentUpload.effect.item-in-transcript", may=(*FILES, "Surfaces.*", "WebSocket.*"))
def shows_attachments_twice(service: ReferenceService) -> None:
    """The transcript contains a completed attachment twice."""

    def act(context: Context, call: Call, _: Members) -> None:
        item = call.contact.items[-1]
        call.contact.items.append(replace(item, id=context.identifiers.uuid(), at=item.at + 1))

    then(service, COMPLETE, act)


@fault("CompleteAttachmentUpload.effect.item-in-transcript", may=(*FILES, "Surfaces.*", "WebSocket.*"))
def shows_no_attachments(service: ReferenceService) -> None:
    """The transcript does not contain a completed attachment."""
    then(service, COMPLETE, lambda _, call, __: call.contact.items.__delitem__(-1))


@fault("CompleteAttachmentUpload.effect.item-type", may=(*FILES, "Surfaces.*", "WebSocket.*", "GetTranscript.*"))
def shows_attachments_as_messages(service: ReferenceService) -> None:
    """GetTranscript shows the item of an attachment with the type MESSAGE."""

    def change(_: Context, __: Call, members: Members) -> Members:
        shown = [{**i, "Type": "MESSAGE"} if i["Type"] == ATTACHMENT else i for i in members["Transcript"]]
        return {**members, "Transcript": shown}

    gives(service, "GetTranscript", change)


@fault("CompleteAttachmentUpload.effect.status-settles", may=(*FILES, "Surfaces.*"))
def examines_files_for_ever(service: ReferenceService) -> None:
    """The Status of an attachment stays IN_PROGRESS."""

    def change(_: Context, __: Call, members: Members) -> Members:
        shown = [
            {**i, "Attachments": [{**a, "Status": "IN_PROGRESS"} for a in i["Attachments"]]}
            if "Attachments" in i
            else i
            for i in members["Transcript"]
        ]
        return {**members, "Transcript": shown}

    gives(service, "GetTranscript", change)


@fault("GetAttachment.AttachmentId.not-completed", may=FILES)
def hands_out_what_is_not_completed(service: ReferenceService) -> None:
    """The endpoint returns an attachment that was not completed."""

    def act(context: Context, call: Call, _: Refusal) -> Members | None:
        made = context.state.attachments.get(call.get("AttachmentId"))
        early = made is not None and made.contact is call.contact and not made.completed
        return _hand_out(context, made) if early and made else None

    on_refusal(service, GET, act)


def _hand_out(context: Context, attachment: Attachment) -> Members:
    expires_at = context.now() + 300 * SECOND
    url = signed_url(context, DOWNLOADS, attachment.id, expires_at, "attachment")
    return {"Url": url, "UrlExpiry": iso(expires_at), "AttachmentSizeInBytes": attachment.size}


@fault("GetAttachment.AttachmentId.unknown-refused", may=FILES)
def hands_out_a_completed_file_of_the_chat(service: ReferenceService) -> None:
    """The endpoint returns the chat's latest completed attachment for an AttachmentId that does not exist."""

    def act(context: Context, call: Call, _: Refusal) -> Members | None:
        shown = [one for item in call.contact.items for one in item.attachments]
        known = call.get("AttachmentId") in context.state.attachments
        return _hand_out(context, shown[-1]) if shown and not known else None

    on_refusal(service, GET, act)


@fault("GetAttachment.AttachmentId.unknown-refused", may=FILES)
def hands_out_the_latest_file(service: ReferenceService) -> None:
    """The endpoint returns the latest attachment for an AttachmentId that does not exist."""

    def act(context: Context, _: Call, __: Refusal) -> Members | None:
        latest = next(reversed(context.state.attachments.values()), None)
        return _hand_out(context, latest) if latest else None

    on_refusal(service, GET, act)


@fault("GetAttachment.custom-bot.denied", may=("GetAttachment.*",))
def hands_files_to_bots(service: ReferenceService) -> None:
    """The endpoint returns a customer's attachment to a CUSTOM_BOT."""

    def act(context: Context, call: Call, _: Refusal) -> Members | None:
        made = context.state.attachments.get(call.get("AttachmentId"))
        return _hand_out(context, made) if made and made.completed and made.contact is call.contact else None

    on_refusal(service, GET, act)


@fault("GetAttachment.bearer.own-chat-only", may=FILES)
def hands_files_to_any_chat(service: ReferenceService) -> None:
    """The endpoint returns an attachment of another chat."""

    def act(context: Context, call: Call, _: Refusal) -> Members | None:
        made = context.state.attachments.get(call.get("AttachmentId"))
        return _hand_out(context, made) if made and made.completed and made.contact is not call.contact else None

    on_refusal(service, GET, act)


@fault("GetAttachment.Url.byte-for-byte", may=FILES)
def hands_out_the_chats_first_file(service: ReferenceService) -> None:
    """The endpoint returns the chat's first attachment for every AttachmentId of the chat."""

    def change(context: Context, call: Call, members: Members) -> Members:
        own = [a for a in context.state.attachments.values() if a.contact is call.contact and a.completed]
        return {**members, "Url": _hand_out(context, own[0])["Url"]}

    gives(service, GET, change)


@fault("GetAttachment.AttachmentSizeInBytes.true-size", may=FILES)
def counts_files_in_kilobytes(service: ReferenceService) -> None:
    """AttachmentSizeInBytes is rounded up to a thousand bytes."""
    gives(service, GET, lambda _, __, m: {**m, "AttachmentSizeInBytes": -(-m["AttachmentSizeInBytes"] // 1000) * 1000})


@fault("CompleteAttachmentUpload.effect.attachment-id", may=(*FILES, "Surfaces.*", "WebSocket.*"))
def shows_attachments_under_the_item_id(service: ReferenceService) -> None:
    """GetTranscript shows attachments under the Id of their item."""

    def change(_: Context, __: Call, members: Members) -> Members:
        shown = [
            {**i, "Attachments": [{**i["Attachments"][0], "AttachmentId": i["Id"]}]} if "Attachments" in i else i
            for i in members["Transcript"]
        ]
        return {**members, "Transcript": shown}

    gives(service, "GetTranscript", change)
