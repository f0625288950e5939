"""Frames of a web socket as they arrived: frozen values, with what a client reads from them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CHAT_TOPIC = "aws/chat"
SUBSCRIBE_TOPIC = "aws/subscribe"
HEARTBEAT_TOPIC = "aws/heartbeat"
PING_TOPIC = "aws/ping"


@dataclass(frozen=True, slots=True)
class Frame:
    """One text frame. `arrived` is seconds of the monotonic clock, `members` are those of a JSON object.

    `item` are the members of a chat frame's content, whether that is the JSON text that clients demand or an object.
    """

    text: str
    arrived: float
    members: Mapping[str, Any]
    item: Mapping[str, Any]

    @property
    def topic(self) -> str | None:
        """What the frame is about, or None where it does not say."""
        topic = self.members.get("topic")
        return topic if isinstance(topic, str) else None


@dataclass(frozen=True, slots=True)
class Closing:
    """How the endpoint ended a socket: with a close frame's `code` (1005 where it has none) and `reason`.

    `code` is None where the connection ended without a close frame.
    """

    code: int | None
    reason: str = ""


def frame_of(text: str, arrived: float) -> Frame:
    """`text` as a frame; a text that is no JSON has no members."""
    members = _object(text)
    content = members.get("content") if members.get("topic") == CHAT_TOPIC else None
    item = _object(content) if isinstance(content, str) else content
    return Frame(text, arrived, members, item if isinstance(item, dict) else {})


def _object(text: str) -> Mapping[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
