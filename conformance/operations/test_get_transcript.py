"""GetTranscript: every sent message once, byte for byte, in order and with its sender."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from conformance.contract.content_types import EVENT, JOINED, JSON, MARKDOWN, TEXT
from conformance.contract.limits import MESSAGE_BYTES
from conformance.contract.wire import Exchange
from conformance.endpoint.preconditions import SetupFailed
from conformance.scenario.idempotency import check_repetition
from conformance.scenario.markers import verifies, verifies_each
from conformance.scenario.participants import Chat, Participant
from conformance.scenario.scenario import Scenario
from conformance.scenario.seeded_chat import SEEDED_MESSAGES, know
from conformance.scenario.transcripts import Items, due_order, id_of, ids, item_of, lasting, wait_for_items
from conformance.scenario.web_socket import open_web_socket
from strategies.text import fill, texts_between
from strategies.tokens import fresh_client_token

VALUES = ("null", "0", "1.50", "false", "undefined", "[]", "{}", "-1e2", "007")  # a text that looks like one
CONTENTS: Mapping[str, tuple[str, ...]] = {
    "GetTranscript.Transcript.content-blanks": (
        "  two  blanks\t, a tab ",
        "\n\r\n line \r breaks \n\n",
        " \u00a0\u2003wide blanks\u3000 ",
    ),
    "GetTranscript.Transcript.content-non-bmp": (
        "\N{GRINNING FACE}",
        "\U00020000\U0010fffd \u4f60\u597d \u20ac \u00e9 e\u0301 \u00e9 \ufb01 \u212b \u1e9b\u0323",
        (
            "\ufeffa byte order mark begins it \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 \u200fx\u200e"
            " \N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL} \U0001f1e9\U0001f1ea \u2764\ufe0f"
        ),
    ),
    "GetTranscript.Transcript.content-longest": tuple(fill(width, MESSAGE_BYTES) for width in (1, 2, 3, 4)),
    "GetTranscript.Transcript.content-markup": (
        "<b>bold</b> &amp; <script>alert('x')</script> &lt;",
        'a "quoted" \\u00e9 \\n \\\\ text',
        "{{ 7 * 7 }} ${x} %s %41 + a=b&c=d",
        "# *a* [b](http://example.com)",
        *VALUES,
    ),
    "GetTranscript.Transcript.content-json-text": (
        '{ "b": 1.0, "a": [1e2, "\\u00e9", null, true] }',
        '{"list":[ ]}',
        '{"a":{"a":"\N{GRINNING FACE}"},"A":12345678901234567890}',
        f'{{"a":"{fill(1, MESSAGE_BYTES - 8)}"}}',  # as long as a message can be: with one blank more it is too long
    ),
}

# Nothing forbids them, but an endpoint may refuse what it cannot store.
CONTROLS = ("a NUL \0 inside", "of C0 \x01\x08\x1b\x1f\x7f", "\x85\x9f of C1", "none \ufffe\uffff\ufdd0\U0001ffff")


@verifies_each("rule", *CONTENTS)
def test_a_message_comes_back_byte_for_byte(scenario: Scenario, rule: str) -> None:
    """The transcript returns a message as it was sent, whatever characters it has."""
    chat = scenario.typed_chat()
    kind = JSON if rule.endswith("json-text") else TEXT
    drawn = (
        []
        if kind == JSON
        else scenario.draw(texts_between(1, 300, alphabet="".join(set("".join(CONTENTS[rule])))), rule)
    )
    fixed = scenario.edges(CONTENTS[rule], [text for text in CONTENTS[rule] if text not in VALUES[2:]])
    sent = {content: chat.say(content, kind) for content in (*fixed, *drawn)}
    items = wait_for_items(chat, *(exchange for exchange in sent.values() if _went(exchange)))
    with scenario.claim(rule) as claim:
        for content, exchange in sent.items():
            if _went(exchange):
                stored = [item.get("Content") for item in items if item.get("Id") == id_of(exchange)]
                claim.equal(stored, [content], "the content of the message's one item")
            elif len(content.encode()) < MESSAGE_BYTES:  # a refused longest one breaks the limit's promise, not this
                claim.success(exchange, "a message of valid content")
    for exchange in sent.values():
        scenario.need(exchange)


@verifies("GetTranscript.Transcript.content-control")
def test_control_characters_come_back_if_they_are_taken(scenario: Scenario) -> None:
    """The endpoint refuses a message of control characters or noncharacters, or returns it as it was sent."""
    chat = scenario.chat()
    sent = [(content, exchange) for content in CONTROLS if _went(exchange := chat.say(content))]
    items = wait_for_items(chat, *(exchange for _, exchange in sent))
    with scenario.claim() as claim:
        for content, exchange in sent:
            stored = [item.get("Content") for item in items if item.get("Id") == id_of(exchange)]
            claim.equal(stored, [content], "the content of the message's one item")


def _went(exchange: Exchange) -> bool:
    return exchange.response is not None and exchange.response.succeeded


@verifies("GetTranscript.Transcript.holds-what-was-sent")
def test_the_same_text_sent_again_is_another_message(scenario: Scenario) -> None:
    """The endpoint accepts one text several times in a row, and the transcript contains a message for each time."""
    chat = scenario.chat()
    sent = [chat.say("again") for _ in range(4)]
    with scenario.claim() as claim:
        for number, answer in enumerate(sent, 1):
            claim.success(answer, f"the same text, sent for the {number}. time")
        found = ids(wait_for_items(chat, *sent))
        claim.equal([one for one in map(id_of, sent) if one not in found], [], "messages missing from the transcript")


@verifies(
    "GetTranscript.Transcript.holds-what-was-sent",
    "GetTranscript.Transcript.nothing-else-of-the-sender",
    "GetTranscript.Transcript.id-unique",
)
@verifies("GetTranscript.Transcript.order-of-sending", "GetTranscript.Transcript.order-by-time")
@verifies("SendMessage.ClientToken.replay-after-many")
def test_a_transcript_is_what_was_said_in_order(scenario: Scenario) -> None:
    """The transcript contains every sent message once and in order, and no other message of its sender.

    The first message's ClientToken repeats its result after those of all others.
    """
    chat = scenario.new_chat()
    tokens = [fresh_client_token() for _ in range(SEEDED_MESSAGES)]
    sent = [chat.say(f"Message {number}", ClientToken=token) for number, token in enumerate(tokens)]
    for exchange in sent:
        scenario.need(exchange)
    items = wait_for_items(chat, *sent)
    found, wanted = ids(items), [id_of(exchange) for exchange in sent]
    with scenario.claim("GetTranscript.Transcript.holds-what-was-sent") as claim:
        often = dict(zip(wanted, _occurrences(chat, items, sent), strict=True))
        claim.equal([one for one in wanted if not often[one]], [], "messages missing from the transcript")
        claim.equal([one for one in wanted if often[one] > 1], [], "messages that are more than once in the transcript")
    with scenario.claim("GetTranscript.Transcript.nothing-else-of-the-sender") as claim:
        strange = _strange(chat, items, [*_messages_of_back_end(chat, found, wanted), *wanted])
        claim.equal(strange, [], "messages of the participant that it did not send")
    with scenario.claim("GetTranscript.Transcript.id-unique") as claim:
        claim.equal([i for i, number in Counter(found).items() if number > 1], [], "Ids of more than one item")
    with scenario.claim("GetTranscript.Transcript.order-of-sending") as claim:
        due = [i for i in due_order(scenario, items, wanted) if i in found]
        claim.equal([i for i in found if i in wanted], due, "the order of the Ids")
    with scenario.claim("GetTranscript.Transcript.order-by-time") as claim:
        times = [_instant(item) for item in items]
        claim.equal(times, sorted(times), "the order of the items' times")
    with scenario.claim("SendMessage.ClientToken.replay-after-many") as claim:
        again = chat.say("Message 0", ClientToken=tokens[0])
        check_repetition(claim, sent[0], again, f"a message sent again after {len(sent) - 1} others")
    with suppress(SetupFailed):
        know(scenario, chat, sent, items)  # for others to read


def _messages_of_back_end(chat: Chat, found: list[str], wanted: list[str]) -> list[str]:
    """What stands before the first message of a chat that the user's back end started: it may have begun with one."""
    return [] if chat.started is not None or wanted[0] not in found else found[: found.index(wanted[0])]


