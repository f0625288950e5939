"""Attachments combined with other uploads, new connections, refusals and added participants."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from conformance.checks.replies import judged_reply
from conformance.checks.value_text import value_text
from conformance.contract.limits import ATTACHMENTS
from conformance.contract.wire import Exchange
from conformance.endpoint.preconditions import SetupFailed
from conformance.scenario.attachments import File, Upload, attach, attachments, download, start, upload
from conformance.scenario.idempotency_effects import EFFECTS
from conformance.scenario.markers import verifies
from conformance.scenario.paging import walk
from conformance.scenario.participants import Chat, text_at
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import id_of, items_with, wait_for_items
from strategies.tokens import fresh_client_token

COMPLETE = "CompleteAttachmentUpload"
MANY, FEW = 6, 1  # calls for one attachment in a row
FIRST_PAGES = 10  # which hold the newest items, however few an endpoint puts on a page
NAMES = (
    "e\u0301\u0323 o\u0308 \u1100\u1161.txt",  # letters and the marks that belong to them, as some file systems do
    "\ufb01 \u2163 \uff21.txt",
    "two  blanks.txt",
    "50%25 + 1&amp;.txt",
    "it's (final), [v1]; #2.txt",
    'a "quoted" <name>.txt',
    "up/down\\left.txt",
    "\N{GRINNING FACE}" * 252 + ".txt",  # 256 code points
)


@verifies("CompleteAttachmentUpload.effect.attachment-name")
def test_a_name_is_shown_as_it_was_given(scenario: Scenario) -> None:
    """The transcript shows the name of an accepted upload character by character."""
    chat = scenario.chat()
    made: list[Upload] = []
    for name in NAMES:
        with suppress(SetupFailed):  # which characters a name may have is left open
            made.append(_upload_file(chat, name))
    for one in made:
        scenario.need(one.complete())
    for last in made[-1:]:
        last.item()
    items = wait_for_items(chat, chat.say())
    with scenario.claim() as claim:
        for one in made:
            shown = [a.get("AttachmentName") for item in one.stored_in(items) for a in attachments(item)]
            claim.equal(shown, [one.file.name], "the AttachmentName")


def _upload_file(chat: Chat, name: str = "note.txt") -> Upload:
    made = upload(chat, File(name, content=name.encode()))
    made.put()
    return made


@verifies("CompleteAttachmentUpload.effect.any-order")
def test_uploads_are_completed_in_any_order(scenario: Scenario) -> None:
    """The endpoint accepts the files and the completions of several uploads of one chat in any order."""
    chat = scenario.chat()
    first, second, third = (upload(chat, File(f"{number}.txt", content=b"a" * number)) for number in (1, 2, 3))
    for one in (third, first, second):
        sent = one.put()
        with scenario.claim() as claim:
            claim.holds(sent.succeeded, "the PUT of an upload beside others succeeds", f"status {sent.status}")
    for one in (second, third, first):
        completed = one.complete()
        with scenario.claim() as claim:
            claim.success(completed, "the completion of an upload beside others")


@verifies("CompleteAttachmentUpload.effect.after-reconnect", "GetAttachment.AttachmentId.lasts")
def test_attachments_outlive_a_connection(scenario: Scenario) -> None:
    """After a new connection an upload can be completed, and an attachment returned, as before."""
    chat = scenario.chat()
    old, running = attach(chat, File()), _upload_file(chat)
    chat.reconnect()
    completed = running.complete()
    with scenario.claim("CompleteAttachmentUpload.effect.after-reconnect") as claim:
        claim.success(completed, "the completion of an upload that was started over an earlier connection")
    _judge_lasting(scenario, old, "after a new connection")


@verifies("GetAttachment.AttachmentId.lasts", "GetAttachment.Url.lasts")
def test_an_attachment_is_handed_out_as_long_as_its_chat_is_active(scenario: Scenario) -> None:
    """The endpoint returns an attachment repeatedly while its chat is active, and each Url returns the file."""
    chat = scenario.chat()
    made = attach(chat, File())
    first = made.get()
    since: Mapping[str, Callable[[], object]] = {
        "after a message and another attachment": lambda: (chat.say(), _upload_file(chat, "other.txt").complete()),
        "after a refusal": lambda: made.get(UrlExpiryInSeconds=4),
        "after somebody joined": lambda: chat.add_participant().connect(),
    }
    for words, happen in since.items():
        with suppress(SetupFailed):
            happen()
            _judge_get(scenario, made, words)
    for number in range(scenario.times(MANY, FEW)):
        _judge_get(scenario, made, f"after {number + len(since)} others")
    _judge_lasting(scenario, made, "after many others")
    with scenario.claim("GetAttachment.Url.lasts") as claim:
        claim.equal(
            download(chat, first).body, made.file.content, "what the Url yields after later ones were asked for"
        )


def _judge_get(scenario: Scenario, made: Upload, when: str) -> Exchange:
    answer = made.get()
    with scenario.claim("GetAttachment.AttachmentId.lasts") as claim:
        claim.success(answer, f"GetAttachment {when}")
    return answer


def _judge_lasting(scenario: Scenario, made: Upload, when: str) -> None:
    answer = _judge_get(scenario, made, when)
    with scenario.claim("GetAttachment.AttachmentId.lasts") as claim:
        claim.equal(download(made.owner, answer).body, made.file.content, f"what the Url yields {when}")


@verifies("StartAttachmentUpload.upload.after-refused")
def test_a_refused_upload_can_be_made_good(scenario: Scenario) -> None:
    """PUTs that were refused for their size do not use up the Url: a later PUT of the right file succeeds."""
    made = upload(scenario.chat(), File(content=b"hello"))
    for content in scenario.edges((b"", b"hell", b"hello!"), (b"hell",)):
        if made.put(content).succeeded:  # such a file may be refused at the completion
            raise SetupFailed("a file of another size was not refused at the PUT")
    sent = made.put()
    with scenario.claim() as claim:
        claim.holds(sent.succeeded, "a PUT of the right file after a refused one succeeds", f"status {sent.status}")
        claim.success(made.complete(), "the completion of the right file")


@verifies("CompleteAttachmentUpload.refusal.no-effect")
def test_a_refused_completion_completes_nothing(scenario: Scenario) -> None:
    """A completion that was refused for its list or its ClientToken completes none of its attachments."""
    chat = scenario.chat()
    made = [_upload_file(chat, f"{number}.txt") for number in range(4)]
    names = [one.attachment_id for one in made]
    two = chat.call(COMPLETE, AttachmentIds=names[:2], ClientToken="two of them")
    long = chat.call(COMPLETE, AttachmentIds=[names[2]], ClientToken="a" * 501)
    empty = chat.call(COMPLETE, AttachmentIds=[names[3]], ClientToken="")
    refused = [one for one, answer in zip(made, (two, two, long, empty), strict=True) if _is_refused(answer)]
    items = wait_for_items(chat, chat.say())
    with scenario.claim() as claim:
        for one in refused:
            claim.equal(one.stored_in(items), [], "items of an attachment whose completion was refused")
            claim.any_refusal(one.get(), "an attachment whose completion was refused")


def _is_refused(answer: Exchange) -> bool:
    return not judged_reply(answer).succeeded


_WAYS: tuple[Mapping[str, Any], ...] = (
    {"SortOrder": "ASCENDING"},
    {"SortOrder": "DESCENDING"},
    {"ScanDirection": "BACKWARD", "MaxResults": 2},
)


@verifies("CompleteAttachmentUpload.effect.item-in-transcript", "GetTranscript.Transcript.contact-id")
def test_an_attachment_is_there_whichever_way_the_transcript_is_read(scenario: Scenario) -> None:
    """The transcript contains an attachment once, read forward, backward, in pages, or with the ContactId."""
    chat = scenario.chat()
    first = chat.say()
    made = [attach(chat, File(name)) for name in ("1.txt", "2.txt")]
    items_with(chat, first, chat.say())
    forward = {"StartPosition": {"Id": id_of(first)}, "ScanDirection": "FORWARD"}
    for way in (*_WAYS, forward):
        found = walk(chat, FIRST_PAGES, **{"MaxResults": 100, **way}).pages
        items = [item for page in found for item in page.items]
        with scenario.claim("CompleteAttachmentUpload.effect.item-in-transcript") as claim:
            claim.equal(
                [len(one.stored_in(items)) for one in made],
                [1] * len(made),
                f"how often each is there, {value_text(way)}",
            )
        for item in (item for one in made for item in one.stored_in(items)):
            with scenario.claim("GetTranscript.Transcript.contact-id") as claim:
                claim.equal(item.get("ContactId"), chat.contact_id, "the ContactId of an attachment's item")


@verifies(
    "StartAttachmentUpload.quota.only-attachments-count",
    "StartAttachmentUpload.ClientToken.replay-after-many",
    "CompleteAttachmentUpload.ClientToken.replay-after-many",
)
def test_what_is_no_attachment_takes_no_place(scenario: Scenario) -> None:
    """A chat takes an attachment after many others, with refused and repeated calls for which it has no room left.

    The ClientTokens of the first upload and of its completion repeat after those of the others.
    """
    chat = scenario.new_chat()
    tokens = [fresh_client_token() for _ in range(EFFECTS["StartAttachmentUpload"].most)]
    made = [upload(chat, File(), ClientToken=token) for token in tokens]
    again = start(chat, File(), ClientToken=tokens[0])
    with scenario.claim("StartAttachmentUpload.ClientToken.replay-after-many") as claim:
        claim.success(again, f"the first of {len(made)} uploads sent again")
        given = judged_reply(again).members.get("AttachmentId")
        claim.equal(given, made[0].attachment_id, f"the AttachmentId of the first of {len(made)} uploads sent again")
    with scenario.optional("CompleteAttachmentUpload.ClientToken.replay-after-many"):
        _claim_completion_repeats(scenario, made[: EFFECTS[COMPLETE].most])
    _call_without_effect(chat, tokens[0], made[0])
    another = start(chat, File("other.txt"))
    with scenario.claim("StartAttachmentUpload.quota.only-attachments-count") as claim:
        claim.success(another, f"StartAttachmentUpload after {len(made)} others, refused and repeated ones")


def _claim_completion_repeats(scenario: Scenario, made: Sequence[Upload]) -> None:
    """Complete the uploads, and claim that the first completion repeats after those of the others."""
    token = fresh_client_token()
    for one in made:
        one.put()
        scenario.need(one.complete(token if one is made[0] else ""))
    with scenario.claim("CompleteAttachmentUpload.ClientToken.replay-after-many") as claim:
        claim.success(made[0].complete(token), f"the first of {len(made)} completions sent again")


def _call_without_effect(chat: Chat, token: str, first: Upload) -> None:
    """Repeat the first upload, and have others refused for each reason, until a chat is full that counts one of these.

    Raises SetupFailed where a call has an effect.
    """
    room = ATTACHMENTS - EFFECTS["StartAttachmentUpload"].most
    for _ in range(room):
        if text_at(chat.scenario.need(start(chat, File(), ClientToken=token)), "AttachmentId") != first.attachment_id:
            raise SetupFailed("a repeated call made another attachment")
    for wrong in _NO_UPLOADS * room:
        if judged_reply(start(chat, File(), **wrong)).succeeded:
            raise SetupFailed("a wrong call was not refused")


_NO_UPLOADS: tuple[Mapping[str, Any], ...] = ({"AttachmentSizeInBytes": 0}, {"ContentType": "application/x-unknown"})
