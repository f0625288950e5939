"""Attachments in a scenario: files that are uploaded, completed, found in the transcript and fetched again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contract.wire import Exchange, Response
from conformance.endpoint.chat_resources import headers_to_include
from conformance.scenario.participants import Participant, objects_at, text_at
from conformance.scenario.transcripts import Items

PLAIN = "text/plain"


@dataclass(frozen=True, slots=True)
class File:
    """What is sent: a name, a content type and the bytes."""

    name: str = "note.txt"
    content_type: str = PLAIN
    content: bytes = b"hello"


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload that was started: its id, and where and with which headers the file goes."""

    owner: Participant
    file: File
    attachment_id: str
    url: str
    headers: Mapping[str, str]
    expiry: str

    def put(self, content: bytes | None = None, *, url: str = "", without: str = "", bearer: str = "") -> Response:
        """PUT the file, or other bytes, to its URL or another one, `without` one of its headers.

        Raises SetupFailed for a URL that may not be followed and for a transfer that breaks off.
        """
        headers = {name: value for name, value in self.headers.items() if name.lower() != without.lower()}
        more = {"X-Amz-Bearer": bearer} if bearer else {}
        body = self.file.content if content is None else content
        # A content length of other bytes would only break the transfer off.
        lawful = {k: v for k, v in headers.items() if k.lower() != "content-length" or v == str(len(body))}
        return self.owner.scenario.fetch("PUT", url or self.url, {**lawful, **more}, body)

    def complete(self, token: str = "", *, by: Participant | None = None) -> Exchange:
        """Call CompleteAttachmentUpload, with a fresh ClientToken unless one is given."""
        who = by or self.owner
        token = token or str(uuid.uuid4())
        return who.call("CompleteAttachmentUpload", AttachmentIds=[self.attachment_id], ClientToken=token)

    def get(self, *, by: Participant | None = None, **members: Any) -> Exchange:
        """Call GetAttachment."""
        return (by or self.owner).call("GetAttachment", AttachmentId=self.attachment_id, **members)

    def stored_in(self, items: Items) -> Items:
        """The items that hold this attachment."""
        return [item for item in items if any(a.get("AttachmentId") == self.attachment_id for a in attachments(item))]

    def item(self) -> Mapping[str, Any] | None:
        """The item with this attachment once the transcript contains it, or None at the polling bound."""
        found = self.owner.scenario.until(lambda: self.stored_in(self.owner.items()) or None)
        return found[0] if found else None


def attachments(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The attachments of an item."""
    return objects_at(item, "Attachments")


def start(owner: Participant, file: File, **members: Any) -> Exchange:
    """Call StartAttachmentUpload for `file`; `members` are added to its own or replace them."""
    own = {
        "ContentType": file.content_type,
        "AttachmentName": file.name,
        "AttachmentSizeInBytes": len(file.content),
        "ClientToken": str(uuid.uuid4()),
    }
    return owner.call("StartAttachmentUpload", **{**own, **members})


def upload(owner: Participant, file: File, **members: Any) -> Upload:
    """Start an upload. Raises SetupFailed where that is refused."""
    reply = owner.scenario.need(start(owner, file, **members))
    headers = headers_to_include(reply)
    url, expiry = (text_at(reply, "UploadMetadata", name) for name in ("Url", "UrlExpiry"))
    return Upload(owner, file, text_at(reply, "AttachmentId"), url, headers, expiry)


def attach(owner: Participant, file: File) -> Upload:
    """Upload and complete an attachment, and wait until it is returned. Raises SetupFailed where one of these fails."""
    made = upload(owner, file)
    made.put()
    owner.scenario.need(made.complete())
    owner.scenario.until(lambda: True if _is_handed_out(made) else None)
    return made


def _is_handed_out(made: Upload) -> bool:
    response = made.get().response
    return response is not None and response.succeeded


def download(owner: Participant, exchange: Exchange) -> Response:
    """What the Url of a GetAttachment reply answers. Raises SetupFailed where there is none, or it is not followed."""
    return owner.scenario.fetch("GET", text_at(owner.scenario.need(exchange), "Url"), {})


def alter(text: str) -> str:
    """`text` with its last three letters or digits changed: of a URL, the end of its signature."""
    places = [place for place, character in enumerate(text) if character.isalnum()][-3:]
    return "".join(_another(c) if place in places else c for place, c in enumerate(text))


def _another(character: str) -> str:
    return "0" if character != "0" else "1"
