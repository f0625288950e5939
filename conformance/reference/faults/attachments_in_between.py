"""Faults of attachments that show only beside something else: another upload, a new connection, a refusal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from conformance.contract.wire import Request, Response
from conformance.reference.clock import SECOND, iso
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import bad_value, refusal_of
from conformance.reference.faults.attachments import rename_attachment
from conformance.reference.faults_kit.fault import fault
from conformance.reference.faults_kit.hooks import first, gives, operation_of, takes, then
from conformance.reference.faults_kit.middleware import document_of
from conformance.reference.faults_kit.operators import ESCAPED_AMPERSANDS, NFC, SINGLE_WHITE_SPACE, Place, cut_after
from conformance.reference.service import ReferenceService
from conformance.reference.signed_urls import DOWNLOADS, UPLOADS, denial
from conformance.reference.state import ATTACHMENT, Attachment

START, COMPLETE, GET = "StartAttachmentUpload", "CompleteAttachmentUpload", "GetAttachment"
FILES = (
    "StartAttachmentUpload.*",
    "CompleteAttachmentUpload.*",
    "GetAttachment.*",
    "Surfaces.*",
    "WebSocket.*",
    "Tokens.*",
)
Item = Mapping[str, Any]
MOST_TIMES = 10  # that one attachment is handed out


NAMES = Place(
    "The endpoint shows an attachment's name",
    rename_attachment,
    "CompleteAttachmentUpload.effect.attachment-name",
    may=FILES,
).faults(
    {
        "composes-names": NFC,
        "joins-blanks-of-names": SINGLE_WHITE_SPACE,
        "escapes-names": ESCAPED_AMPERSANDS,
        "shortens-names": cut_after(100),
    }
)


def _pending(context: Context, call: Call) -> list[Attachment]:
    return [one for one in context.state.attachments.values() if one.contact is call.contact and not one.completed]


def _give_up(context: Context, call: Call) -> None:
    for one in _pending(context, call):
        del context.state.attachments[one.id]


@fault("CompleteAttachmentUpload.effect.any-order", may=(*FILES, "Throttling.*"))
def has_one_upload_at_a_time(service: ReferenceService) -> None:
    """A new upload discards the chat's earlier upload that was not completed."""

    def act(context: Context, call: Call) -> None:
        for one in _pending(context, call):
            one.size = -1  # no file has this size

    first(service, START, act)


@fault("CompleteAttachmentUpload.effect.any-order", may=FILES)
def completes_in_the_order_of_starts_only(service: ReferenceService) -> None:
    """The endpoint completes no upload that was started before a completed one."""

    def act(context: Context, call: Call) -> None:
        own = [one.id for one in context.state.attachments.values() if one.contact is call.contact]
        asked = call.get("AttachmentIds")[0]
        later = own[own.index(asked) + 1 :] if asked in own else []
        if any(context.state.attachments[one].completed for one in later):
            raise refusal_of(call.operation, ("ConflictException",), "A later attachment is completed.")

    first(service, COMPLETE, act)


@fault("CompleteAttachmentUpload.effect.after-reconnect", may=FILES)
def gives_up_uploads_at_a_new_connection(service: ReferenceService) -> None:
    """A new connection discards the chat's uploads that were not completed."""
    then(service, "CreateParticipantConnection", lambda context, call, _: _give_up(context, call))


@fault("GetAttachment.AttachmentId.lasts", may=FILES)
def hides_files_when_somebody_joins(service: ReferenceService) -> None:
    """GetAttachment refuses an attachment when another participant has joined since it was completed."""
    present: dict[str, int] = {}

    def note_completion(_: Context, call: Call, __: Members) -> None:
        present[call.get("AttachmentIds")[0]] = len(call.contact.participants)

    def act(_: Context, call: Call) -> None:
        if len(call.contact.participants) > present.get(call.get("AttachmentId"), len(call.contact.participants)):
            raise bad_value(call.operation, "No such attachment.")

    then(service, COMPLETE, note_completion)
    first(service, GET, act)


@fault("GetAttachment.AttachmentId.lasts", may=FILES)
def hands_out_ten_times(service: ReferenceService) -> None:
    """The endpoint returns an attachment ten times and then no more."""
    handed = Counter[str]()

    def act(_: Context, call: Call) -> None:
        handed[call.get("AttachmentId")] += 1
        if handed[call.get("AttachmentId")] > MOST_TIMES:
            raise bad_value(call.operation, "No such attachment.")

    first(service, GET, act)


