"""Attachments: started, uploaded, completed, downloaded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.contract.wire import Request, Response
from conformance.reference.choices import Quotas
from tests.reference.account import (
    ACCESS_DENIED,
    CONFLICT,
    QUOTA_EXCEEDED,
    VALIDATION,
    Account,
    Chat,
    members_of,
    refusal_of,
)

ORIGIN = "http://127.0.0.1:4711"
MEGABYTES_20 = 20 * 1024 * 1024


def start(chat: Chat, name: str = "a.txt", size: int = 5, content_type: str = "text/plain", key: str = "t") -> Response:
    return chat.call(
        "StartAttachmentUpload",
        AttachmentName=name,
        AttachmentSizeInBytes=size,
        ContentType=content_type,
        ClientToken=key + name,
    )


def put(started: dict[str, Any]) -> Request:
    metadata = started["UploadMetadata"]
    headers = tuple(metadata["HeadersToInclude"].items())
    return Request("", "PUT", metadata["Url"].removeprefix(ORIGIN), headers, b"hello")


def complete(chat: Chat, started: dict[str, Any], key: str = "c") -> Response:
    return chat.call("CompleteAttachmentUpload", AttachmentIds=[started["AttachmentId"]], ClientToken=key)


def upload(chat: Chat, name: str = "a.txt") -> dict[str, Any]:
    started = members_of(start(chat, name))
    assert chat.account.send(put(started)).status == 200
    return started


def attach(chat: Chat, name: str = "a.txt") -> str:
    started = upload(chat, name)
    members_of(complete(chat, started, name))
    return str(started["AttachmentId"])


def download(chat: Chat, **arguments: Any) -> Response:
    url = members_of(chat.call("GetAttachment", **arguments))["Url"]
    return chat.account.send(Request("", "GET", url.removeprefix(ORIGIN)))


def test_an_upload_says_where_and_with_what(chat: Chat) -> None:
    """URL, its expiry and the headers of the real service (S-61), with the true length and the contact's ids."""
    metadata = members_of(start(chat))["UploadMetadata"]
    assert metadata["Url"].startswith(ORIGIN)
    assert metadata["UrlExpiry"] == "2026-03-01T12:15:00.047Z"
    headers = {name.lower(): value for name, value in metadata["HeadersToInclude"].items()}
    assert (headers["content-length"], headers["content-type"]) == ("5", "text/plain")
    assert headers["x-amz-meta-contact_id"] == headers["x-amz-meta-initial_contact_id"] == chat.contact_id
    assert headers["x-amz-acl"] == "bucket-owner-full-control"


@pytest.mark.parametrize("name", ["Ä 😀.TXT", "a" * 252 + ".txt", 'quote"\r\n;.pdf', "nothing", "😀" * 252 + ".png"])
def test_any_name_travels_in_headers_that_clients_can_send(chat: Chat, name: str) -> None:
    """Header values are ASCII of at most 256 characters whatever the name is; the item shows the name exactly."""
    started = members_of(start(chat, name))
    values = started["UploadMetadata"]["HeadersToInclude"].values()
    assert all(value.isascii() and value.isprintable() and 1 <= len(value) <= 256 for value in values)
    chat.account.send(put(started))
    members_of(complete(chat, started))
    (item,) = chat.transcript()
    assert item["Attachments"][0]["AttachmentName"] == name


@pytest.mark.parametrize(
    "change",
    [
        lambda request: replace(request, body=b"hell"),
        lambda request: replace(request, method="POST"),
        lambda request: replace(request, path=request.path + "0"),
        lambda request: replace(request, path=request.path.partition("?")[0]),
        lambda request: request.with_header("Content-Type", "text/csv"),
        lambda request: request.with_header("x-amz-acl", None),
        lambda request: request.with_header("Content-Length", "6"),
    ],
    ids=["size", "method", "signature", "unsigned", "type", "missing header", "length"],
)
def test_an_upload_needs_the_url_and_exactly_the_headers(chat: Chat, change: Any) -> None:
    """A PUT that differs is 403, and then there is nothing to complete."""
    started = members_of(start(chat))
    assert chat.account.send(change(put(started))).status == 403
    assert refusal_of(complete(chat, started)) == VALIDATION
    assert chat.transcript() == []


def test_an_upload_url_expires(chat: Chat) -> None:
    """After UrlExpiry the PUT is 403."""
    started = members_of(start(chat))
    chat.account.service.advance(900)
    assert chat.account.send(put(started)).status == 403


def test_a_completed_attachment_is_an_item(chat: Chat) -> None:
    """An ATTACHMENT item names file, type and status; it has no content type of its own (S-60)."""
    attachment_id = attach(chat)
    (item,) = chat.transcript()
    assert item["Type"] == "ATTACHMENT"
    assert "ContentType" not in item
    assert item["Attachments"] == [
        {"AttachmentId": attachment_id, "AttachmentName": "a.txt", "ContentType": "text/plain", "Status": "APPROVED"}
    ]


def test_a_file_is_completed_once(chat: Chat) -> None:
    """Again under another ClientToken it is ConflictException 409, under the same one a repetition."""
    started = upload(chat)
    assert complete(chat, started, "first").status == 200
    assert refusal_of(complete(chat, started, "second")) == CONFLICT
    assert complete(chat, started, "first").status == 200
    assert len(chat.transcript()) == 1


