"""StartChatContact: members that an endpoint accepts together, and the types that the started chats take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conformance.contract.content_types import (
    INTERACTIVE,
    INTERACTIVE_RESPONSE,
    JSON,
    MARKDOWN,
    SENDABLE,
    SUPPORTED,
    TEXT,
)
from conformance.contract.limits import ATTRIBUTE_BYTES, MESSAGE_BYTES
from conformance.scenario.combined_starts import Part, side_by_side, start_with
from conformance.scenario.markers import verifies
from conformance.scenario.participants import Chat, text_at
from conformance.scenario.scenario import Scenario
from strategies.attributes import (
    AT_LIMIT,
    DECISIVE_AT_LIMIT,
    OF_THE_ALPHABET,
    Attributes,
    attributes_of_bytes,
    utf8_bytes,
)
from strategies.content_types import BESIDE_TEXT, DOCUMENTED_LISTS, TEXTS, lists_with_text, text_of_bytes

Types = tuple[str, ...]

ALL_BUT_ONE = [tuple(kind for kind in SUPPORTED if kind != left_out) for left_out in SENDABLE[1:]]
LISTS: Mapping[str, Sequence[Types]] = {
    "StartChatContact.SupportedMessagingContentTypes.text-plain-alone": [(TEXT,)],
    "StartChatContact.SupportedMessagingContentTypes.any-order": [
        *((TEXT, other) for other in BESIDE_TEXT),
        *((other, TEXT) for other in BESIDE_TEXT),
        (INTERACTIVE, JSON, MARKDOWN, TEXT),
        *ALL_BUT_ONE,
    ],
    "StartChatContact.SupportedMessagingContentTypes.documented-examples": DOCUMENTED_LISTS,
    "StartChatContact.SupportedMessagingContentTypes.all-supported": [SUPPORTED, SUPPORTED[::-1]],
}
# The lists whose chats are sent a message of each type.
SPOKEN_IN = {(TEXT,), SUPPORTED, *DOCUMENTED_LISTS[1:], *((TEXT, kind) for kind in SENDABLE[2:]), *ALL_BUT_ONE[1:]}
SPOKEN_IN_DECISIVE = {(TEXT,), (MARKDOWN, TEXT), (TEXT, JSON, INTERACTIVE_RESPONSE)}
# The lists that decide: no type but text, all types in either order, text at each place, and one type left out.
DECISIVE = {(TEXT,), SUPPORTED, SUPPORTED[::-1], *DOCUMENTED_LISTS, (MARKDOWN, TEXT), ALL_BUT_ONE[0]}
# The type of the first message of a chat with that list, and its content.
MESSAGES: Mapping[Types, tuple[str, str]] = {
    (TEXT,): (TEXT, text_of_bytes(TEXT, 1, MESSAGE_BYTES)),
    (TEXT, INTERACTIVE): (TEXT, text_of_bytes(TEXT, 2, MESSAGE_BYTES)),
    (INTERACTIVE, TEXT): (TEXT, text_of_bytes(TEXT, 3, MESSAGE_BYTES)),
    (INTERACTIVE, JSON, MARKDOWN, TEXT): (TEXT, text_of_bytes(TEXT, 4, MESSAGE_BYTES)),
    (TEXT, MARKDOWN): (MARKDOWN, TEXTS[MARKDOWN]),
    (MARKDOWN, TEXT): (MARKDOWN, text_of_bytes(MARKDOWN, 1, MESSAGE_BYTES)),
    SUPPORTED[::-1]: (MARKDOWN, TEXTS[MARKDOWN]),
    (TEXT, JSON): (JSON, TEXTS[JSON]),
    (JSON, TEXT): (JSON, text_of_bytes(JSON, 1, MESSAGE_BYTES)),
    (TEXT, MARKDOWN, JSON): (JSON, TEXTS[JSON]),
    (TEXT, INTERACTIVE_RESPONSE): (INTERACTIVE_RESPONSE, TEXTS[INTERACTIVE_RESPONSE]),
    SUPPORTED: (INTERACTIVE_RESPONSE, TEXTS[INTERACTIVE_RESPONSE]),
    ALL_BUT_ONE[0]: (TEXT, TEXTS[TEXT]),
}


@verifies(*LISTS)
@verifies(
    "StartChatContact.InitialMessage.bytes-at-limit",
    "StartChatContact.InitialMessage.declared-types-accepted",
    "StartChatContact.Attributes.total-bytes-at-limit",
    "StartChatContact.Attributes.key-alphabet-accepted",
    "StartChatContact.success.valid-request",
)
@verifies(
    "SendMessage.ContentType.undeclared-refused",
    "SendMessage.ContentType.declared-accepted",
    "SendMessage.ContentType.text-plain-always",
)
def test_a_chat_takes_the_types_that_it_declared(scenario: Scenario) -> None:
    """A start accepts lists with text/plain, declared messages and most attributes; its chat takes the listed types."""
    drawn = [tuple(types) for types in scenario.draw(lists_with_text(), "SendMessage.ContentType.declared-accepted")]
    fixed = dict.fromkeys(types for lists in LISTS.values() for types in lists)
    spoken = scenario.edges([*SPOKEN_IN], SPOKEN_IN_DECISIVE)
    every = [*dict.fromkeys((*scenario.edges([*fixed], DECISIVE), *drawn))]
    rows = side_by_side([_list(types) for types in every], [_message(types) for types in every], _attributes(scenario))
    before: tuple[Chat, Types] | None = None
    for number, parts in enumerate(rows):
        started = start_with(scenario, "StartChatContact.success.valid-request", parts)
        if before is not None:  # while another chat is the newest
            _judge_types(scenario, *before)
            scenario.release(before[0].contact_id)
            before = None
        types = every[number] if number < len(every) else ()
        if started.response is None or not started.response.succeeded:
            continue
        if types in spoken or types in drawn:
            before = scenario.register(started), types
        else:
            scenario.release(text_at(started.response.members, "ContactId"))
    if before is not None:
        _judge_types(scenario, *before)


def _list(types: Types) -> list[Part]:
    """A list of content types, once for each requirement that speaks of it."""
    speaking = [requirement for requirement, lists in LISTS.items() if types in lists]
    words, members = f"the content types {', '.join(types)}", {"SupportedMessagingContentTypes": [*types]}
    any_order = "StartChatContact.SupportedMessagingContentTypes.any-order"
    return [Part(requirement, words, members) for requirement in speaking or [any_order]]


def _message(types: Types) -> list[Part]:
    """The first message of a chat with that list, where it has one."""
    if types not in MESSAGES:
        return []
    content_type, content = MESSAGES[types]
    size = len(content.encode())
    most = "StartChatContact.InitialMessage.bytes-at-limit"
    message = {"ContentType": content_type, "Content": content}
    return [
        Part(
            most if size == MESSAGE_BYTES else "StartChatContact.InitialMessage.declared-types-accepted",
            f"an initial message of type {content_type}, {size:,} UTF-8 bytes",
            {"InitialMessage": message, "SupportedMessagingContentTypes": [*types]},
        )
    ]


def _attributes(scenario: Scenario) -> list[list[Part]]:
    requirement = "StartChatContact.Attributes.total-bytes-at-limit"
    drawn = scenario.draw(attributes_of_bytes(ATTRIBUTE_BYTES), requirement)
    alphabet = "StartChatContact.Attributes.key-alphabet-accepted"
    keys = Part(alphabet, "keys of letters, digits, dashes and underscores", {"Attributes": OF_THE_ALPHABET})
    fixed = scenario.edges(AT_LIMIT, DECISIVE_AT_LIMIT)
    return [[keys], *([_of_bytes(requirement, each)] for each in (*fixed, *drawn))]


def _of_bytes(requirement: str, attributes: Attributes) -> Part:
    words = f"{len(attributes):,} Attributes of {utf8_bytes(attributes):,} UTF-8 bytes"
    return Part(requirement, words, {"Attributes": attributes})


def _judge_types(scenario: Scenario, chat: Chat, types: Types) -> None:
    """The chat takes text and the other listed types, and no other."""
    for content_type in SENDABLE:
        answer, sent = (
            chat.say(TEXTS[content_type], content_type),
            f"{content_type} where {', '.join(types)} are declared",
        )
        if content_type == TEXT:
            with scenario.claim("SendMessage.ContentType.text-plain-always") as claim:
                claim.success(answer, sent)
        elif content_type in types:
            with scenario.claim("SendMessage.ContentType.declared-accepted") as claim:
                claim.success(answer, sent)
        else:
            with scenario.claim("SendMessage.ContentType.undeclared-refused") as claim:
                claim.refusal(answer, sent)
