"""Attributes of a contact: at most 32,768 UTF-8 bytes over all keys and values, and keys of a small alphabet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.checks.value_text import value_text
from conformance.contract.limits import ATTRIBUTE_BYTES
from conformance.contract.requirements import operation_of
from conformance.contract.wire import Exchange
from conformance.scenario.markers import verifies, verifies_each
from conformance.scenario.scenario import Scenario
from strategies.attributes import (
    AT_LIMIT,
    DECISIVE_AT_LIMIT,
    OF_THE_ALPHABET,
    OUTSIDE_KEY_ALPHABET,
    Attributes,
    attributes_of_bytes,
    long_keys,
    spread,
    utf8_bytes,
)

DECISIVE_KEYS = ("a.b", "a ", "a\n", "\U0001f600", "a" * 200 + ":")
OFTEN_TAKEN = (*DECISIVE_KEYS, "$a")
Give = Callable[[Attributes], Exchange]


def _giving(scenario: Scenario, requirement: str) -> Give:
    """Sets attributes with the operation of `requirement`, on a new contact or on one without others."""
    name = operation_of(requirement)
    if name != "UpdateContactAttributes":
        return lambda attributes: scenario.start(name, Attributes=attributes)
    chat = scenario.chat()
    return lambda attributes: chat.on_contact(name, Attributes=attributes)


def _refuses(scenario: Scenario, requirement: str, *wrong: Attributes) -> None:
    give = _giving(scenario, requirement)
    for attributes in wrong:
        answer = give(attributes)
        with scenario.claim(requirement) as claim:
            claim.refusal(answer, f"{operation_of(requirement)} with Attributes of {_size(attributes)}")


def _size(attributes: Attributes) -> str:
    code_points = sum(len(key) + len(value) for key, value in attributes.items())
    return f"{utf8_bytes(attributes):,} UTF-8 bytes ({code_points:,} code points, {len(attributes):,} pairs)"


@verifies_each(
    "requirement",
    "StartChatContact.Attributes.total-bytes-max",
    "StartWebRTCContact.Attributes.total-bytes-max",
    "UpdateContactAttributes.Attributes.total-bytes-max",
)
def test_one_byte_too_many_is_refused(scenario: Scenario, requirement: str) -> None:
    """The endpoint refuses Attributes of 32,769 UTF-8 bytes over all keys and values."""
    drawn = scenario.draw(attributes_of_bytes(ATTRIBUTE_BYTES + 1), requirement)
    _refuses(scenario, requirement, spread(1, 1, ATTRIBUTE_BYTES + 1), spread(2, 1, ATTRIBUTE_BYTES + 1), *drawn)


@verifies_each(
    "requirement",
    "StartChatContact.Attributes.total-counts-bytes",
    "StartWebRTCContact.Attributes.total-counts-bytes",
    "UpdateContactAttributes.Attributes.total-counts-bytes",
)
def test_the_total_counts_bytes(scenario: Scenario, requirement: str) -> None:
    """The endpoint refuses Attributes of 32,769 UTF-8 bytes with fewer code points, for each width of characters."""
    fixed = scenario.edges(((1, 2), (2, 3), (1, 4), (100, 2), (30, 4)), ((1, 2), (30, 4)))
    edges = [spread(pairs, width, ATTRIBUTE_BYTES + 1) for pairs, width in fixed]
    _refuses(scenario, requirement, *edges)


@verifies_each(
    "requirement",
    "StartChatContact.Attributes.total-counts-keys",
    "StartWebRTCContact.Attributes.total-counts-keys",
    "UpdateContactAttributes.Attributes.total-counts-keys",
)
def test_the_total_counts_keys(scenario: Scenario, requirement: str) -> None:
    """The endpoint refuses Attributes of 32,769 UTF-8 bytes, whether the keys have most or few of the bytes."""
    _refuses(scenario, requirement, long_keys(ATTRIBUTE_BYTES + 1), {"k": "v" * 32_767, "l": ""})


@verifies_each(
    "requirement",
    "StartChatContact.Attributes.total-counts-all-pairs",
    "StartWebRTCContact.Attributes.total-counts-all-pairs",
    "UpdateContactAttributes.Attributes.total-counts-all-pairs",
)
def test_the_total_counts_all_pairs(scenario: Scenario, requirement: str) -> None:
    """The endpoint refuses ten, hundreds or thousands of short pairs of 32,769 UTF-8 bytes together."""
    fixed = scenario.edges(((10, 1), (300, 3), (3_000, 1)), ((10, 1), (3_000, 1)))
    edges = [spread(pairs, width, ATTRIBUTE_BYTES + 1) for pairs, width in fixed]
    _refuses(scenario, requirement, *edges)


@verifies("UpdateContactAttributes.Attributes.total-bytes-at-limit")
def test_an_update_of_exactly_the_most_bytes_is_accepted(scenario: Scenario) -> None:
    """The endpoint accepts an update of exactly 32,768 UTF-8 bytes, however keys and values share them."""
    if scenario.verifier.flow_sets_attributes():
        scenario.not_applicable("the flow sets attributes, which count against the same limit")
        return
    fixed = scenario.edges(AT_LIMIT, DECISIVE_AT_LIMIT)
    for attributes in (*fixed, *scenario.draw(attributes_of_bytes(ATTRIBUTE_BYTES))):
        answer = _giving(scenario, scenario.only_claim())(attributes)
        with scenario.claim() as claim:
            claim.success(answer, f"UpdateContactAttributes with Attributes of {_size(attributes)}")


KEY_ALPHABET = (
    "StartChatContact.Attributes.key-alphabet",
    "StartWebRTCContact.Attributes.key-alphabet",
    "UpdateContactAttributes.Attributes.key-alphabet",
)


@verifies_each("requirement", *KEY_ALPHABET)
def test_keys_of_other_characters_are_refused(scenario: Scenario, requirement: str) -> None:
    """The endpoint refuses a key that has, at any place, a character other than a letter, digit, dash or underscore."""
    give = _giving(scenario, requirement)
    inside = [f"a{outside}b" for outside in OUTSIDE_KEY_ALPHABET]
    keys = (*inside, " a", "a ", "$a", "a/", "a\n", "\U0001f600", "a" * 200 + ":")
    tried = scenario.edges(keys, DECISIVE_KEYS)
    for key in tried if scenario.verifier.depth.examples else _share(tried, KEY_ALPHABET.index(requirement)):
        answer = give({"right": "v", key: "v"})
        with scenario.claim(requirement) as claim:
            claim.refusal(answer, f"{operation_of(requirement)} with the attribute key {value_text(key)}")


def _share(keys: Sequence[str], number: int) -> list[str]:
    """What the operation with that number is sent where few are: what is often taken, and a share of the others."""
    others = [key for key in keys if key not in OFTEN_TAKEN]
    return [key for key in keys if key in OFTEN_TAKEN] + others[number :: len(KEY_ALPHABET)]


@verifies("UpdateContactAttributes.Attributes.key-alphabet-accepted")
def test_keys_of_the_alphabet_are_accepted(scenario: Scenario) -> None:
    """The endpoint accepts keys of ASCII letters, digits, dashes and underscores, alone and mixed, at any place."""
    answer = _giving(scenario, scenario.only_claim())(OF_THE_ALPHABET)
    with scenario.claim() as claim:
        claim.success(answer, "UpdateContactAttributes with attribute keys of letters, digits, dashes and underscores")


@verifies_each(
    "requirement",
    "StartChatContact.Attributes.key-beyond-ascii",
    "StartWebRTCContact.Attributes.key-beyond-ascii",
    "UpdateContactAttributes.Attributes.key-beyond-ascii",
)
def test_what_keys_beyond_ascii_get_is_written_down(scenario: Scenario, requirement: str) -> None:
    """The test records whether the endpoint accepts a key with letters or digits beyond ASCII."""
    give = _giving(scenario, requirement)
    for key in ("\u00e9", "\u0663"):
        answer = give({key: "v"})
        with scenario.claim(requirement) as claim:
            claim.record(f"{value_text(key)}: {describe(judged_reply(answer))}")
