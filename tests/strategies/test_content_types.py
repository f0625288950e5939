"""Content types against the words of botocore's own model, which nothing here was generated from."""

from __future__ import annotations

import json
import re

import pytest
from botocore.model import Shape, StructureShape
from hypothesis import given

from conformance.contract.content_types import SENDABLE, SUPPORTED
from strategies.content_types import (
    BESIDE_TEXT,
    DOCUMENTED_LISTS,
    TEXTS,
    UNSUPPORTED,
    lists_with_text,
    lists_without_text,
    text_of_bytes,
)
from tests.strategies.judges import operation_model


def documentation_of(*path: str) -> str:
    """What the model says of a member of StartChatContact, without markup."""
    shape: Shape | None = operation_model("StartChatContact").input_shape
    for name in path:
        assert isinstance(shape, StructureShape)
        shape = shape.members[name]
    assert shape is not None
    return re.sub(r"<[^>]+>", "", str(shape.documentation))


def types_in(text: str) -> set[str]:
    return {found.rstrip(".") for found in re.findall(r"(?:text|application)/[a-z.]+", text)}


def test_the_supported_types_are_those_of_the_model() -> None:
    assert types_in(documentation_of("SupportedMessagingContentTypes")) == set(SUPPORTED)
    assert types_in(documentation_of("InitialMessage", "ContentType")) == set(SENDABLE)
    assert set(BESIDE_TEXT) == set(SUPPORTED) - {"text/plain"}
    assert not set(UNSUPPORTED) & set(SUPPORTED)


def test_the_documented_lists_are_those_of_the_model() -> None:
    given_there = re.findall(r"\[([^\]]+)\]", documentation_of("SupportedMessagingContentTypes"))
    assert [tuple(listed.split(", ")) for listed in given_there] == list(DOCUMENTED_LISTS)


def test_there_is_a_text_of_each_sendable_type() -> None:
    assert set(TEXTS) == set(SENDABLE)
    assert all(json.loads(text) for kind, text in TEXTS.items() if not kind.startswith("text/"))


@pytest.mark.parametrize("size", [16_384, 16_385])
@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("content_type", SENDABLE)
def test_a_text_has_exactly_the_bytes(content_type: str, width: int, size: int) -> None:
    text = text_of_bytes(content_type, width, size)
    assert len(text.encode("utf-8")) == size
    assert len(text) <= size // width + 20
    assert content_type.startswith("text/") or isinstance(json.loads(text), dict)


@given(lists_with_text())
def test_a_drawn_list_holds_text_and_other_supported_types(listed: list[str]) -> None:
    assert "text/plain" in listed
    assert set(listed) <= set(SUPPORTED)
    assert len(set(listed)) == len(listed)


@given(lists_without_text())
def test_a_drawn_list_without_text_holds_only_other_types(listed: list[str]) -> None:
    assert set(listed) <= set(BESIDE_TEXT)
    assert listed
