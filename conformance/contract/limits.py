"""The numbers that only the documents' prose states, each written once. The model's own limits are in the model."""

from __future__ import annotations

MESSAGE_BYTES = 16_384  # UTF-8 bytes of a message (SendMessage Content, InitialMessage Content)
ATTRIBUTE_BYTES = 32_768  # UTF-8 bytes of all keys and values of a contact's attributes (StartChatContact, Attributes)
ATTACHMENTS = 35  # of one chat (admin guide, quotas)
SHORTEST_CHAT, LONGEST_CHAT = 60, 10_080  # minutes (StartChatContact, ChatDurationInMinutes)
ACTIVE_CHATS = 100  # of one instance at once, unless its account was given more (feature specifications, quotas)
