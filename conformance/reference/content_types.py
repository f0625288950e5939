"""Which content types a chat takes as messages and as events."""

from __future__ import annotations

from conformance.contract import content_types as documented
from conformance.contract.content_types import ACKNOWLEDGED, DELIVERED, READ, TYPING

# What a participant can send (model: SendMessage.ContentType, InitialMessage.ContentType).
SENDABLE = frozenset(documented.SENDABLE)
# What a chat can be started with (model: SupportedMessagingContentTypes).
SUPPORTED = frozenset(documented.SUPPORTED)
RECEIPTS = {DELIVERED: "DeliveredTimestamp", READ: "ReadTimestamp"}
# What a participant can send as an event (model: SendEvent.ContentType).
EVENTS = frozenset({TYPING, ACKNOWLEDGED, DELIVERED, READ})
