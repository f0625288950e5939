"""The endpoint's own file store: signed upload and download URLs, and what a PUT or GET of them gets."""

from __future__ import annotations

import hmac
from urllib.parse import parse_qs

from conformance.contract.wire import Request, Response
from conformance.reference.context import Context
from conformance.reference.state import Attachment

UPLOADS = "/uploads/"
DOWNLOADS = "/downloads/"
METHODS = {UPLOADS: "PUT", DOWNLOADS: "GET"}


def signed_url(context: Context, store: str, attachment_id: str, expires_at: int, disposition: str = "") -> str:
    """A URL that is good until `expires_at` (milliseconds since the epoch) and names how a browser shows the file."""
    seal = _seal(context, store, attachment_id, str(expires_at), disposition)
    place = f"{context.files_origin or context.origin}{store}{attachment_id}"
    return f"{place}?expires={expires_at}&disposition={disposition}&signature={seal}"


def _seal(context: Context, *parts: str) -> str:
    return hmac.digest(context.key, "\n".join(parts).encode(), "sha256").hex()


def attachment_at(context: Context, request: Request) -> tuple[Attachment, str] | None:
    """The attachment that a signed URL opens and the disposition it asks for, or None for a wrong or expired URL."""
    path, _, query = request.path.partition("?")
    store = next((store for store in METHODS if path.startswith(store)), "")
    stated = {name: values[0] for name, values in parse_qs(query).items()}
    expires, disposition = stated.get("expires", ""), stated.get("disposition", "")
    attachment_id = path.removeprefix(store)
    seal = _seal(context, store, attachment_id, expires, disposition)
    if not hmac.compare_digest(seal.encode(), stated.get("signature", "").encode()) or int(expires) <= context.now():
        return None
    return context.state.attachments[attachment_id], disposition


def is_file_request(request: Request) -> bool:
    """Whether the path is one of the file store rather than an operation's."""
    return request.path.startswith(tuple(METHODS))


def denial() -> Response:
    """What a store answers to a URL, or to headers, that it did not sign."""
    body = b"<?xml version='1.0' encoding='UTF-8'?><Error><Code>AccessDenied</Code></Error>"
    return Response(403, (("Content-Type", "application/xml"),), body)
