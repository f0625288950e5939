"""The content types of messages and events that the documents name, each written once."""

from __future__ import annotations

TEXT, MARKDOWN, JSON = "text/plain", "text/markdown", "application/json"
INTERACTIVE = "application/vnd.amazonaws.connect.message.interactive"
INTERACTIVE_RESPONSE = f"{INTERACTIVE}.response"
SENDABLE = (TEXT, MARKDOWN, JSON, INTERACTIVE_RESPONSE)  # SendMessage and InitialMessage, ContentType
SUPPORTED = (*SENDABLE, INTERACTIVE)  # StartChatContact, SupportedMessagingContentTypes

EVENT = "application/vnd.amazonaws.connect.event"  # what the names of all events begin with
TYPING = f"{EVENT}.typing"
DELIVERED, READ = f"{EVENT}.message.delivered", f"{EVENT}.message.read"
JOINED, LEFT = f"{EVENT}.participant.joined", f"{EVENT}.participant.left"
CHAT_ENDED = f"{EVENT}.chat.ended"
ACKNOWLEDGED = f"{EVENT}.connection.acknowledged"  # no longer maintained: what it gets is left open
