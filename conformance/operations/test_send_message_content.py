"""SendMessage: the size of a message in UTF-8 bytes, and contents that the documents leave open."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from conformance.checks.errors import describe
from conformance.checks.passive import SERVER_ERROR
from conformance.checks.replies import judged_reply
from conformance.checks.value_text import value_text
from conformance.contract.content_types import INTERACTIVE_RESPONSE, JSON, MARKDOWN, TEXT
from conformance.contract.limits import MESSAGE_BYTES
from conformance.contract.model import operation
from conformance.contract.wire import Exchange, to_request
from conformance.scenario.markers import verifies
from conformance.scenario.participants import Chat
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import Items, item_of, wait_for_items
from strategies.content_types import TEXTS, text_of_bytes
from strategies.json_parts import FEW, wrong_parts
from strategies.text import fill, mixed_texts_of_bytes, tile

EMOJI = "\N{GRINNING FACE}"
WIDTHS = (1, 2, 3, 4)
# Exactly the most bytes: of one width, with a single wider character at either end, and of what is longer escaped.
AT_LIMIT = (
    *(fill(width, MESSAGE_BYTES) for width in WIDTHS),
    "a" * (MESSAGE_BYTES - 2) + "\u00e9",
    EMOJI + "a" * (MESSAGE_BYTES - 4),
    tile("\"\\<&'>/", MESSAGE_BYTES),
    tile("\r\n\t ", MESSAGE_BYTES - 1) + "a",
    f"e\u0301\u200d{EMOJI}" * 1_638 + "a" * 4,
)
# One byte more: the same, and where only what is stripped or combined makes it too long.
OVER_LIMIT = (
    *(fill(width, MESSAGE_BYTES + 1) for width in WIDTHS),
    "a" * (MESSAGE_BYTES - 1) + "\u00e9",
    EMOJI + "a" * (MESSAGE_BYTES - 3),
    fill(2, MESSAGE_BYTES) + " ",
    " " + fill(4, MESSAGE_BYTES),
    fill(3, MESSAGE_BYTES) + "\n",
    fill(2, MESSAGE_BYTES - 2) + "e\u0301",
    tile("\r\n", 4_096) + fill(4, MESSAGE_BYTES - 4_096) + "a",
    "<br>" + fill(2, MESSAGE_BYTES - 3),
    " " * MESSAGE_BYTES + "a",
    EMOJI * MESSAGE_BYTES,
)


def _size(content: str, content_type: str = TEXT) -> str:
    return f"{content_type} of {len(content.encode()):,} UTF-8 bytes ({len(content):,} code points)"


@verifies("SendMessage.Content.bytes-at-limit")
def test_a_message_of_exactly_the_most_bytes_is_accepted(scenario: Scenario) -> None:
    """The endpoint accepts a message of exactly 16,384 UTF-8 bytes, of narrow and wide characters, alone and mixed."""
    chat = scenario.typed_chat()
    for content in (*AT_LIMIT, *scenario.draw(mixed_texts_of_bytes(MESSAGE_BYTES))):
        with scenario.claim() as claim:
            claim.success(chat.say(content), _size(content))


@verifies("SendMessage.Content.bytes-at-limit")
def test_an_added_participant_says_the_most_bytes(scenario: Scenario) -> None:
    """The endpoint accepts a message of exactly 16,384 UTF-8 bytes from an added participant too."""
    bot = scenario.typed_chat().add_participant()
    for width in WIDTHS:
        with scenario.claim() as claim:
            claim.success(
                bot.say(fill(width, MESSAGE_BYTES)), f"{_size(fill(width, MESSAGE_BYTES))} of an added participant"
            )


@verifies("SendMessage.Content.bytes-max")
def test_a_message_of_one_byte_too_many_is_refused(scenario: Scenario) -> None:
    """The endpoint refuses a message of 16,385 UTF-8 bytes, whatever its code points and its last byte are."""
    chat = scenario.typed_chat()
    for content in (*OVER_LIMIT, *scenario.draw(mixed_texts_of_bytes(MESSAGE_BYTES + 1))):
        with scenario.claim() as claim:
            claim.refusal(chat.say(content), _size(content))


@verifies("SendMessage.Content.bytes-at-limit", "SendMessage.Content.bytes-max")
def test_the_bytes_are_those_of_the_text(scenario: Scenario) -> None:
    """The limit counts the bytes of the Content, not those of a request with escaped characters."""
    chat = scenario.typed_chat()
    for width in scenario.edges(WIDTHS, (2, 4)):
        for size, requirement in (
            (MESSAGE_BYTES, "SendMessage.Content.bytes-at-limit"),
            (MESSAGE_BYTES + 1, "SendMessage.Content.bytes-max"),
        ):
            content = fill(width, size)
            answer = _send_unescaped(chat, content)
            with scenario.claim(requirement) as claim:
                judge = claim.success if size == MESSAGE_BYTES else claim.refusal
                judge(answer, f"{_size(content)}, sent unescaped")


def _send_unescaped(chat: Chat, content: str) -> Exchange:
    members = {"ConnectionToken": chat.connection_token, "ContentType": TEXT, "Content": content}
    request = to_request(operation("SendMessage"), members)
    body = json.dumps(json.loads(request.body), ensure_ascii=False)
    return chat.scenario.send(replace(request, body=body.encode()))


@pytest.mark.parametrize("content_type", [MARKDOWN, JSON, INTERACTIVE_RESPONSE])
@verifies("SendMessage.Content.bytes-max-every-type")
def test_the_limit_holds_for_every_type(scenario: Scenario, content_type: str) -> None:
    """The endpoint accepts 16,384 UTF-8 bytes of each content type and no more, for each width of characters."""
    chat = scenario.typed_chat()
    scenario.need(chat.say(TEXTS[content_type], content_type), f"a short message of type {content_type}")
    widths = scenario.edges(WIDTHS, (1, 4))
    for content in (
        *(text_of_bytes(content_type, width, MESSAGE_BYTES + 1) for width in widths),
        _pad_response(MESSAGE_BYTES + 1),
    ):
        with scenario.claim() as claim:
            claim.refusal(chat.say(content, content_type), _size(content, content_type))
    wide = (
        ()
        if content_type == INTERACTIVE_RESPONSE
        else (text_of_bytes(content_type, width, MESSAGE_BYTES) for width in widths)
    )
    for content in (*wide, _pad_response(MESSAGE_BYTES)):
        with scenario.claim() as claim:
            claim.success(chat.say(content, content_type), _size(content, content_type))


_RESPONSE = '{"version":"1.0","templateType":"ListPicker","data":{"content":{"title":"Red"}}'


def _pad_response(utf8_bytes: int) -> str:
    """An interactive response, which is JSON, with blanks in it up to that number of bytes."""
    return _RESPONSE.replace("Red", "Ros\u00e9") + " " * (utf8_bytes - len(_RESPONSE) - 3) + "}"


_DOUBTFUL: Mapping[str, tuple[tuple[str, str], ...]] = {
    "SendMessage.Content.json-text": (
        (JSON, "no JSON"),
        (JSON, '{"unclosed": ['),
        (JSON, '"a text"'),
        (JSON, "5"),
        (JSON, "{'a': 1}"),
    ),
    "SendMessage.Content.blanks-only": ((TEXT, " "), (TEXT, "\n"), (TEXT, " \t "), (TEXT, "\u200b"), (TEXT, "\u00a0")),
    "SendMessage.Content.length-1024": ((TEXT, "a" * 1_025), (TEXT, EMOJI * 1_025)),
    "SendMessage.Content.limits-by-type": (
        (TEXT, "a" * 1_025),
        (MARKDOWN, text_of_bytes(MARKDOWN, 1, 1_025)),
        (JSON, text_of_bytes(JSON, 1, 12_001)),
        (INTERACTIVE_RESPONSE, _pad_response(12_289)),
    ),
}


@verifies(*_DOUBTFUL)
def test_what_a_doubtful_content_gets_is_written_down(scenario: Scenario) -> None:
    """The test records whether contents that the documents leave open are kept, changed or refused."""
    chat = scenario.typed_chat()
    doubtful = [(requirement, *content) for requirement, contents in _DOUBTFUL.items() for content in contents]
    answers = [chat.say(content, content_type) for _, content_type, content in doubtful]
    items = wait_for_items(chat, *(answer for answer in answers if judged_reply(answer).succeeded))
    for (requirement, content_type, content), answer in zip(doubtful, answers, strict=True):
        with scenario.claim(requirement) as claim:
            fate = _became(items, answer, content)
            claim.record(f"{value_text(content[:12])} of {_size(content, content_type)}: {fate}")


def _became(items: Items, answer: Exchange, content: str) -> str:
    """The fate of a message: its refusal, or its form among the items of the transcript."""
    response = judged_reply(answer)
    if not response.succeeded:
        return describe(response)
    return "kept" if item_of(items, answer).get("Content") == content else "changed"


@verifies("SendMessage.Content.interactive-parts", "SendMessage.reply.no-server-error")
def test_an_interactive_response_is_wrong_in_one_part(scenario: Scenario) -> None:
    """An interactive response that is wrong in one part is no server error; the test records what it gets."""
    chat = scenario.typed_chat()
    for words, document in wrong_parts(json.loads(f"{_RESPONSE}}}"), FEW).items():
        answer = chat.say(json.dumps(document), INTERACTIVE_RESPONSE)
        reply = judged_reply(answer)
        with scenario.claim("SendMessage.reply.no-server-error") as claim:
            claim.holds(
                reply.status < SERVER_ERROR, f"a response with {words} gets a status below 500", describe(reply)
            )
        with scenario.claim("SendMessage.Content.interactive-parts") as claim:
            claim.record(f"{words}: {describe(reply)}")
