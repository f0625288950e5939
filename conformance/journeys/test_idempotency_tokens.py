"""ClientToken: which tokens are equal, and requests without a token."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.contract.wire import Exchange
from conformance.scenario.idempotency import IdempotentCall, idempotent_call, only_successes
from conformance.scenario.markers import verifies_each
from conformance.scenario.participants import text_at
from conformance.scenario.repeated_starts import first_call
from conformance.scenario.scenario import Scenario
from strategies.tokens import fresh_client_token, long_client_token

AT_ONCE, AT_ONCE_OF_CONTACTS = 4, 2  # requests at the same time, for what is limited in a chat or an account


def _all_differ(
    scenario: Scenario, requirement: str, made: tuple[IdempotentCall, Exchange], tokens: Mapping[str, str]
) -> list[Exchange]:
    """Claim that the call that was `made`, sent with each of the `tokens`, has another effect; return all calls."""
    idempotent, first = made
    known = [first]
    with scenario.claim(requirement) as claim:
        for other, words in tokens.items():
            known.append(idempotent.acts_anew(claim, known, other, f"the same request with {words}"))
    return known


def _choose(idempotent: IdempotentCall, tokens: Mapping[str, str]) -> Mapping[str, str]:
    """The words of `tokens` by the token, as far as the call may be made so often; the first where each call costs."""
    words = [*tokens][: 1 if idempotent.by is None else idempotent.effect.most - 1]
    return {tokens[each]: each for each in idempotent.scenario.edges(words, words[:1])}


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
    """The same request with another, also a similar ClientToken takes effect anew, or is refused if it cannot.

    Half of the similar ones are sent in turn, the others at the same time.
    """
    idempotent, token, first = first_call(scenario, requirement)
    tokens = {
        f"{token[:-1]}{'1' if token[-1] != '1' else '0'}": "its token with another last character",
        token.replace("-", ""): "its token without dashes",
        f"{token}\N{ANGSTROM SIGN}": "a sign behind its token",
        f"{token}\N{GRINNING FACE}": "an emoji behind its token",
        f"{token}\N{LATIN CAPITAL LETTER A WITH RING ABOVE}": "a letter behind its token that the sign stands for",
        f"{token}\N{CRYING FACE}": "another emoji behind its token",
    }
    chosen = scenario.edges([*tokens.values()], [words for words in tokens.values() if "emoji" not in words])
    similar = [(other, words) for other, words in tokens.items() if words in chosen][: idempotent.effect.most - 1]
    in_turn = len(similar) if idempotent.effect.refused else (len(similar) + 1) // 2
    known = _all_differ(scenario, requirement, (idempotent, first), dict(similar[:in_turn]))
    _claim_all(scenario, requirement, idempotent, known, [other for other, _ in similar[in_turn:]])


def _claim_all(
    scenario: Scenario,
    requirement: str,
    idempotent: IdempotentCall,
    known: Sequence[Exchange],
    tokens: Sequence[str | None],
) -> list[Exchange]:
    """Claim that simultaneous requests with `tokens` have as many effects as succeed; return all calls."""
    if not tokens:
        return list(known)
    replies = only_successes(scenario.at_once([partial(idempotent.send, token) for token in tokens]))
    identifier, every = idempotent.effect.gives[0], [*known, *replies]
    made = {text_at(judged_reply(reply).members, identifier) for reply in every}
    with scenario.claim(requirement) as claim:
        what = f"the number of different {identifier}s after {len(replies)} requests at the same time"
        claim.equal(len(made), len(every), what)
    return every


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
    idempotent, token, first = first_call(scenario, requirement)
    capital = re.sub(r"[a-z](?=[^a-z]*$)", lambda last: last[0].upper(), token)
    tokens = {"a capital for its last letter": capital, "its token in capitals": token.upper()}
    _all_differ(scenario, requirement, (idempotent, first), _choose(idempotent, tokens))


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
    idempotent, token, first = first_call(scenario, requirement)
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
    idempotent, token, first = first_call(scenario, requirement)
    tokens = {"a blank behind its token": f"{token} ", "a blank before its token": f" {token}"}
    _all_differ(scenario, requirement, (idempotent, first), _choose(idempotent, tokens))


@verifies_each(
    "requirement",
    "CreateParticipant.ClientToken.no-token",
    "SendMessage.ClientToken.no-token",
    "SendEvent.ClientToken.no-token",
    "StartChatContact.ClientToken.no-token",
    "StartWebRTCContact.ClientToken.no-token",
)
def test_every_request_without_a_token_is_done(scenario: Scenario, requirement: str) -> None:
    """Each request without a ClientToken takes effect, at the same time as others and after one with a token."""
    idempotent = idempotent_call(scenario, requirement)
    few = idempotent.by is None or idempotent.effect.most <= AT_ONCE
    without = [None] * (AT_ONCE_OF_CONTACTS if few else AT_ONCE)
    known = [*_claim_all(scenario, requirement, idempotent, [], without), idempotent.perform(fresh_client_token())]
    with scenario.claim(requirement) as claim:
        idempotent.acts_anew(claim, known, None, "the same request without a ClientToken after one with it")


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
