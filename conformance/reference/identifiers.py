"""Where identifiers and secrets come from: one source of randomness, injectable so that a run can be repeated."""

from __future__ import annotations

import base64
import uuid
from random import Random, SystemRandom

# 300 random bytes are 400 characters: of the size of real tokens (676 were seen), well below the limit of 1,000.
TOKEN_BYTES = 300
CURSOR_SECRET_BYTES = 32


class Identifiers:
    """New identifiers and tokens, never the same twice."""

    def __init__(self, randomness: Random | None = None) -> None:
        self._randomness = randomness or SystemRandom()

    def uuid(self) -> str:
        """The identifier of a contact, a participant, an item or a reply."""
        return str(uuid.UUID(bytes=self._randomness.randbytes(16), version=4))

    def token(self, size: int = TOKEN_BYTES) -> str:
        """An opaque secret of `size` random bytes, in characters that a header and a URL can carry."""
        return base64.urlsafe_b64encode(self._randomness.randbytes(size)).decode()

    def key(self) -> bytes:
        """A secret for signing what the endpoint hands out and wants to recognise."""
        return self._randomness.randbytes(CURSOR_SECRET_BYTES)