def _before_files(service: ReferenceService, store: str, answer: Callable[[Request], Response | None]) -> None:
    """Something answers in place of the file store, or lets it answer where it gives None."""
    own = service.handle

    def handle(request: Request) -> Response:
        instead = answer(request) if request.path.startswith(store) else None
        return instead or own(request)

    service.handle = handle


@fault("GetAttachment.Url.lasts", may=(*FILES, "Clients.*"))
def keeps_the_latest_url_only(service: ReferenceService) -> None:
    """A new download URL of an attachment ends the earlier ones."""
    latest: dict[str, str] = {}

    def note(_: Context, call: Call, members: Members) -> None:
        latest[call.get("AttachmentId")] = members["Url"].partition(DOWNLOADS)[2]

    def answer(request: Request) -> Response | None:
        asked = request.path.removeprefix(DOWNLOADS)
        return None if latest.get(asked.partition("?")[0], asked) == asked else denial()

    then(service, GET, note)
    _before_files(service, DOWNLOADS, answer)


@fault("StartAttachmentUpload.upload.after-refused", may=FILES)
def uses_up_urls_by_refusals(service: ReferenceService) -> None:
    """A refused PUT uses up its URL."""
    own, dead = service.handle, set[str]()

    def handle(request: Request) -> Response:
        if not request.path.startswith(UPLOADS):
            return own(request)
        store = request.path.partition("?")[0]
        response = denial() if store in dead else own(request)
        if not response.succeeded:
            dead.add(store)
        return response

    service.handle = handle


@fault("CompleteAttachmentUpload.refusal.no-effect", may=FILES)
def completes_what_it_refuses(service: ReferenceService) -> None:
    """CompleteAttachmentUpload completes attachments of a request that it refuses for its form."""
    own = service.handle

    def handle(request: Request) -> Response:
        response = own(request)
        document = document_of(request)
        refused = operation_of(request) == COMPLETE and response.status == HTTPStatus.BAD_REQUEST
        if refused and isinstance(document, dict):
            for one in document.get("AttachmentIds") or ():
                made = service.context.state.attachments.get(str(one))
                if made and made.body is not None:
                    made.completed = True
        return response

    service.handle = handle


@fault("StartChatContact.DisplayName.shown", may=(*FILES, "StartChatContact.*"))
def shows_files_without_a_name(service: ReferenceService) -> None:
    """GetTranscript shows the item of an attachment without a DisplayName."""

    def nameless(item: Item) -> Item:
        return {name: value for name, value in item.items() if name != "DisplayName" or item["Type"] != ATTACHMENT}

    def change(_: Context, __: Call, members: Members) -> Members:
        return {**members, "Transcript": [nameless(item) for item in members["Transcript"]]}

    gives(service, "GetTranscript", change)


@fault("Surfaces.attachment-frame-and-transcript.same-item", may=FILES)
def shows_files_under_another_id(service: ReferenceService) -> None:
    """The transcript has the item of an attachment under another Id than the web socket."""

    def act(_: Context, call: Call, __: Members) -> None:
        item = call.contact.items[-1]
        item.id = item.id[::-1]

    then(service, COMPLETE, act)


@fault("GetAttachment.UrlExpiryInSeconds.sets-expiry", may=FILES)
def dates_urls_from_the_first_call(service: ReferenceService) -> None:
    """UrlExpiry is counted from the first time that the attachment was asked for."""
    asked: dict[str, int] = {}

    def change(context: Context, call: Call, members: Members) -> Members:
        began = asked.setdefault(call.get("AttachmentId"), context.now())
        seconds = call.get("UrlExpiryInSeconds") or context.choices.download_url_seconds
        return {**members, "UrlExpiry": iso(began + seconds * SECOND)}

    gives(service, GET, change)


@fault("CompleteAttachmentUpload.effect.item-in-transcript", may=(*FILES, "GetTranscript.*"))
def shows_files_on_first_pages_only(service: ReferenceService) -> None:
    """GetTranscript shows no Attachments on a page that a NextToken leads to."""

    def change(_: Context, call: Call, members: Members) -> Members:
        bare = [{name: value for name, value in i.items() if name != "Attachments"} for i in members["Transcript"]]
        return {**members, "Transcript": bare} if call.get("NextToken") else members

    gives(service, "GetTranscript", change)


@fault("GetAttachment.AttachmentId.unknown-refused", may=FILES)
def looks_at_the_beginning_of_an_id(service: ReferenceService) -> None:
    """The endpoint ignores what follows the 36th character of an AttachmentId."""
    takes(service, GET, lambda _, call: {"AttachmentId": call.get("AttachmentId")[:36]})
