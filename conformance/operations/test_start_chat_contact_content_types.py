"""StartChatContact: the lists of SupportedMessagingContentTypes that it refuses, and a chat without a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.contract.content_types import MARKDOWN, SENDABLE, SUPPORTED, TEXT
from conformance.scenario.markers import verifies, verifies_each
from conformance.scenario.scenario import Scenario
from strategies.content_types import (
    BESIDE_TEXT,
    TEXTS,
    UNSUPPORTED,
    lists_without_text,
)

LIST = "StartChatContact.SupportedMessagingContentTypes"
Lists = Sequence[Sequence[str]]


def _refuses(scenario: Scenario, lists: Lists) -> None:
    for types in lists:
        started = scenario.start(SupportedMessagingContentTypes=list(types))
        with scenario.claim() as claim:
            claim.refusal(started, f"a start with the content types {', '.join(types)}")


@verifies("StartChatContact.SupportedMessagingContentTypes.text-plain-required")
def test_a_list_without_text_plain_is_refused(scenario: Scenario) -> None:
    """The endpoint refuses a list without text/plain, whichever supported types it has."""
    pairs = [[MARKDOWN, other] for other in BESIDE_TEXT if other != MARKDOWN]
    edges = [*([other] for other in BESIDE_TEXT), *pairs, [*BESIDE_TEXT]]
    drawn = scenario.draw(lists_without_text())
    _refuses(scenario, [*edges, *drawn])


@verifies("StartChatContact.SupportedMessagingContentTypes.unsupported-refused")
def test_a_list_with_an_unsupported_type_is_refused(scenario: Scenario) -> None:
    """The endpoint refuses a list with text/plain and an unsupported content type at any place."""
    alone = [[TEXT, other] for other in UNSUPPORTED]
    places = [[UNSUPPORTED[0], TEXT], [*SUPPORTED, UNSUPPORTED[-1]], [TEXT, UNSUPPORTED[0], MARKDOWN]]
    _refuses(scenario, scenario.edges([*alone, *places], [alone[4], alone[-2], *places]))


_OPEN: Mapping[str, Lists] = {
    "StartChatContact.SupportedMessagingContentTypes.duplicates": [[TEXT, TEXT], [TEXT, MARKDOWN, MARKDOWN]],
    "StartChatContact.SupportedMessagingContentTypes.two-types-only": [
        [TEXT, other] for other in BESIDE_TEXT if other != MARKDOWN
    ],
}


@verifies_each("requirement", *_OPEN)
def test_what_a_doubtful_list_gets_is_written_down(scenario: Scenario, requirement: str) -> None:
    """The test records the answers to lists that the documents, or their older edition, leave open."""
    for types in _OPEN[requirement]:
        started = scenario.start(SupportedMessagingContentTypes=types)
        with scenario.claim(requirement) as claim:
            claim.record(f"{', '.join(types)}: {describe(judged_reply(started))}")


@verifies(
    "StartChatContact.SupportedMessagingContentTypes.default-text-plain",
    "StartChatContact.SupportedMessagingContentTypes.default-others",
)
def test_a_chat_without_a_list_takes_text(scenario: Scenario) -> None:
    """A chat without the list accepts text/plain messages; the test records the answers to other types."""
    chat, another = scenario.new_chat(), scenario.chat()
    sent = {kind: chat.say(TEXTS[kind], kind) for kind in SENDABLE}
    with scenario.claim("StartChatContact.SupportedMessagingContentTypes.default-text-plain") as claim:
        for answer in (sent.pop(TEXT), another.say(TEXTS[TEXT], TEXT)):
            claim.success(answer, "text/plain in a chat that was started without the list")
    with scenario.claim("StartChatContact.SupportedMessagingContentTypes.default-others") as claim:
        for kind, answer in sent.items():
            claim.record(f"{kind}: {describe(judged_reply(answer))}")