def _occurrences(speaker: Participant, items: Items, sent: list[Exchange]) -> list[int]:
    """How often each message occurs in the transcript, by its Id and by its content, whichever is more.

    Other participants may send the same content: a bot that repeats its input, for example.
    """
    numbers = enumerate(Counter(ids(items))[id_of(exchange)] for exchange in sent)
    own = (item for item in items if item.get("ParticipantId") in (None, speaker.participant_id))
    contents = Counter(str(item.get("Content")) for item in own)
    return [max(number, contents[f"Message {place}"]) if number else 0 for place, number in numbers]


def _strange(speaker: Participant, items: Items, own: list[str]) -> list[str]:
    """The Ids of messages with the speaker's ParticipantId that the speaker did not send."""
    messages = [item for item in items if item.get("Type") == "MESSAGE"]
    return [
        str(i.get("Id"))
        for i in messages
        if i.get("ParticipantId") == speaker.participant_id and i.get("Id") not in own
    ]


def _instant(item: Mapping[str, Any]) -> float:
    """The time of an item in seconds; 0 where it is no time, which is a violation of that member."""
    try:
        return datetime.fromisoformat(str(item.get("AbsoluteTime"))).timestamp()
    except ValueError:
        return 0.0


@verifies(
    "GetTranscript.Transcript.content-type",
    "GetTranscript.Transcript.type-message",
    "GetTranscript.Transcript.participant-id",
    "GetTranscript.Transcript.display-name",
    "GetTranscript.Transcript.contact-id",
    "GetTranscript.Transcript.no-related-contact-id",
    "GetTranscript.Transcript.role-customer",
)
@verifies("GetTranscript.InitialContactId.of-a-new-chat")
def test_an_item_says_what_it_is_and_who_sent_it(scenario: Scenario) -> None:
    """The item of a message has its type, its chat and its sender."""
    name = "Zo\u00eb \N{GRINNING FACE} <b>"
    chat = scenario.new_chat(
        ParticipantDetails={"DisplayName": name}, SupportedMessagingContentTypes=[TEXT, MARKDOWN, JSON]
    )
    sent = {kind: chat.say(content, kind) for kind, content in ((TEXT, "a"), (MARKDOWN, "*b*"), (JSON, '{"c": 1}'))}
    items = wait_for_items(chat, *sent.values())
    own = {kind: item_of(items, exchange) for kind, exchange in sent.items()}
    expected: Mapping[str, tuple[str, Any]] = {
        "GetTranscript.Transcript.type-message": ("Type", "MESSAGE"),
        "GetTranscript.Transcript.participant-id": ("ParticipantId", chat.participant_id),
        "GetTranscript.Transcript.role-customer": ("ParticipantRole", "CUSTOMER"),
        "GetTranscript.Transcript.display-name": ("DisplayName", name),
        "GetTranscript.Transcript.contact-id": ("ContactId", chat.contact_id),
        "GetTranscript.Transcript.no-related-contact-id": ("RelatedContactId", None),
    }
    for requirement, (member, value) in expected.items():
        with scenario.claim(requirement) as claim:
            claim.equal([item.get(member) for item in own.values()], [value] * len(own), f"the {member} of each item")
    with scenario.claim("GetTranscript.Transcript.content-type") as claim:
        claim.equal([item.get("ContentType") for item in own.values()], list(own), "the ContentType of each item")
    with scenario.claim("GetTranscript.InitialContactId.of-a-new-chat") as claim:
        members = scenario.need(chat.transcript())
        claim.equal(members.get("InitialContactId"), chat.contact_id, "the InitialContactId of a new chat")


