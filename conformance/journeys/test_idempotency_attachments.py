"""ClientToken of uploads: the URL of a repeated reply, and completions that come too early or name another file."""

from __future__ import annotations

from dataclasses import replace

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.claims import verifies
from conformance.examination.chat import text_at
from conformance.examination.intents import Intent, intend
from conformance.examination.provisions import FILE, put_file
from conformance.examination.story import Story
from conformance.target.conversation import SetupFailed
from conformance.wire import Exchange
from strategies.tokens import fresh_client_token


@verifies("StartAttachmentUpload.ClientToken.replayed-url-works")
def test_the_url_of_a_repeated_reply_takes_the_file(story: Story) -> None:
    """A file that is put where a repeated reply says is that of the attachment, and can be completed."""
    intent, token = (
        intend(story, AttachmentSizeInBytes=len(FILE)),
        fresh_client_token(),
    )
    first = intent.perform(token)
    put_file(story, judged_reply(intent.perform(token)).members)
    attachment = text_at(judged_reply(first).members, "AttachmentId")
    with story.claim() as claim:
        claim.accepted(_complete(intent, attachment), "the completion after an upload to the URL of a repeated reply")


def _complete(upload: Intent, attachment: str, token: str | None = None) -> Exchange:
    """Complete an attachment of the caller of `upload`."""
    arguments = {"AttachmentIds": [attachment], "ConnectionToken": upload.arguments["ConnectionToken"]}
    return replace(upload, name="CompleteAttachmentUpload", arguments=arguments).send(token or fresh_client_token())


@verifies("CompleteAttachmentUpload.ClientToken.refused-call-leaves-no-trace")
def test_a_completion_that_came_too_early_leaves_no_trace(story: Story) -> None:
    """A completion that was refused before the upload succeeds with its token after it."""
    story.working("CompleteAttachmentUpload")
    upload, token = intend(story, "StartAttachmentUpload", AttachmentSizeInBytes=len(FILE)), fresh_client_token()
    started = judged_reply(upload.perform(fresh_client_token())).members
    attachment = text_at(started, "AttachmentId")
    if judged_reply(_complete(upload, attachment, token)).succeeded:
        raise SetupFailed("a completion before the upload was accepted")
    put_file(story, started)
    with story.claim() as claim:
        for times in ("", " and sent again"):
            completed = _complete(upload, attachment, token)
            claim.accepted(completed, f"the completion, refused before the upload, after it{times}")


@verifies("CompleteAttachmentUpload.ClientToken.changed-parameters-answer")
def test_what_the_same_token_gets_for_another_attachment_is_written_down(story: Story) -> None:
    """A completion of another attachment with a used token is answered like the first, refused, or done."""
    intent, token = (
        intend(story),
        fresh_client_token(),
    )
    intent.perform(token)
    other = intend(story, by=intent.by)
    answer = judged_reply(other.send(token))
    done = "without effect" if judged_reply(other.send(fresh_client_token())).succeeded else "the other is completed"
    with story.claim() as claim:
        claim.record(f"success, {done}" if answer.succeeded else describe(answer))
