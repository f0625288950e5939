"""Calls that arrived twice though they were sent once: a gateway may send a request again by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from conformance.contract.wire import Exchange

_SENDING, _READING = "SendMessage", "GetTranscript"


def holds_repeated_message(exchanges: Sequence[Exchange]) -> bool:
    """Whether a transcript of `exchanges` has a message beside its twin that was sent once, under an Id of no reply."""
    ids = {exchange.members.get("Id") for exchange in exchanges if exchange.request.operation == _SENDING}
    read = [exchange for exchange in exchanges if exchange.request.operation == _READING]
    return any(_has_twin_of_no_reply(_items(exchange), ids) for exchange in read)


def _has_twin_of_no_reply(items: Iterable[Mapping[str, Any]], ids: set[Any]) -> bool:
    held = [(_content(item), item.get("Id") in ids) for item in items if item.get("Type") == "MESSAGE"]
    answered = Counter(content for content, known in held if known)
    return any(answered[content] for content, known in held if not known)


def _content(item: Mapping[str, Any]) -> tuple[str, str]:
    return str(item.get("ParticipantId")), str(item.get("Content"))


def _items(exchange: Exchange) -> list[Mapping[str, Any]]:
    found = exchange.members.get("Transcript")
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
