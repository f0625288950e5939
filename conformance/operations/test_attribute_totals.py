"""Attributes of StartWebRTCContact and UpdateContactAttributes: 32,768 UTF-8 bytes in all, keys of a small alphabet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.claims import verifies
from conformance.examination.story import Story
from conformance.wire import Exchange
from strategies.text import filled

MOST_BYTES = 32_768
OPERATIONS = ("StartWebRTCContact", "UpdateContactAttributes")
Attributes = Mapping[str, str]


def two_pairs(width: int, total: int) -> Attributes:
    """Two pairs of `total` UTF-8 bytes together, their values of characters `width` bytes wide."""
    return {"a": filled(width, 16_383), "b": filled(width, total - 16_385)}


def long_key(total: int) -> Attributes:
    """Two pairs of `total` UTF-8 bytes together, nearly all of them in the keys."""
    return {"k" * 20_000: "v", "l" * (total - 20_002): "v"}


def many_pairs(total: int) -> Attributes:
    """Pairs of 10 UTF-8 bytes each and one longer, `total` bytes together."""
    whole, rest = divmod(total, 10)
    return {**{f"k{number:05}": "four" for number in range(whole - 1)}, "longer": "v" * (rest + 4)}


def _give(story: Story, name: str, attributes: Attributes) -> Exchange:
    """Give `attributes` to a new contact with operation `name`."""
    if name == "StartWebRTCContact":
        return story.start(name, Attributes=attributes)
    return story.chat().on_contact(name, Attributes=attributes)


def each_operation(rule: str) -> pytest.MarkDecorator:
    """One test for each operation, which claims its requirement of this rule."""
    ids = {name: f"{name}.Attributes.{rule}" for name in OPERATIONS}
    return pytest.mark.parametrize(
        ("name", "requirement"), [pytest.param(name, rid, id=rid, marks=verifies(rid)) for name, rid in ids.items()]
    )


def _refuses(story: Story, name: str, requirement: str, *wrong: Attributes) -> None:
    for attributes in wrong:
        answer = _give(story, name, attributes)
        with story.claim(requirement) as claim:
            claim.refused(answer, f"{name} with Attributes of {_size(attributes)}")


def _size(attributes: Attributes) -> str:
    texts = [text for pair in attributes.items() for text in pair]
    utf8_bytes, code_points = sum(len(text.encode()) for text in texts), sum(map(len, texts))
    return f"{utf8_bytes:,} UTF-8 bytes ({code_points:,} code points, {len(attributes):,} pairs)"


@each_operation("total-bytes-max")
def test_one_byte_too_many_is_refused(story: Story, name: str, requirement: str) -> None:
    """Attributes of 32,769 UTF-8 bytes over all keys and values are refused."""
    _refuses(story, name, requirement, two_pairs(1, MOST_BYTES + 1))


@each_operation("total-counts-bytes")
def test_the_total_counts_bytes(story: Story, name: str, requirement: str) -> None:
    """Attributes of fewer code points but 32,769 UTF-8 bytes are refused, whatever the width of the characters."""
    _refuses(story, name, requirement, *(two_pairs(width, MOST_BYTES + 1) for width in (2, 3, 4)))


@each_operation("total-counts-keys")
def test_the_total_counts_keys(story: Story, name: str, requirement: str) -> None:
    """Attributes of 32,769 UTF-8 bytes are refused also where the keys hold nearly all of them."""
    _refuses(story, name, requirement, long_key(MOST_BYTES + 1), {"k": filled(1, 32_767), "l": "v"})


@each_operation("total-counts-all-pairs")
def test_the_total_counts_all_pairs(story: Story, name: str, requirement: str) -> None:
    """Thousands of short pairs of 32,769 UTF-8 bytes together are refused."""
    _refuses(story, name, requirement, many_pairs(MOST_BYTES + 1))


def _at_limit() -> Iterator[Attributes]:
    yield from (two_pairs(width, MOST_BYTES) for width in (1, 4))
    yield from (long_key(MOST_BYTES), many_pairs(MOST_BYTES), {"k": filled(1, MOST_BYTES - 1)})


@each_operation("total-bytes-at-limit")
def test_exactly_the_most_bytes_are_accepted(story: Story, name: str, requirement: str) -> None:
    """Attributes of exactly 32,768 UTF-8 bytes are accepted, however they are spread over keys and values."""
    for attributes in _at_limit():
        answer = _give(story, name, attributes)
        with story.claim(requirement) as claim:
            claim.accepted(answer, f"{name} with Attributes of {_size(attributes)}")


@each_operation("key-alphabet")
def test_keys_of_other_characters_are_refused(story: Story, name: str, requirement: str) -> None:
    """A key with one character that is no letter, digit, dash or underscore is refused, wherever it stands."""
    for key in ("a b", " a", "a ", "a.b", "a:b", "$a", "a/", "a\n", "a\u20ac", "\U0001f600", "a,b", "a+b", "a\u2013b"):
        answer = _give(story, name, {"right": "v", key: "v"})
        with story.claim(requirement) as claim:
            claim.refused(answer, f"{name} with the attribute key {key!r}")


@each_operation("key-alphabet-accepted")
def test_keys_of_the_alphabet_are_accepted(story: Story, name: str, requirement: str) -> None:
    """Keys of ASCII letters, digits, dashes and underscores are accepted, alone and mixed, in any place."""
    keys = ("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", "-", "_", "-a_0-", "7", "__Z")
    answer = _give(story, name, dict.fromkeys(keys, "v"))
    with story.claim(requirement) as claim:
        claim.accepted(answer, f"{name} with the attribute keys {', '.join(keys)}")


@each_operation("key-beyond-ascii")
def test_what_keys_beyond_ascii_get_is_written_down(story: Story, name: str, requirement: str) -> None:
    """A key with letters or digits beyond ASCII is accepted, or refused."""
    for key in ("\u00e9", "\u0663"):
        answer = _give(story, name, {key: "v"})
        with story.claim(requirement) as claim:
            claim.record(f"{key!r}: {describe(judged_reply(answer))}")
