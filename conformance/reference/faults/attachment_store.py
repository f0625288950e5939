"""Faults of the file store: what a PUT takes and a GET yields, for how long, and for whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count

from conformance.contract.wire import Request, Response
from conformance.reference.clock import SECOND
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import gives, takes
from conformance.reference.service import ReferenceService
from conformance.reference.signed_urls import DOWNLOADS, UPLOADS, signed_url

GET = "GetAttachment"
FILES = ("StartAttachmentUpload.*", "CompleteAttachmentUpload.*", "GetAttachment.*")
LARGE = 100_000  # bytes
Spoil = Callable[[Request, Response], Response]


def _in_store(store: str, spoil: Spoil) -> Seed:
    """What the file store answers to a PUT or a GET is what `spoil` makes of it."""

    def seed(service: ReferenceService) -> None:
        own = service.handle

        def handle(request: Request) -> Response:
            response = own(request)
            return spoil(request, response) if request.path.startswith(store) else response

        service.handle = handle

    return seed


def _body(change: Callable[[bytes], bytes]) -> Spoil:
    return lambda _, response: replace(response, body=change(response.body)) if response.succeeded else response


def _third(change: Callable[[bytes], bytes]) -> Spoil:
    """Changes every third download only."""
    numbers = count(1)

    def spoil(_: Request, response: Response) -> Response:
        return replace(response, body=change(response.body)) if next(numbers) % 3 == 0 else response

    return spoil


def _disposition(kind: str) -> Spoil:
    def spoil(_: Request, response: Response) -> Response:
        kept = tuple((k, v) for k, v in response.headers if k.lower() != "content-disposition")
        return replace(response, headers=(*kept, ("Content-Disposition", kind)) if kind else kept)

    return spoil


_downloads = Rows(partial(_in_store, DOWNLOADS), may=FILES)
_uploads = Rows(partial(_in_store, UPLOADS), may=FILES)
STORE = (
    _downloads(
        "changes-line-ends-of-files",
        "The endpoint changes each line end of a file to a line feed.",
        _body(lambda body: body.replace(b"\r\n", b"\n")),
        "GetAttachment.Url.byte-for-byte",
    ),
    _downloads(
        "reads-files-as-text",
        "The endpoint stores a file as UTF-8 text.",
        _body(lambda body: body.decode("utf-8", "ignore").encode()),
        "GetAttachment.Url.byte-for-byte",
    ),
    _downloads(
        "cuts-files-at-one-mebibyte",
        "The endpoint stores only the first mebibyte of a file.",
        _body(lambda body: body[: 2**20]),
        "GetAttachment.Url.byte-for-byte",
    ),
    _downloads(
        "cuts-files-at-a-zero-byte",
        "The endpoint stores a file up to its first zero byte.",
        _body(lambda body: body.split(b"\0")[0]),
        "GetAttachment.Url.byte-for-byte",
    ),
    _downloads(
        "loses-each-third-download",
        "The endpoint answers each third download with nothing.",
        _third(lambda _: b""),
        "GetAttachment.Url.byte-for-byte",
    ),
    _downloads(
        "shows-all-files-inline",
        "The endpoint gives each download the Content-Disposition inline.",
        _disposition("inline"),
        "GetAttachment.UrlContentDisposition.attachment",
        "GetAttachment.UrlContentDisposition.default",
    ),
    _downloads(
        "saves-all-files",
        "The endpoint gives each download the Content-Disposition attachment.",
        _disposition("attachment"),
        "GetAttachment.UrlContentDisposition.inline",
    ),
    _downloads(
        "says-nothing-of-downloads",
        "The endpoint gives no download a Content-Disposition.",
        _disposition(""),
        "GetAttachment.UrlContentDisposition.attachment",
    ),
    _uploads(
        "wants-a-bearer-for-uploads",
        "The endpoint refuses a PUT without a bearer token.",
        lambda request, response: response if request.header("x-amz-bearer") else Response(403),
        "StartAttachmentUpload.upload.accepted",
    ),
    _uploads(
        "refuses-large-uploads",
        "The endpoint refuses a PUT of more than 100,000 bytes.",
        lambda request, response: response if len(request.body) <= LARGE else Response(413),
        "StartAttachmentUpload.upload.any-size",
    ),
)


def _path_in_store(store: str, path: str) -> str:
    return path.partition("?")[0].removeprefix(store)


@fault(
    "StartAttachmentUpload.upload.wrong-size",
    "StartAttachmentUpload.upload.missing-header",
    "StartAttachmentUpload.upload.altered-url",
    "StartAttachmentUpload.UrlExpiry.dead-afterwards",
    may=FILES,
)
def takes_any_upload(service: ReferenceService) -> None:
    """The endpoint accepts a PUT whatever its signature, time, headers and size are."""
    own = service.handle

    def handle(request: Request) -> Response:
        made = service.context.state.attachments.get(_path_in_store(UPLOADS, request.path))
        if not request.path.startswith(UPLOADS) or made is None:
            return own(request)
        made.body = request.body
        return Response(200)

    service.handle = handle


@fault("GetAttachment.Url.altered", "GetAttachment.UrlExpiryInSeconds.dead-afterwards", may=FILES)
def hands_out_files_for_ever(service: ReferenceService) -> None:
    """A download URL works without its signature and after its expiry."""
    own = service.handle

    def handle(request: Request) -> Response:
        made = service.context.state.attachments.get(_path_in_store(DOWNLOADS, request.path))
        answer = own(request)
        if answer.succeeded or not request.path.startswith(DOWNLOADS) or made is None or not made.completed:
            return answer
        return Response(200, (("Content-Disposition", "attachment"),), made.body or b"")

    service.handle = handle


@fault("GetAttachment.UrlExpiryInSeconds.alive-before", may=FILES)
def halves_the_life_of_urls(service: ReferenceService) -> None:
    """A download URL stops working after half of its time."""
    gives(service, GET, _halve_life)


def _halve_life(context: Context, call: Call, members: Members) -> Members:
    seconds = (call.get("UrlExpiryInSeconds") or 300) // 2
    kind = (call.get("UrlContentDisposition") or "ATTACHMENT").lower()
    url = signed_url(context, DOWNLOADS, call.get("AttachmentId"), context.now() + seconds * SECOND, kind)
    return {**members, "Url": url}


@fault("GetAttachment.UrlExpiryInSeconds.sets-expiry", "GetAttachment.UrlExpiryInSeconds.dead-afterwards", may=FILES)
def hands_out_urls_for_five_minutes(service: ReferenceService) -> None:
    """GetAttachment lets a URL live 300 seconds, whatever is asked for."""
    takes(service, GET, lambda _, __: {"UrlExpiryInSeconds": 300})


@fault("GetAttachment.UrlExpiryInSeconds.sets-expiry", may=FILES)
def adds_a_minute_to_urls(service: ReferenceService) -> None:
    """UrlExpiry lies a minute later than was asked for."""
    takes(service, GET, lambda _, call: {"UrlExpiryInSeconds": (call.get("UrlExpiryInSeconds") or 300) + 60})
