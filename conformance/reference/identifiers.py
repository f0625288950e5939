"""Where identifiers and secrets come from: one source of randomness, injectable so that a run can be repeated."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable
from random import Random, SystemRandom

# 300 random bytes are 400 characters: of the size of real tokens (676 were seen), well below the limit of 1,000.
TOKEN_BYTES = 300
CURSOR_SECRET_BYTES = 32


class Identifiers:
    """New identifiers and tokens, never the same twice.

    `as_id` and `as_token` write random bytes as text: no document says how they look.
    """

    def __init__(self, randomness: Random | None = None) -> None:
        self._randomness = randomness or SystemRandom()
        self.as_id: Callable[[bytes], str] = _uuid
        self.as_token: Callable[[bytes], str] = _base64

    def uuid(self) -> str:
        """The identifier of a contact, a participant, an item or a reply."""
        return self.as_id(self._randomness.randbytes(16))

    def token(self, size: int = TOKEN_BYTES) -> str:
        """An opaque secret of `size` random bytes, in characters that a header can carry."""
        return self.as_token(self._randomness.randbytes(size))

    def key(self) -> bytes:
        """A secret for signing what the endpoint hands out and wants to recognise."""
        return self._randomness.randbytes(CURSOR_SECRET_BYTES)


def _uuid(raw: bytes) -> str:
    return str(uuid.UUID(bytes=raw, version=4))


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()
