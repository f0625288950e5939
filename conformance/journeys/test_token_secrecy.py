"""Wrong tokens have no effect and reveal nothing, and issued tokens can be sent in a header."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from conformance.checks.value_text import value_text
from conformance.contract.wire import Exchange
from conformance.endpoint.preconditions import SetupFailed
from conformance.scenario.bearer_tokens import bearer_of, with_bearer, working_requests
from conformance.scenario.markers import verifies
from conformance.scenario.participants import Chat, Participant, objects_at
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import items_with
from strategies import forged_tokens

_HEADER_VALUE = re.compile(r"[!-~\x80-\xff]([ -~\x80-\xff]*[!-~\x80-\xff])?")
EVERY = 5  # wrong tokens
CHANGING = ("SendMessage", "CompleteAttachmentUpload", "CreateParticipantConnection", "DisconnectParticipant")


def _wrong_tokens(chat: Chat, right: str) -> tuple[str, ...]:
    other = chat.participant_token if right == chat.connection_token else chat.connection_token
    return forged_tokens.unknown(right), forged_tokens.alter(right), *forged_tokens.truncations(right), other


def _share(wrong: tuple[str, ...], number: int, most: int) -> tuple[str, ...]:
    """So many of the `wrong` tokens at `most` for the operation with that number; others get others."""
    places = range(min(most, len(wrong)))
    return tuple(wrong[(most * number + place) % len(wrong)] for place in places)


def _of_both_kinds(scenario: Scenario, wrong: tuple[str, ...]) -> tuple[str, ...]:
    """All wrong tokens, or where few requests are sent, the unknown one and that of the other kind."""
    return wrong if scenario.verifier.depth.examples else (wrong[0], wrong[-1])


def _secrets(chat: Chat, message: str) -> dict[str, str]:
    return {
        "a message": message,
        "the ContactId": chat.contact_id,
        "the ParticipantId": chat.participant_id,
        "the ParticipantToken": chat.participant_token,
        "the ConnectionToken": chat.connection_token,
    }


def _shows(answer: Exchange, value: str) -> bool:
    """Whether the reply contains `value` although the request did not."""
    if answer.response is None:
        return False
    sent = f"{answer.request.path}{answer.request.headers}{answer.request.body.decode()}"
    return value not in sent and value in f"{answer.response.headers}{answer.response.body.decode(errors='replace')}"


@verifies("Tokens.refusal.reveals-nothing")
def test_the_reply_to_a_wrong_token_reveals_nothing(scenario: Scenario) -> None:
    """The reply to a wrong token contains no message, name, identifier or token of the chat."""
    name = str(uuid.uuid4())
    chat = scenario.new_chat(ParticipantDetails={"DisplayName": name})
    secrets = {**_secrets(chat, message := str(uuid.uuid4())), "the DisplayName": name}
    scenario.need(chat.say(message))
    most = EVERY if scenario.verifier.depth.examples else scenario.times(2, 1)
    for number, request in enumerate(working_requests(chat)):
        for token in _share(_wrong_tokens(chat, bearer_of(request)), number, most):
            answer = scenario.send(with_bearer(request, token))
            with scenario.claim() as claim:
                shown = [words for words, value in secrets.items() if _shows(answer, value)]
                claim.holds(not shown, f"{request.operation} shows a wrong token nothing of the chat", shown)


@verifies("Tokens.refusal.no-effect")
def test_a_call_with_a_wrong_token_changes_nothing(scenario: Scenario) -> None:
    """Calls with wrong tokens neither end the chat nor add anything to its transcript."""
    chat, mark = scenario.new_chat(), str(uuid.uuid4())  # one without attachments of others
    marked = chat.resources().plain("SendMessage", Content=mark)
    wrong = [
        scenario.send(with_bearer(request, token))
        for request in (marked, *working_requests(chat, CHANGING))
        for token in _of_both_kinds(scenario, _wrong_tokens(chat, bearer_of(request)))
    ]
    with scenario.claim() as claim:
        sent = chat.say()
        claim.success(sent, f"SendMessage after {len(wrong)} calls with wrong tokens")
        kept = [item for item in items_with(chat, sent) if _is_of(item, mark, wrong)]
        claim.holds(not kept, "nothing of a call with a wrong token stands in the transcript", kept)


def _is_of(item: Mapping[str, Any], mark: str, calls: Iterable[Exchange]) -> bool:
    """Whether a transcript's item is the message `mark` or holds a file that one of the `calls` names."""
    files = [str(file.get("AttachmentId")).encode() for file in objects_at(item, "Attachments")]
    return item.get("Content") == mark or any(file in call.request.body for file in files for call in calls)


@verifies("Tokens.issue.header-safe", "Tokens.issue.different")
def test_tokens_can_be_sent_and_told_apart(scenario: Scenario) -> None:
    """Every token can be sent unchanged in a header, and no two participants have the same token."""
    chats = [scenario.chat(), scenario.chat()]
    people: list[Participant] = [*chats]
    _claim_header_safe(scenario, *(chat.participant_token for chat in chats))
    with suppress(SetupFailed):
        people.append(chats[0].add_participant())
    tokens = [token for who in people for token in (who.participant_token, who.connection_token)]
    _claim_header_safe(scenario, *tokens)
    with scenario.claim("Tokens.issue.different") as claim:
        claim.equal(len(set(tokens)), len(tokens), "the number of different tokens")


def _claim_header_safe(scenario: Scenario, *tokens: str) -> None:
    with scenario.claim("Tokens.issue.header-safe") as claim:
        for token in tokens:
            claim.holds(_HEADER_VALUE.fullmatch(token), "a token that a header can carry as it is", value_text(token))