def test_a_completed_file_does_not_change(chat: Chat) -> None:
    """A later PUT to the URL, still in time, changes nothing of what was sent."""
    started = upload(chat)
    members_of(complete(chat, started))
    chat.account.send(replace(put(started), body=b"HELLO"))
    assert download(chat, AttachmentId=started["AttachmentId"]).body == b"hello"


def test_another_chat_has_no_access(account: Account, chat: Chat) -> None:
    """An attachment is completed and fetched in its own chat alone."""
    started, other = upload(chat), account.chat()
    assert refusal_of(complete(other, started)) == VALIDATION
    members_of(complete(chat, started))
    assert refusal_of(other.call("GetAttachment", AttachmentId=started["AttachmentId"])) == VALIDATION


def test_a_download_is_the_file(chat: Chat) -> None:
    """The bytes, the type and, by default, the disposition ATTACHMENT; the size stands in the reply."""
    attachment_id = attach(chat)
    reply = members_of(chat.call("GetAttachment", AttachmentId=attachment_id))
    assert (reply["AttachmentSizeInBytes"], reply["UrlExpiry"]) == (5, "2026-03-01T12:05:00.047Z")
    file = download(chat, AttachmentId=attachment_id)
    assert (file.status, file.body, file.header("Content-Type")) == (200, b"hello", "text/plain")
    assert (file.header("Content-Disposition") or "").startswith("attachment;")


def test_a_download_may_be_shown_inline(chat: Chat) -> None:
    """UrlContentDisposition INLINE tells a browser to show the file."""
    file = download(chat, AttachmentId=attach(chat), UrlContentDisposition="INLINE")
    assert (file.header("Content-Disposition") or "").startswith("inline;")


@pytest.mark.parametrize("seconds", [5, 300])
def test_a_download_url_lasts_as_long_as_asked(account: Account, chat: Chat, seconds: int) -> None:
    """UrlExpiryInSeconds is 5 to 300."""
    reply = members_of(chat.call("GetAttachment", AttachmentId=attach(chat), UrlExpiryInSeconds=seconds))
    request = Request("", "GET", reply["Url"].removeprefix(ORIGIN))
    account.service.advance(seconds - 1)
    assert account.send(request).status == 200
    account.service.advance(1)
    assert account.send(request).status == 403


def test_a_url_opens_its_own_file_alone(account: Account, chat: Chat) -> None:
    """The signature covers file, time, disposition and whether it is for upload or download."""
    first, second = attach(chat, "1.txt"), attach(chat, "2.txt")
    url = members_of(chat.call("GetAttachment", AttachmentId=first))["Url"].removeprefix(ORIGIN)
    for changed in (
        url.replace(first, second),
        url.replace("expires=1", "expires=2"),
        url.replace("=attachment", "=inline"),
        url.replace("/downloads/", "/uploads/"),
    ):
        assert changed != url
        assert account.send(Request("", "GET", changed)).status == 403


@pytest.mark.parametrize("attachment_id", ["unknown", "a" * 256])
def test_an_unknown_or_unfinished_attachment_is_not_given(chat: Chat, attachment_id: str) -> None:
    """GetAttachment is for completed files; no 404 is documented for it (U10)."""
    unfinished = upload(chat)["AttachmentId"]
    for name in (attachment_id, unfinished):
        assert refusal_of(chat.call("GetAttachment", AttachmentId=name)) == VALIDATION


def test_a_custom_bot_gets_no_attachments(chat: Chat) -> None:
    """The role CUSTOM_BOT has no access to what customers upload."""
    attachment_id = attach(chat)
    assert refusal_of(chat.with_bot().call("GetAttachment", AttachmentId=attachment_id)) == ACCESS_DENIED


@pytest.mark.parametrize(("size", "status"), [(1, 200), (MEGABYTES_20, 200), (MEGABYTES_20 + 1, 400), (2**63 - 1, 400)])
def test_a_file_has_20_megabytes(chat: Chat, size: int, status: int) -> None:
    """Larger files are ValidationException, as clients expect (S-62)."""
    assert start(chat, size=size).status == status


@pytest.mark.parametrize(
    ("name", "content_type", "status"),
    [
        ("a.PDF", "application/pdf", 200),
        ("a.wav", "audio/x-wav", 200),
        ("a.txt", "Text/Plain; charset=utf-8", 200),
        ("a.exe", "text/plain", 400),
        ("a.txt", "application/x-msdownload", 400),
        ("a.txt", "text/plain; é", 400),
        ("a.txt", "text/plain;\n", 400),
    ],
)
def test_only_supported_files_are_taken(chat: Chat, name: str, content_type: str, status: int) -> None:
    """Type and extension are of the 18 supported ones; a type becomes a header, so that it is plain ASCII."""
    assert start(chat, name=name, content_type=content_type).status == status


def test_a_chat_has_so_many_attachments() -> None:
    """Beyond the quota Start and Complete are ServiceQuotaExceededException 402; only completed files count."""
    chat = Account(quotas=Quotas(attachments_in_a_contact=2)).chat()
    attach(chat, "1.txt")
    waiting = upload(chat, "2.txt")
    attach(chat, "3.txt")
    assert refusal_of(start(chat, "4.txt")) == QUOTA_EXCEEDED
    assert refusal_of(complete(chat, waiting)) == QUOTA_EXCEEDED


def test_the_documented_quota_is_35() -> None:
    """Feature specifications: 35 attachments in a chat, 6 participants, 5 open web sockets."""
    quotas = Quotas()
    assert (quotas.attachments_in_a_contact, quotas.participants_in_a_contact) == (35, 6)
    assert quotas.open_sockets_of_a_participant == 5