_NAMES = ("Bea", "B\u00f6b \N{GRINNING FACE}")


@verifies(
    "GetTranscript.Transcript.same-for-all-participants",
    "GetTranscript.Transcript.participant-id",
    "GetTranscript.Transcript.display-name",
)
def test_all_who_are_there_read_the_same_and_know_who_said_what(scenario: Scenario) -> None:
    """All participants of a chat read the same messages, each with its sender."""
    chat = scenario.chat()
    everyone: list[Participant] = [chat, *(chat.add_participant(name=name) for name in _NAMES)]
    turns = [*zip(("Ann", *_NAMES), everyone, strict=True)]
    sent = [(name, who, who.say(f"Turn {turn}")) for turn, (name, who) in enumerate((*turns, *turns[::-1]))]
    read = [wait_for_items(reader, *(exchange for *_, exchange in sent)) for reader in everyone]
    own = {id_of(exchange) for *_, exchange in sent}
    with scenario.claim("GetTranscript.Transcript.same-for-all-participants") as claim:
        for items in read[1:]:
            here, there = ([lasting(i) for i in found if i.get("Id") in own] for found in (items, read[0]))
            claim.equal(here, there, "what another participant reads")
    stored = [item_of(read[0], exchange) for *_, exchange in sent]
    with scenario.claim("GetTranscript.Transcript.participant-id") as claim:
        senders = [who.participant_id for _, who, _ in sent]
        claim.equal([item.get("ParticipantId") for item in stored], senders, "the ParticipantId of each message")
    with scenario.claim("GetTranscript.Transcript.display-name") as claim:
        names = [name for name, *_ in sent]
        claim.equal([item.get("DisplayName") for item in stored], names, "the DisplayName of each message")


