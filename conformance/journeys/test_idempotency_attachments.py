"""ClientToken of uploads: the URL of a repeated reply, early completions, and completions of another file."""

from __future__ import annotations

from dataclasses import replace

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.contract.wire import Exchange
from conformance.endpoint.chat_resources import FILE, put_file
from conformance.endpoint.preconditions import SetupFailed
from conformance.scenario.idempotency import IdempotentCall, idempotent_call
from conformance.scenario.markers import verifies
from conformance.scenario.participants import text_at
from conformance.scenario.scenario import Scenario
from strategies.tokens import fresh_client_token


@verifies("StartAttachmentUpload.ClientToken.replayed-url-works")
def test_the_url_of_a_repeated_reply_takes_the_file(scenario: Scenario) -> None:
    """The Url of a repeated reply accepts the file of the same attachment, which can then be completed."""
    idempotent, token = idempotent_call(scenario, AttachmentSizeInBytes=len(FILE)), fresh_client_token()
    first = idempotent.perform(token)
    put_file(scenario, idempotent.perform(token))
    attachment = text_at(judged_reply(first).members, "AttachmentId")
    with scenario.claim() as claim:
        claim.success(
            _complete(idempotent, attachment), "the completion after an upload to the URL of a repeated reply"
        )


def _complete(upload: IdempotentCall, attachment: str, token: str | None = None) -> Exchange:
    """Complete an attachment of the caller of `upload`."""
    arguments = {"AttachmentIds": [attachment], "ConnectionToken": upload.arguments["ConnectionToken"]}
    return replace(upload, name="CompleteAttachmentUpload", arguments=arguments).send(token or fresh_client_token())


@verifies("CompleteAttachmentUpload.ClientToken.refused-call-leaves-no-trace")
def test_a_completion_that_came_too_early_leaves_no_trace(scenario: Scenario) -> None:
    """A completion that was refused before the upload succeeds after it with the same ClientToken."""
    scenario.working("CompleteAttachmentUpload")
    upload, token = (
        idempotent_call(scenario, "StartAttachmentUpload", AttachmentSizeInBytes=len(FILE)),
        fresh_client_token(),
    )
    started = upload.perform(fresh_client_token())
    attachment = text_at(judged_reply(started).members, "AttachmentId")
    if judged_reply(_complete(upload, attachment, token)).succeeded:
        raise SetupFailed("a completion before the upload was accepted")
    put_file(scenario, started)
    with scenario.claim() as claim:
        for times in ("", " and sent again"):
            completed = _complete(upload, attachment, token)
            claim.success(completed, f"the completion, refused before the upload, after it{times}")


@verifies("CompleteAttachmentUpload.ClientToken.changed-parameters-answer")
def test_what_the_same_token_gets_for_another_attachment_is_written_down(scenario: Scenario) -> None:
    """The test records the answer to a completion of another attachment with a used ClientToken."""
    idempotent, token = idempotent_call(scenario), fresh_client_token()
    idempotent.perform(token)
    other = idempotent_call(scenario, by=idempotent.by)
    answer = judged_reply(other.send(token))
    done = "without effect" if judged_reply(other.send(fresh_client_token())).succeeded else "the other is completed"
    with scenario.claim() as claim:
        claim.record(f"success, {done}" if answer.succeeded else describe(answer))
