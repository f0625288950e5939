"""Attribute maps have exactly the bytes that they are asked for, counted here anew and judged by botocore's shapes."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies.attributes import KEY_ALPHABET, OUTSIDE_KEY_ALPHABET, attributes_of_bytes, long_keys, spread, utf8_bytes
from tests.strategies.judges import wrongs

PLAIN = {"InstanceId": "i", "ContactFlowId": "f", "ParticipantDetails": {"DisplayName": "Ann"}}
SIZES = (32_768, 32_769)


def bytes_of(attributes: Mapping[str, str]) -> int:
    """The size once more, of one long text."""
    return len("".join(key + value for key, value in attributes.items()).encode("utf-8"))


def is_lawful(attributes: Mapping[str, str]) -> bool:
    """Whether the model takes every single key and value, and the documents' prose every key."""
    names_fit = all(re.fullmatch(r"[A-Za-z0-9_-]+", key) for key in attributes)
    return names_fit and not wrongs("StartChatContact", {**PLAIN, "Attributes": attributes})


@pytest.mark.parametrize("total", SIZES)
@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("pairs", [1, 2, 10, 1_000, 3_000])
def test_a_spread_map_has_exactly_the_size(pairs: int, width: int, total: int) -> None:
    attributes = spread(pairs, width, total)
    assert bytes_of(attributes) == total
    assert len(attributes) == pairs
    assert is_lawful(attributes)


@pytest.mark.parametrize("width", [2, 3, 4])
def test_a_spread_map_of_wide_characters_has_few_code_points(width: int) -> None:
    values = spread(10, width, 32_769).values()
    assert sum(map(len, values)) <= 32_769 // width + 10 * width


@pytest.mark.parametrize("total", SIZES)
def test_long_keys_hold_nearly_everything(total: int) -> None:
    attributes = long_keys(total)
    assert bytes_of(attributes) == total
    assert sum(map(len, attributes.values())) == 2
    assert is_lawful(attributes)


@settings(max_examples=50, deadline=None)
@given(total=st.sampled_from(SIZES), data=st.data())
def test_a_drawn_map_has_exactly_the_size(total: int, data: st.DataObject) -> None:
    attributes = data.draw(attributes_of_bytes(total))
    assert bytes_of(attributes) == total
    assert is_lawful(attributes)


@given(st.dictionaries(st.text(), st.text()))
def test_bytes_are_counted_over_keys_and_values(attributes: dict[str, str]) -> None:
    assert utf8_bytes(attributes) == bytes_of(attributes)


def test_no_character_outside_the_alphabet_is_alphanumeric() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{64}", KEY_ALPHABET)
    assert not any(character.isalnum() or character in "-_" for character in OUTSIDE_KEY_ALPHABET)
