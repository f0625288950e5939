"""A sent message, which is recognised in reply, frame and transcript by its Id or its content."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.contract.model import operation
from conformance.contract.wire import Exchange, to_request
from conformance.scenario.participants import Participant
from conformance.scenario.transcripts import Items, id_of


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that `speaker` sent and that was accepted. `content` is a text that nobody else sends."""

    speaker: Participant
    exchange: Exchange
    content: str
    content_type: str

    @property
    def id(self) -> str:
        """The Id in the reply. Raises SetupFailed where it has none: that is the reply's own violation."""
        return id_of(self.exchange)

    @property
    def time(self) -> str:
        """The AbsoluteTime in the reply, empty where it has none."""
        response = self.exchange.response
        return str(response.members.get("AbsoluteTime", "")) if response else ""

    def found_in(self, items: Iterable[Mapping[str, Any]]) -> Items:
        """The items that are this message: those of its Id, and those that its speaker sent with its content."""
        return [item for item in items if item.get("Id") == self.id or self._told_by(item)]

    def _told_by(self, item: Mapping[str, Any]) -> bool:
        speaker = item.get("ParticipantId", self.speaker.participant_id)
        return item.get("Content") == self.content and bool(speaker == self.speaker.participant_id)


def send_message(
    speaker: Participant, content: str = "", content_type: str = "text/plain", *, escaped: bool = True
) -> SentMessage:
    """Send a message; `content` must be one that nobody else sends, and is such by default.

    Without `escaped` characters beyond ASCII travel as they are, in UTF-8, as some clients send them. Raises
    SetupFailed when the message is refused.
    """
    content = content or f"Said {uuid.uuid4()}"
    members = {"ConnectionToken": speaker.connection_token, "ContentType": content_type, "Content": content}
    request = to_request(operation("SendMessage"), members)
    if not escaped:
        request = replace(request, body=json.dumps(json.loads(request.body), ensure_ascii=False).encode())
    exchange = speaker.scenario.send(request)
    speaker.scenario.need(exchange)
    return SentMessage(speaker, exchange, content, content_type)
