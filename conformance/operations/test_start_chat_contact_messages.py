"""StartChatContact: the initial message and its item in the transcript.

It is looked for beside a message that the customer sends afterwards: where that does not appear either, nothing is
known of the transcript, and a flow's own greeting is never taken for it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.contract.content_types import (
    INTERACTIVE,
    INTERACTIVE_RESPONSE,
    JSON,
    MARKDOWN,
    SUPPORTED,
    TEXT,
)
from conformance.contract.limits import MESSAGE_BYTES
from conformance.contract.wire import Exchange
from conformance.scenario.markers import verifies
from conformance.scenario.participants import Chat
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import Items, due_order, id_of, ids, items_with
from strategies.content_types import TEXTS, UNSUPPORTED, text_of_bytes

Texts = Sequence[tuple[str, str]]  # content type and content


def _message(content_type: str, content: str) -> Mapping[str, str]:
    return {"ContentType": content_type, "Content": content}


def _start(
    scenario: Scenario, content_type: str, content: str, types: Sequence[str] = SUPPORTED, **members: Any
) -> Exchange:
    """A start with an initial message, in a chat that declares `types`."""
    message = _message(content_type, content)
    return scenario.start(InitialMessage=message, SupportedMessagingContentTypes=[*types], **members)


def _initial(chat: Chat, later: Exchange, content: str) -> Items:
    """The items of the initial message; the customer sent `later` after the start."""
    return _first_messages(chat, _with_initial(chat, later, content), id_of(later), content)


def _with_initial(chat: Chat, later: Exchange, content: str) -> Items:
    """All items once the initial message and `later` are among them, or at the polling bound."""

    def look() -> Items | None:
        items = items_with(chat, later)
        return items if _first_messages(chat, items, id_of(later), content) else None

    return chat.scenario.until(look) or chat.items()


def _first_messages(chat: Chat, items: Items, later: str, content: str) -> Items:
    """Messages other than `later` that the customer sent, or that have the content of the initial message."""
    messages = [item for item in items if item.get("Type") == "MESSAGE" and item.get("Id") != later]
    return [i for i in messages if i.get("ParticipantId") == chat.participant_id or i.get("Content") == content]


@verifies(
    "StartChatContact.InitialMessage.in-transcript",
    "StartChatContact.InitialMessage.sent-by-customer",
    "StartChatContact.InitialMessage.first",
)
def test_the_initial_message_is_the_customers_first(scenario: Scenario) -> None:
    """The transcript contains the initial message once, as the customer's, before the customer's other messages."""
    name, texts = "Jos\u00e9", (f"first {uuid.uuid4()}", f"another {uuid.uuid4()}")
    details = {"DisplayName": name}
    chats = [(scenario.new_chat(InitialMessage=_message(TEXT, t), ParticipantDetails=details), t) for t in texts]
    for chat, text in chats:
        scenario.need(chat.connect())
        chat.reconnect()
        later = chat.say("what comes next")
        items = _with_initial(chat, later, text)
        shown = _first_messages(chat, items, id_of(later), text)
        with scenario.claim("StartChatContact.InitialMessage.in-transcript") as claim:
            claim.equal(len(shown), 1, "the number of times that the initial message stands in the transcript")
        for item in shown[:1]:
            with scenario.claim("StartChatContact.InitialMessage.sent-by-customer") as claim:
                sender = {name: item.get(name) for name in ("ParticipantId", "DisplayName", "ParticipantRole")}
                expected = {"ParticipantId": chat.participant_id, "DisplayName": name, "ParticipantRole": "CUSTOMER"}
                claim.equal(sender, expected, "the initial message's sender")
            with scenario.claim("StartChatContact.InitialMessage.first") as claim:
                first, second = map(ids(items).index, due_order(scenario, items, [str(item.get("Id")), id_of(later)]))
                before = first < second
                claim.holds(before, "the initial message stands before the next one", "it stands behind it")


TRICKY = (
    '  two blanks, a tab\t, lines\r\n\n, "quotes" \\ <b>&amp;</b> e\u0301 \u00e9 \u20ac \U0001f600 \u200d '
    "50%25 %C3%A9+1 \\u00e9 &#39; ${name} {{name}} "
)
CONTENTS: Texts = (
    (TEXT, TRICKY),
    (TEXT, text_of_bytes(TEXT, 4, MESSAGE_BYTES)),
    (TEXT, text_of_bytes(TEXT, 1, MESSAGE_BYTES)),
    (MARKDOWN, "# Title\n\n* **bold** _it_ [link](https://example.com/?a=1&b=2)  \n\n"),
    (JSON, '{"b": 1.50,  "a": "\\u00e9\\/",\n"b": null}'),
)
# What else a start may ask for beside its initial message.
COMPANY: Sequence[Mapping[str, Any]] = (
    {"ConnectionTypes": ["WEBSOCKET", "CONNECTION_CREDENTIALS"]},
    {"Attributes": {"plan": "gold"}, "CustomerId": "0042"},
    {"ParticipantConfiguration": {"ResponseMode": "COMPLETE"}},
    {"DisconnectOnCustomerExit": ["AGENT"]},
    {},
)


@verifies("StartChatContact.InitialMessage.in-transcript", "StartChatContact.InitialMessage.content-unchanged")
def test_the_initial_message_is_not_changed(scenario: Scenario) -> None:
    """The transcript has the initial message once, byte for byte, whichever other members the start has."""
    starts = tuple(zip(CONTENTS, COMPANY, strict=True))
    for (content_type, content), members in scenario.edges(starts, starts[:1] + starts[-1:]):
        chat = scenario.register(_start(scenario, content_type, content, **members))
        shown = _initial(chat, chat.say("what comes next"), content)
        with scenario.claim("StartChatContact.InitialMessage.in-transcript") as claim:
            beside = ", ".join(members) or "no other members"
            claim.equal(len(shown), 1, f"the number of initial messages of a start with {beside}")
        with scenario.claim("StartChatContact.InitialMessage.content-unchanged") as claim:
            for item in shown:
                claim.equal(item.get("ContentType"), content_type, "the initial message's ContentType")
                claim.equal(item.get("Content"), content, "the initial message's Content")


@verifies("StartChatContact.InitialMessage.none-without")
def test_a_chat_without_an_initial_message_has_none(scenario: Scenario) -> None:
    """The transcript of a chat without InitialMessage has no message of the customer but the sent ones."""
    other = scenario.new_chat(InitialMessage=_message(TEXT, "another chat's"))
    chats = scenario.new_chat(), scenario.new_chat(ConnectionTypes=["WEBSOCKET", "CONNECTION_CREDENTIALS"])
    items_with(other, other.say())
    for chat in chats:
        sent = chat.say("the only one")
        own = [i for i in items_with(chat, sent) if i.get("ParticipantId") == chat.participant_id]
        messages = [i.get("Content") for i in own if i.get("Type") == "MESSAGE"]
        with scenario.claim() as claim:
            claim.equal(messages, ["the only one"], "what the customer said")


@verifies("StartChatContact.InitialMessage.bytes-max")
def test_an_initial_message_of_one_byte_too_many_is_refused(scenario: Scenario) -> None:
    """The endpoint refuses an initial message of 16,385 UTF-8 bytes, whatever its code points and its type are."""
    edges = [(TEXT, 1), (TEXT, 2), (TEXT, 3), (TEXT, 4), (MARKDOWN, 2), (JSON, 3), (INTERACTIVE_RESPONSE, 4)]
    for content_type, width in edges:
        content = text_of_bytes(content_type, width, MESSAGE_BYTES + 1)
        answer = _start(scenario, content_type, content)
        with scenario.claim() as claim:
            claim.refusal(answer, f"{content_type} of 16,385 UTF-8 bytes ({len(content):,} code points)")


@verifies("StartChatContact.InitialMessage.unsupported-type-refused")
def test_an_initial_message_of_another_type_is_refused(scenario: Scenario) -> None:
    """The endpoint refuses an initial message of a type other than the four sendable ones."""
    for content_type in (INTERACTIVE, *UNSUPPORTED):
        answer = _start(scenario, content_type, TEXTS[JSON])
        with scenario.claim() as claim:
            claim.refusal(answer, f"an initial message of type {content_type}")


@verifies("StartChatContact.InitialMessage.undeclared-type-refused")
def test_an_initial_message_of_an_undeclared_type_is_refused(scenario: Scenario) -> None:
    """The endpoint refuses an initial message of a type that the request's list does not declare."""
    for content_type in (MARKDOWN, JSON, INTERACTIVE_RESPONSE):
        for types in ((TEXT,), tuple(kind for kind in SUPPORTED if kind != content_type)):
            answer = _start(scenario, content_type, TEXTS[content_type], types)
            with scenario.claim() as claim:
                claim.refusal(answer, f"an initial message of type {content_type} beside {', '.join(types)}")