@verifies("GetTranscript.Transcript.reading-changes-nothing")
def test_reading_changes_nothing(scenario: Scenario) -> None:
    """The same request returns the same messages again, whatever reads were made in between."""
    chat = scenario.chat()
    sent = [chat.say(f"Message {number}") for number in range(3)]
    before = wait_for_items(chat, *sent)
    for parameters in (
        {},
        {"MaxResults": 1},
        {"SortOrder": "ASCENDING"},
        {"MaxResults": 2, "ScanDirection": "BACKWARD"},
    ):
        scenario.need(chat.transcript(**parameters))
    after = chat.items()
    with scenario.claim() as claim:
        for exchange in sent:
            again = [lasting(item) for item in after if item.get("Id") == id_of(exchange)]
            claim.equal(again, [lasting(item_of(before, exchange))], "a message after the transcript was read again")


@verifies("GetTranscript.Transcript.participant-joined", "GetTranscript.Transcript.event-content-type")
@verifies("GetTranscript.Transcript.item-types-of-2019", "GetTranscript.Transcript.roles-of-2019")
def test_events_stand_in_the_transcript(scenario: Scenario) -> None:
    """The transcript contains an event for a participant who joined, and events have the content types of events."""
    chat = scenario.new_chat()
    open_web_socket(chat)
    sent = chat.say()
    joined = scenario.until(lambda: _tells_of_joining(chat) or None)
    items = wait_for_items(chat, sent)
    with scenario.claim("GetTranscript.Transcript.participant-joined") as claim:
        claim.holds(joined, f"an item with ContentType {JOINED}", [item.get("ContentType") for item in items])
    with scenario.claim("GetTranscript.Transcript.event-content-type") as claim:
        kinds = [str(item.get("ContentType")) for item in items if item.get("Type") == "EVENT"]
        claim.equal([kind for kind in kinds if not kind.startswith(EVENT)], [], "content types of events that are none")
    for requirement, member, known in (
        ("GetTranscript.Transcript.item-types-of-2019", "Type", {"MESSAGE", "EVENT", "CONNECTION_ACK"}),
        ("GetTranscript.Transcript.roles-of-2019", "ParticipantRole", {"AGENT", "CUSTOMER", "SYSTEM"}),
    ):
        with scenario.claim(requirement) as claim:
            newer = sorted({str(item[member]) for item in items if item.get(member)} - known)
            claim.record(f"newer ones occur: {', '.join(newer)}" if newer else "none of the newer ones occurred")


def _tells_of_joining(chat: Chat) -> bool:
    return any(item.get("ContentType") == JOINED for item in chat.items())


@verifies("GetTranscript.Transcript.latency")
def test_how_soon_a_message_stands_there(scenario: Scenario) -> None:
    """The test records how long after its reply a message appears in the transcript."""
    chat = scenario.chat()
    sent = chat.say()
    looks = [id_of(sent) in ids(chat.items())]
    found = scenario.until(lambda: True if id_of(sent) in ids(chat.items()) else None)
    with scenario.claim() as claim:
        claim.record("at once" if looks[0] else "later" if found else "not within the polling bound")
