"""Faults of the attributes that a contact is given: how their bytes are counted, and which keys are taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from conformance.contract.limits import ATTRIBUTE_BYTES
from conformance.contract.requirements import operation_of
from conformance.reference.attributes import attribute_bytes
from conformance.reference.context import Call
from conformance.reference.errors import HangUp, bad_value
from conformance.reference.faults.attribute_update_refusals import measure_updates
from conformance.reference.faults_kit.fault import Seed, declare
from conformance.reference.faults_kit.hooks import lacks
from conformance.reference.rules import attribute_keys_are_alphanumeric, attributes_have_at_most_32768_bytes

UPDATE = "UpdateContactAttributes"
Attributes = Mapping[str, str]
Measure = Callable[[Attributes], int]
Rules = tuple[str, ...]  # of one kind, each of another operation

# Each rule for each operation that is given attributes

TOTAL_BYTES_MAX = (
    "StartChatContact.Attributes.total-bytes-max",
    "StartWebRTCContact.Attributes.total-bytes-max",
    "UpdateContactAttributes.Attributes.total-bytes-max",
)
TOTAL_BYTES_AT_LIMIT = (
    "StartChatContact.Attributes.total-bytes-at-limit",
    "StartWebRTCContact.Attributes.total-bytes-at-limit",
    "UpdateContactAttributes.Attributes.total-bytes-at-limit",
)
TOTAL_COUNTS_BYTES = (
    "StartChatContact.Attributes.total-counts-bytes",
    "StartWebRTCContact.Attributes.total-counts-bytes",
    "UpdateContactAttributes.Attributes.total-counts-bytes",
)
TOTAL_COUNTS_KEYS = (
    "StartChatContact.Attributes.total-counts-keys",
    "StartWebRTCContact.Attributes.total-counts-keys",
    "UpdateContactAttributes.Attributes.total-counts-keys",
)
TOTAL_COUNTS_ALL_PAIRS = (
    "StartChatContact.Attributes.total-counts-all-pairs",
    "StartWebRTCContact.Attributes.total-counts-all-pairs",
    "UpdateContactAttributes.Attributes.total-counts-all-pairs",
)
KEY_ALPHABET = (
    "StartChatContact.Attributes.key-alphabet",
    "StartWebRTCContact.Attributes.key-alphabet",
    "UpdateContactAttributes.Attributes.key-alphabet",
)
KEY_ALPHABET_ACCEPTED = (
    "StartChatContact.Attributes.key-alphabet-accepted",
    "StartWebRTCContact.Attributes.key-alphabet-accepted",
    "UpdateContactAttributes.Attributes.key-alphabet-accepted",
)


def _utf16(attributes: Attributes) -> int:
    return sum(len(text.encode("utf-16-le")) // 2 for pair in attributes.items() for text in pair)


def _code_points(attributes: Attributes) -> int:
    return sum(len(text) for pair in attributes.items() for text in pair)


def _three_at_most(attributes: Attributes) -> int:
    return sum(min(3, len(c.encode())) for pair in attributes.items() for text in pair for c in text)


def _two_at_most(attributes: Attributes) -> int:
    return sum(min(2, len(c.encode())) for pair in attributes.items() for text in pair for c in text)


def _values(attributes: Attributes) -> int:
    return sum(len(value.encode()) for value in attributes.values())


def _pairs_with_values(attributes: Attributes) -> int:
    return attribute_bytes({key: value for key, value in attributes.items() if value})


def _longest(attributes: Attributes) -> int:
    return max((len((key + value).encode()) for key, value in attributes.items()), default=0)


def _first_hundred(attributes: Attributes) -> int:
    return attribute_bytes(dict(list(attributes.items())[:100]))


def _first_thousand(attributes: Attributes) -> int:
    return attribute_bytes(dict(list(attributes.items())[:1_000]))


def _as_json(attributes: Attributes) -> int:
    return attribute_bytes(attributes) + 6 * len(attributes)


def _round_up(attributes: Attributes) -> int:
    return attribute_bytes(attributes) + 1


def _rounded_down(attributes: Attributes) -> int:
    return attribute_bytes(attributes) - 1


# Each way to count wrongly: in a few words, how, and which rules it breaks.
COUNTS: Mapping[str, tuple[str, Measure, Rules]] = {
    "allows-one-byte-more": ("allows 32,769 bytes", _rounded_down, TOTAL_BYTES_MAX),
    "allows-one-byte-less": ("allows 32,767 bytes", _round_up, TOTAL_BYTES_AT_LIMIT),
    "counts-code-points": ("counts code points", _code_points, TOTAL_COUNTS_BYTES),
    "counts-utf-16": ("counts UTF-16 units", _utf16, TOTAL_COUNTS_BYTES),
    "counts-three-bytes-at-most": ("counts an emoji as three bytes", _three_at_most, TOTAL_COUNTS_BYTES),
    "counts-two-bytes-at-most": ("counts a euro sign as two bytes", _two_at_most, TOTAL_COUNTS_BYTES),
    "counts-values": ("counts only values", _values, TOTAL_COUNTS_KEYS),
    "counts-no-keys-of-empty-values": ("does not count pairs without a value", _pairs_with_values, TOTAL_COUNTS_KEYS),
    "counts-the-longest-pair": ("counts only the longest pair", _longest, TOTAL_COUNTS_ALL_PAIRS),
    "counts-a-hundred-pairs": ("counts only the first hundred pairs", _first_hundred, TOTAL_COUNTS_ALL_PAIRS),
    "counts-a-thousand-pairs": ("counts only the first thousand pairs", _first_thousand, TOTAL_COUNTS_ALL_PAIRS),
    "counts-the-marks-of-json": ("also counts quotes, colons and commas", _as_json, TOTAL_BYTES_AT_LIMIT),
}


def _measure(operation: str, measure: Measure) -> Seed:
    def within(call: Call) -> None:
        if measure(call.get("Attributes") or {}) > ATTRIBUTE_BYTES:
            raise bad_value(call.operation, "The attributes have too many bytes.")

    if operation == UPDATE:
        return measure_updates(lambda contact, given: measure(contact.attributes | given))
    return lambda service: lacks(service, operation, attributes_have_at_most_32768_bytes, within)


COUNTING = tuple(
    declare(
        f"{name}-in-{operation}",
        f"{operation} {words} in Attributes.",
        _measure(operation, measure),
        red,
        may=(f"{operation}.Attributes.*", f"{operation}.success.valid-request"),
    )
    for name, (words, measure, rules) in COUNTS.items()
    for red, operation in zip(rules, map(operation_of, rules), strict=True)
)


def _closing(operation: str) -> Seed:
    def within(call: Call) -> None:
        if attribute_bytes(call.get("Attributes") or {}) == ATTRIBUTE_BYTES:
            raise HangUp
        attributes_have_at_most_32768_bytes(call)

    return lambda service: lacks(service, operation, attributes_have_at_most_32768_bytes, within)


CLOSING = tuple(
    declare(
        f"closes-at-the-most-bytes-in-{operation}",
        f"{operation} closes the connection on Attributes of exactly the most bytes.",
        _closing(operation),
        red,
        may=(f"{operation}.Attributes.*",),  # the longest key and value come to the most bytes
    )
    for red, operation in zip(TOTAL_BYTES_AT_LIMIT, map(operation_of, TOTAL_BYTES_AT_LIMIT), strict=True)
    if operation != UPDATE
)


# Keys

Keys = Callable[[list[str]], bool]
RIGHT = re.compile(r"[A-Za-z0-9_-]+")
ASTRAL = "\U00010000-\U0010ffff"  # all characters beyond the BMP
LONG_KEY = 255
SEEN = 100


def _all(pattern: str) -> Keys:
    alphabet = re.compile(pattern)
    return lambda keys: all(alphabet.fullmatch(key) for key in keys)


def _beginning(keys: list[str]) -> bool:
    return all(RIGHT.match(key) for key in keys)


def _right_but_for_blanks(keys: list[str]) -> bool:
    return all(RIGHT.fullmatch(key.strip()) for key in keys)


# Each wrong judgement of keys: in a few words, when they are right, and which rules it breaks.
KEYS: Mapping[str, tuple[str, Keys, Rules]] = {
    "takes-any-key": ("accepts any key", lambda _: True, KEY_ALPHABET),
    "takes-keys-with-blanks": ("accepts blanks in keys", _all(r"[A-Za-z0-9_ -]+"), KEY_ALPHABET),
    "takes-keys-with-dots": ("accepts dots in keys", _all(r"[A-Za-z0-9_.-]+"), KEY_ALPHABET),
    "takes-keys-with-colons": ("accepts colons in keys", _all(r"[A-Za-z0-9_:-]+"), KEY_ALPHABET),
    "takes-keys-with-dollars": ("accepts dollar signs in keys", _all(r"[A-Za-z0-9_$-]+"), KEY_ALPHABET),
    "takes-keys-with-emoji": ("accepts keys beyond the BMP", _all(f"[A-Za-z0-9_{ASTRAL}-]+"), KEY_ALPHABET),
    "takes-keys-that-begin-well": ("checks only how a key begins", _beginning, KEY_ALPHABET),
    "takes-keys-with-a-line-end": ("accepts a line end behind a key", _all(r"[A-Za-z0-9_-]+\n?"), KEY_ALPHABET),
    "takes-trimmed-keys": ("trims keys", _right_but_for_blanks, KEY_ALPHABET),
    "looks-at-the-start-of-keys": (
        "checks only the first hundred characters of a key",
        lambda keys: all(RIGHT.fullmatch(key[:SEEN]) for key in keys),
        KEY_ALPHABET,
    ),
    "looks-at-the-first-key": ("checks only the first key", lambda keys: bool(RIGHT.fullmatch(keys[0])), KEY_ALPHABET),
    "refuses-upper-case-keys": ("refuses capitals in keys", _all(r"[a-z0-9_-]+"), KEY_ALPHABET_ACCEPTED),
    "refuses-keys-that-begin-with-a-digit": (
        "refuses keys that begin with a digit",
        _all(r"[A-Za-z_-][A-Za-z0-9_-]*"),
        KEY_ALPHABET_ACCEPTED,
    ),
    "refuses-dashes-in-keys": ("refuses dashes in keys", _all(r"[A-Za-z0-9_]+"), KEY_ALPHABET_ACCEPTED),
    "refuses-underscores-before-keys": (
        "refuses keys that begin with an underscore",
        _all(r"[A-Za-z0-9-][A-Za-z0-9_-]*"),
        KEY_ALPHABET_ACCEPTED,
    ),
    "refuses-long-keys": (
        "refuses keys of more than 255 characters",
        lambda keys: all(RIGHT.fullmatch(key) and len(key) <= LONG_KEY for key in keys),
        KEY_ALPHABET_ACCEPTED,
    ),
}


def _judge_keys(operation: str, right: Keys) -> Seed:
    def judge(call: Call) -> None:
        keys = list(call.get("Attributes") or {})
        if keys and not right(keys):
            raise bad_value(call.operation, "A key of Attributes is not taken.")

    return lambda service: lacks(service, operation, attribute_keys_are_alphanumeric, judge)


JUDGING = tuple(
    declare(
        f"{name}-in-{operation}",
        f"{operation} {words}.",
        _judge_keys(operation, right),
        red,
        may=(f"{operation}.Attributes.*",),
    )
    for name, (words, right, rules) in KEYS.items()
    for red, operation in zip(rules, map(operation_of, rules), strict=True)
)