_OPEN: Mapping[str, Texts] = {
    "StartChatContact.InitialMessage.json-text": [(JSON, "no JSON"), (JSON, '{"unclosed": [')],
    "StartChatContact.InitialMessage.length-1024": [(TEXT, text_of_bytes(TEXT, 1, 1_025))],
    "StartChatContact.InitialMessage.limits-by-type": [
        (TEXT, text_of_bytes(TEXT, 1, 1_025)),
        (MARKDOWN, text_of_bytes(MARKDOWN, 1, 1_025)),
        (JSON, text_of_bytes(JSON, 1, 12_001)),
        (INTERACTIVE_RESPONSE, text_of_bytes(INTERACTIVE_RESPONSE, 1, 12_289)),
    ],
}


@verifies(*_OPEN)
def test_what_a_doubtful_initial_message_gets_is_written_down(scenario: Scenario) -> None:
    """The test records the answers to initial messages that the documents, or older editions, leave open."""
    doubtful = dict.fromkeys(message for messages in _OPEN.values() for message in messages)
    answers = {message: _start(scenario, *message) for message in doubtful}
    for requirement, messages in _OPEN.items():
        for content_type, content in messages:
            with scenario.claim(requirement) as claim:
                answer = describe(judged_reply(answers[content_type, content]))
                claim.record(f"{content_type} of {len(content):,} code points: {answer}")
