"""The content types of messages and events, and which of them a chat takes."""

from __future__ import annotations

PLAIN_TEXT = "text/plain"
INTERACTIVE = "application/vnd.amazonaws.connect.message.interactive"
INTERACTIVE_RESPONSE = "application/vnd.amazonaws.connect.message.interactive.response"
# What a participant can send (model: SendMessage.ContentType, InitialMessage.ContentType).
SENDABLE = frozenset({PLAIN_TEXT, "text/markdown", "application/json", INTERACTIVE_RESPONSE})
# What a chat can be started with (model: SupportedMessagingContentTypes).
SUPPORTED = SENDABLE | {INTERACTIVE}

TYPING = "application/vnd.amazonaws.connect.event.typing"
ACKNOWLEDGED = "application/vnd.amazonaws.connect.event.connection.acknowledged"
DELIVERED = "application/vnd.amazonaws.connect.event.message.delivered"
READ = "application/vnd.amazonaws.connect.event.message.read"
RECEIPTS = {DELIVERED: "DeliveredTimestamp", READ: "ReadTimestamp"}
# What a participant can send as an event (model: SendEvent.ContentType).
EVENTS = frozenset({TYPING, ACKNOWLEDGED, DELIVERED, READ})

MOST_CONTENT_BYTES = 16_384
