"""An attachment from its upload to its download: the same file, under its name, once."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.checks.errors import error_text
from conformance.checks.value_text import actual_text
from conformance.scenario.attachments import File, Upload, alter, attach, attachments, download, start, upload
from conformance.scenario.markers import verifies
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import wait_for_items

GET = "GetAttachment"
EVERY_BYTE = bytes(range(256)) * 4 + b"\r\n\r\n \x00\xff\xfe\xef\xbb\xbf"
FILES = (
    File("a.txt", "text/plain", b"\n"),
    File("Report Final (2).PDF", "application/pdf", EVERY_BYTE),
    File("\u00dcbersicht \u4f60\u597d \N{GRINNING FACE}.png", "image/png", EVERY_BYTE[::-1]),
    File("big.csv", "text/csv", EVERY_BYTE * 2_000),
)
LONGEST_ID = 256  # code points
APPROVED, REJECTED = "APPROVED", "REJECTED"
FIRST, SECOND = b"the first file", b"the second, another"


@verifies(
    "StartAttachmentUpload.upload.accepted",
    "StartAttachmentUpload.upload.any-size",
    "StartAttachmentUpload.upload.content-length-true",
)
@verifies("GetAttachment.Url.byte-for-byte", "GetAttachment.AttachmentSizeInBytes.true-size")
def test_a_file_comes_back_byte_for_byte(scenario: Scenario) -> None:
    """A file of any size and content can be uploaded with the returned headers and downloads unchanged."""
    chat = scenario.chat()
    for file in scenario.edges(FILES, (FILES[0], FILES[-1])):
        made = upload(chat, file)
        with scenario.claim("StartAttachmentUpload.upload.content-length-true") as claim:
            stated = {v for k, v in made.headers.items() if k.lower() == "content-length"}
            claim.holds(stated <= {str(len(file.content))}, f"a content-length of {len(file.content)}", stated)
        sent = made.put()
        for requirement in ("StartAttachmentUpload.upload.accepted", "StartAttachmentUpload.upload.any-size"):
            with scenario.claim(requirement) as claim:
                claim.holds(sent.succeeded, f"a PUT of {len(file.content)} bytes succeeds", f"status {sent.status}")
        _judge_download(scenario, made)


def _judge_download(scenario: Scenario, made: Upload) -> None:
    scenario.need(made.complete())
    answer = scenario.until(lambda: reply if (reply := made.get()).response and reply.response.succeeded else None)
    with scenario.claim("GetAttachment.AttachmentSizeInBytes.true-size") as claim:
        members = scenario.need(answer or made.get())
        claim.equal(members.get("AttachmentSizeInBytes"), len(made.file.content), "AttachmentSizeInBytes")
    fetched = download(made.owner, answer or made.get())
    with scenario.claim("GetAttachment.Url.byte-for-byte") as claim:
        claim.holds(fetched.succeeded, "the Url yields the file", f"status {fetched.status}")
        claim.holds(fetched.body == made.file.content, "the bytes that were uploaded", f"{len(fetched.body)} others")


@verifies(
    "CompleteAttachmentUpload.effect.item-in-transcript",
    "CompleteAttachmentUpload.effect.item-type",
    "CompleteAttachmentUpload.effect.attachment-id",
    "CompleteAttachmentUpload.effect.attachment-name",
    "CompleteAttachmentUpload.effect.content-type",
    "CompleteAttachmentUpload.effect.names-differ-by-case",
)
@verifies("CompleteAttachmentUpload.effect.status-settles", "CompleteAttachmentUpload.effect.status-at-first")
def test_a_completed_attachment_stands_in_the_transcript(scenario: Scenario) -> None:
    """The transcript contains a completed attachment once, with its name, type and sender."""
    chat = scenario.chat()
    names = ("Photo.PNG", "photo.png", f"E\u0301t\u00e9  \N{GRINNING FACE} &amp; 1 {'n' * 100}.png")
    made = [upload(chat, File(name, "image/png", name.encode())) for name in names]
    for one in made:
        one.put()
        scenario.need(one.complete())
    at_first = [str(attachment.get("Status")) for attachment in attachments(made[-1].item() or {})]
    items = wait_for_items(chat, chat.say())
    with scenario.claim("CompleteAttachmentUpload.effect.item-in-transcript") as claim:
        claim.equal([len(one.stored_in(items)) for one in made], [1] * len(made), "how often each attachment is there")
    own = [one.stored_in(items)[0] for one in made if one.stored_in(items)]
    with scenario.claim("CompleteAttachmentUpload.effect.item-type") as claim:
        for item in own:
            sender = (item.get("Type"), item.get("ParticipantId"), item.get("ParticipantRole"))
            claim.equal(sender, ("ATTACHMENT", chat.participant_id, "CUSTOMER"), "type and sender of the item")
    held = [attachment for item in own for attachment in attachments(item)]
    for requirement, member, wanted in (
        ("CompleteAttachmentUpload.effect.attachment-id", "AttachmentId", [one.attachment_id for one in made]),
        ("CompleteAttachmentUpload.effect.attachment-name", "AttachmentName", list(names)),
        ("CompleteAttachmentUpload.effect.names-differ-by-case", "AttachmentName", list(names)),
        ("CompleteAttachmentUpload.effect.content-type", "ContentType", ["image/png"] * len(names)),
    ):
        with scenario.claim(requirement) as claim:
            claim.equal([attachment.get(member) for attachment in held], wanted, f"the {member} of each attachment")
    with scenario.claim("CompleteAttachmentUpload.effect.status-at-first") as claim:
        claim.record(", ".join(sorted(set(at_first))) or "no attachment appeared")
    with scenario.claim("CompleteAttachmentUpload.effect.status-settles") as claim:
        last = scenario.until(lambda: _is_settled(made) or None)
        claim.holds(last, "each Status becomes APPROVED or REJECTED", "another Status")


def _is_settled(made: Sequence[Upload]) -> bool:
    items = made[0].owner.items()
    found = [a.get("Status") for one in made for item in one.stored_in(items) for a in attachments(item)]
    return bool(found) and all(status in (APPROVED, REJECTED) for status in found)


@verifies("StartAttachmentUpload.AttachmentId.unique", "StartAttachmentUpload.transcript.nothing-before-completion")
@verifies("GetAttachment.AttachmentId.not-completed", "CompleteAttachmentUpload.AttachmentIds.not-uploaded")
@verifies("CompleteAttachmentUpload.AttachmentIds.not-uploaded-type", "CompleteAttachmentUpload.refusal.no-effect")
def test_nothing_is_attached_before_it_is_uploaded_and_completed(scenario: Scenario) -> None:
    """An upload is neither shown nor returned before its completion, which requires the file."""
    chat = scenario.chat()
    one, other = upload(chat, File()), upload(chat, File())
    with scenario.claim("StartAttachmentUpload.AttachmentId.unique") as claim:
        claim.holds(one.attachment_id != other.attachment_id, "another AttachmentId for another upload", "the same")
        claim.holds(one.url != other.url, "another Url for another upload", "the same")
    early = one.complete()
    with scenario.claim("CompleteAttachmentUpload.AttachmentIds.not-uploaded") as claim:
        claim.any_refusal(early, "a file that was not uploaded")
    with scenario.claim("CompleteAttachmentUpload.AttachmentIds.not-uploaded-type") as claim:
        claim.record(error_text(early))
    other.put()
    with scenario.claim("GetAttachment.AttachmentId.not-completed") as claim:
        claim.any_refusal(one.get(), "an attachment whose file was not uploaded")
        claim.any_refusal(other.get(), "an attachment that was not completed")
    items = wait_for_items(chat, chat.say("after"))
    with scenario.claim("CompleteAttachmentUpload.refusal.no-effect") as claim:
        claim.equal(one.stored_in(items), [], "items of an attachment whose completion was refused")
    with scenario.claim("StartAttachmentUpload.transcript.nothing-before-completion") as claim:
        claim.equal(other.stored_in(items), [], "items of an attachment that was not completed")


@verifies(
    "StartAttachmentUpload.upload.wrong-size",
    "StartAttachmentUpload.upload.missing-header",
    "StartAttachmentUpload.upload.altered-url",
)
def test_only_the_promised_file_is_taken(scenario: Scenario) -> None:
    """The endpoint refuses a file of another size, without a required header, or at an altered URL."""
    chat = scenario.chat()
    for content in (b"hell", b"hello!", b""):
        made = upload(chat, File(content=b"hello"))
        sent = made.put(content)
        with scenario.claim("StartAttachmentUpload.upload.wrong-size") as claim:
            refused = not sent.succeeded or _is_refused(made)
            claim.holds(refused, f"{len(content)} bytes instead of 5 are refused", "PUT and completion succeeded")
    made, optional = upload(chat, File()), {"content-length", "content-type"}
    for name in [name for name in made.headers if name.lower() not in optional][:3]:
        sent = made.put(without=name)
        with scenario.claim("StartAttachmentUpload.upload.missing-header") as claim:
            refused = not sent.succeeded or _is_refused(made)
            claim.holds(refused, f"a PUT without {name} is refused", "PUT and completion succeeded")
        made = made if not sent.succeeded else upload(chat, File())
    with scenario.claim("StartAttachmentUpload.upload.altered-url") as claim:
        sent = made.put(url=alter(made.url))
        claim.holds(not sent.succeeded, "a PUT to an altered Url is refused", f"status {sent.status}")


def _is_refused(made: Upload) -> bool:
    response = made.complete().response
    return response is not None and not response.succeeded


@verifies("GetAttachment.AttachmentId.unknown-refused", "GetAttachment.AttachmentId.unknown-type")
@verifies("CompleteAttachmentUpload.AttachmentIds.unknown", "CompleteAttachmentUpload.refusal.no-effect")
def test_an_unknown_attachment_is_refused(scenario: Scenario) -> None:
    """The endpoint neither completes nor returns an AttachmentId that it never issued."""
    chat = scenario.chat()
    real = attach(chat, File())
    unknown = Upload(chat, File(), alter(real.attachment_id), "", {}, "")
    answer = unknown.get()
    with scenario.claim("GetAttachment.AttachmentId.unknown-refused") as claim:
        claim.any_refusal(answer, "an AttachmentId that was never handed out")
        longer = chat.call(GET, AttachmentId=f"{real.attachment_id}0"[-LONGEST_ID:])
        claim.any_refusal(longer, "an AttachmentId with something behind it")
    with scenario.claim("GetAttachment.AttachmentId.unknown-type") as claim:
        claim.record(error_text(answer))
    with scenario.claim("CompleteAttachmentUpload.AttachmentIds.unknown") as claim:
        claim.any_refusal(unknown.complete(), "an AttachmentId that was never handed out")
    with scenario.claim("CompleteAttachmentUpload.refusal.no-effect") as claim:
        claim.equal(unknown.stored_in(wait_for_items(chat, chat.say())), [], "items of a refused completion")


@verifies("GetAttachment.Url.byte-for-byte", "GetAttachment.custom-bot.denied")
def test_files_are_kept_apart_and_from_bots(scenario: Scenario) -> None:
    """The endpoint returns the file of each attachment repeatedly, and refuses it to a CUSTOM_BOT."""
    chats = [scenario.chat(), scenario.chat()]
    first, second = File("1.txt", content=FIRST), File("2.txt", content=SECOND)
    made = [attach(chat, file) for chat, file in ((chats[0], first), (chats[0], second), (chats[1], first))]
    with scenario.claim("GetAttachment.Url.byte-for-byte") as claim:
        for one in reversed(made):
            claim.equal(download(one.owner, one.get()).body, one.file.content, "the bytes of the attachment")
    bot = chats[0].add_participant()
    with scenario.claim("GetAttachment.custom-bot.denied") as claim:
        claim.denial(made[0].get(by=bot), "a CUSTOM_BOT's GetAttachment")


@verifies("CompleteAttachmentUpload.conflict.while-uploading")
def test_what_completing_during_the_upload_gets(scenario: Scenario) -> None:
    """The test records the answer to completing an attachment while its file is being uploaded."""
    chat = scenario.chat()
    made = upload(chat, File("big.csv", "text/csv", EVERY_BYTE * 4_000))
    chat.connection_token  # noqa: B018 - made before, so that both calls begin at the same time
    answers: list[object] = scenario.at_once([lambda: made.put().status, lambda: _status(made)])
    with scenario.claim() as claim:
        claim.record(f"completion at the same time as the PUT: {actual_text(answers[1])}")


def _status(made: Upload) -> str:
    response = made.complete().response
    return f"{response.status} {response.error_name or ''}".strip() if response else "no answer"


@verifies(
    "StartAttachmentUpload.AttachmentSizeInBytes.hundred-megabytes", "StartAttachmentUpload.AttachmentSizeInBytes.limit"
)
def test_how_large_a_file_may_be(scenario: Scenario) -> None:
    """The endpoint refuses more than 100 MB; the test records a lower limit."""
    chat = scenario.chat()
    megabyte = 1_048_576
    with scenario.claim("StartAttachmentUpload.AttachmentSizeInBytes.hundred-megabytes") as claim:
        for size in (100 * megabyte + 1, 1_000 * megabyte):
            claim.any_refusal(start(chat, File(), AttachmentSizeInBytes=size), f"{size:,} bytes")
    with scenario.claim("StartAttachmentUpload.AttachmentSizeInBytes.limit") as claim:
        sizes = (20_000_000, 20 * megabyte, 20 * megabyte + 1, 100_000_000, 100 * megabyte)
        for size in scenario.edges(sizes, sizes[1:3]):
            answer = start(chat, File(), AttachmentSizeInBytes=size).response
            claim.record(f"{size:,} bytes: {answer.status if answer else 'no answer'}")
