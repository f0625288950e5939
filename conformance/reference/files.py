"""PUT and GET of the endpoint's own signed URLs."""

from __future__ import annotations

from conformance.contract.wire import Request, Response
from conformance.reference.attachments import disposition, upload_headers
from conformance.reference.context import Context
from conformance.reference.signed_urls import METHODS, attachment_at, denial
from conformance.reference.state import Attachment


def answer_file_request(context: Context, request: Request) -> Response:
    """Stores or hands out a file: 403 for a URL that is wrong or expired, or an upload without its exact headers."""
    grant = attachment_at(context, request)
    store = next(store for store in METHODS if request.path.startswith(store))
    if grant is None or request.method != METHODS[store]:
        return denial()
    attachment, kind = grant
    if request.method == "PUT":
        return _store(attachment, request, context.now())
    return _download(attachment, kind)


def _store(attachment: Attachment, request: Request, now: int) -> Response:
    wanted = upload_headers(attachment)
    if any(request.header(name) != value for name, value in wanted.items()) or len(request.body) != attachment.size:
        return denial()
    if not attachment.completed:
        attachment.body, attachment.arrived_at = request.body, now
    return Response(200)


def _download(attachment: Attachment, kind: str) -> Response:
    headers = (
        ("Content-Type", attachment.content_type),
        ("Content-Disposition", disposition(kind, attachment.name)),
    )
    return Response(200, headers, attachment.body or b"")
