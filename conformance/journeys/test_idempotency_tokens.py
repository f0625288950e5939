"""ClientToken: which tokens are equal, and requests without a token."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.contract.catalogue import catalogue
from conformance.contract.wire import Exchange
from conformance.scenario.idempotency import IdempotentCall, idempotent_call, only_successes
from conformance.scenario.markers import verifies_each
from conformance.scenario.participants import text_at
from conformance.scenario.repeated_starts import performed
from conformance.scenario.scenario import Scenario
from strategies.tokens import fresh_client_token, long_client_token

SEVERAL, FEW_CONTACTS = 8, 4
EMOJI = ("an emoji behind its token", "another emoji behind its token")


def _all_differ(
    scenario: Scenario, requirement: str, made: tuple[IdempotentCall, Exchange], tokens: Mapping[str, str]
) -> None:
    """Claim that the call that was `made`, sent with each of the `tokens`, has another effect."""
    idempotent, first = made
    known = [first]
    with scenario.claim(requirement) as claim:
        for other, words in list(tokens.items())[: idempotent.effect.most - 1]:
            known.append(idempotent.acts_anew(claim, known, other, f"the same request with {words}"))


def _several(idempotent: IdempotentCall) -> int:
    """How many requests a test makes with tokens of their own."""
    return FEW_CONTACTS if idempotent.by is None else min(SEVERAL, idempotent.effect.most)


@verifies_each(
    "requirement",
    "CreateParticipant.ClientToken.another-token",
    "StartAttachmentUpload.ClientToken.another-token",
    "CompleteAttachmentUpload.ClientToken.another-token",
    "SendMessage.ClientToken.another-token",
    "SendEvent.ClientToken.another-token",
    "StartChatContact.ClientToken.another-token",
    "StartWebRTCContact.ClientToken.another-token",
)
def test_another_token_has_another_effect(scenario: Scenario, requirement: str) -> None:
    """The same request with another, also a similar ClientToken takes effect anew, or is refused if it cannot."""
    idempotent, token, first = performed(scenario, requirement)
    tokens = {
        fresh_client_token(): "another token",
        f"{token[:-1]}{'1' if token[-1] != '1' else '0'}": "its token with another last character",
        token.replace("-", ""): "its token without dashes",
        f"{token}\N{GRINNING FACE}": EMOJI[0],
        f"{token}\N{CRYING FACE}": EMOJI[1],
        f"{token}A\N{COMBINING RING ABOVE}": "a ring above its last letter",
        f"{token}\N{LATIN CAPITAL LETTER A WITH RING ABOVE}": "a letter with a ring behind its token",
    }
    decisive = ("its token with another last character", *EMOJI)
    chosen = scenario.edges([*tokens.values()], decisive)
    _all_differ(
        scenario, requirement, (idempotent, first), {t: words for t, words in tokens.items() if words in chosen}
    )


AT_ONCE = tuple(
    rid for rid in catalogue() if rid.endswith("ClientToken.another-token") and not rid.startswith("Complete")
)


@verifies_each("requirement", *AT_ONCE)
def test_other_tokens_at_the_same_time_have_effects_of_their_own(scenario: Scenario, requirement: str) -> None:
    """The same request takes effect once for each of several simultaneous ClientTokens."""
    idempotent = idempotent_call(scenario, requirement)
    tokens = [fresh_client_token() for _ in range(_several(idempotent))]
    _all_made(scenario, requirement, idempotent, tokens)


def _all_made(scenario: Scenario, requirement: str, idempotent: IdempotentCall, tokens: Sequence[str | None]) -> None:
    """Claim that simultaneous requests with `tokens` have as many effects as succeed."""
    if tokens:
        replies = only_successes(scenario.at_once([partial(idempotent.send, token) for token in tokens]))
        made = [text_at(judged_reply(reply).members, idempotent.effect.gives[0]) for reply in replies]
        with scenario.claim(requirement) as claim:
            what = f"the number of different {idempotent.effect.gives[0]}s of {len(made)} requests at the same time"
            claim.equal(len(set(made)), len(made), what)


@verifies_each(
    "requirement",
    "CreateParticipant.ClientToken.case-sensitive",
    "DisconnectParticipant.ClientToken.case-sensitive",
    "StartAttachmentUpload.ClientToken.case-sensitive",
    "CompleteAttachmentUpload.ClientToken.case-sensitive",
    "SendMessage.ClientToken.case-sensitive",
    "SendEvent.ClientToken.case-sensitive",
    "StartChatContact.ClientToken.case-sensitive",
    "StartWebRTCContact.ClientToken.case-sensitive",
)
def test_letter_case_makes_another_token(scenario: Scenario, requirement: str) -> None:
    """A ClientToken in other letter case is another token, also a UUID and one with a single changed letter."""
    idempotent, token, first = performed(scenario, requirement)
    capital = re.sub(r"[a-z](?=[^a-z]*$)", lambda last: last[0].upper(), token)
    tokens = {token.upper(): "its token in capitals", capital: "a capital for its last letter"}
    _all_differ(scenario, requirement, (idempotent, first), tokens)


@verifies_each(
    "requirement",
    "CreateParticipant.ClientToken.longer-token",
    "DisconnectParticipant.ClientToken.longer-token",
    "StartAttachmentUpload.ClientToken.longer-token",
    "CompleteAttachmentUpload.ClientToken.longer-token",
    "SendMessage.ClientToken.longer-token",
    "SendEvent.ClientToken.longer-token",
    "StartChatContact.ClientToken.longer-token",
    "StartWebRTCContact.ClientToken.longer-token",
)
def test_a_longer_token_is_another_token(scenario: Scenario, requirement: str) -> None:
    """A ClientToken that continues an earlier one is another token, up to the last of 500 characters."""
    idempotent, token, first = performed(scenario, requirement)
    longest = f"{token}{long_client_token()[len(token) :]}"
    words = {one: f"{len(one)} characters, that its token begins" for one in (longest[:-1], longest)}
    if idempotent.effect.refused is None:
        _all_differ(scenario, requirement, (idempotent, first), words)
        return
    _all_differ(scenario, requirement, (idempotent, first), {longest: words[longest]})
    again, longest = idempotent_call(scenario, requirement, idempotent.by), long_client_token()
    _all_differ(scenario, requirement, (again, again.perform(longest[:-1])), {longest: "one character more"})


@verifies_each(
    "requirement",
    "CreateParticipant.ClientToken.surrounding-blanks",
    "DisconnectParticipant.ClientToken.surrounding-blanks",
    "StartAttachmentUpload.ClientToken.surrounding-blanks",
    "CompleteAttachmentUpload.ClientToken.surrounding-blanks",
    "SendMessage.ClientToken.surrounding-blanks",
    "SendEvent.ClientToken.surrounding-blanks",
    "StartChatContact.ClientToken.surrounding-blanks",
    "StartWebRTCContact.ClientToken.surrounding-blanks",
)
def test_blanks_around_a_token_make_another(scenario: Scenario, requirement: str) -> None:
    """A ClientToken with a blank before or after it is another token."""
    idempotent, token, first = performed(scenario, requirement)
    tokens = {f"{token} ": "a blank behind its token", f" {token}": "a blank before its token"}
    _all_differ(scenario, requirement, (idempotent, first), tokens)


@verifies_each(
    "requirement",
    "CreateParticipant.ClientToken.no-token",
    "SendMessage.ClientToken.no-token",
    "SendEvent.ClientToken.no-token",
    "StartChatContact.ClientToken.no-token",
    "StartWebRTCContact.ClientToken.no-token",
)
def test_every_request_without_a_token_is_done(scenario: Scenario, requirement: str) -> None:
    """Each request without a ClientToken takes effect, before and after one with a token."""
    idempotent = idempotent_call(scenario, requirement)
    known = [idempotent.perform(None)]
    with scenario.claim(requirement) as claim:
        known.append(idempotent.acts_anew(claim, known, None, "the same request without a ClientToken"))
        known.append(idempotent.perform(fresh_client_token()))
        idempotent.acts_anew(claim, known, None, "the same request without a ClientToken after one with it")
    at_once = 2 if idempotent.by is None else _several(idempotent) - len(known) - 1
    _all_made(scenario, requirement, idempotent, [None] * at_once)


ABSENT, TOKEN = "no token at all", "a token like any other"


@verifies_each(
    "requirement",
    "StartContactStreaming.ClientToken.empty-token",
    "CreateParticipant.ClientToken.empty-token",
    "DisconnectParticipant.ClientToken.empty-token",
    "SendMessage.ClientToken.empty-token",
    "SendEvent.ClientToken.empty-token",
    "StartChatContact.ClientToken.empty-token",
    "StartWebRTCContact.ClientToken.empty-token",
)
def test_what_an_empty_token_means_is_written_down(scenario: Scenario, requirement: str) -> None:
    """The test records whether an empty ClientToken counts as none, as one, or is refused."""
    idempotent = idempotent_call(
        scenario, requirement, **({"InitialMessage": None} if requirement.startswith("StartChat") else {})
    )
    first, again = idempotent.send(""), idempotent.send("")
    with scenario.claim(requirement) as claim:
        answers = [judged_reply(exchange) for exchange in (first, again)]
        refused = [describe(answer) for answer in answers if not answer.succeeded]
        claim.record(" then ".join(refused) or _meaning(idempotent, first, again))


def _meaning(idempotent: IdempotentCall, first: Exchange, again: Exchange) -> str:
    found = [idempotent.identifiers(exchange) for exchange in (first, again)]
    return ABSENT if found[0].isdisjoint(found[1]) and found[0] else TOKEN
