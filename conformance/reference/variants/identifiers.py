"""Lawful variants of identifiers and tokens: no document says how they look, only how long they are."""

from __future__ import annotations

import base64
from collections.abc import Callable
from hashlib import sha512
from itertools import count

from conformance.reference.service import ReferenceService
from conformance.reference.variants.variant import Variant

LONGEST_STREAMING_ID = 100  # characters; of all identifiers it has the narrowest limit
LONGEST_TOKEN = 1_000  # characters
SHORT_TOKEN = 8  # characters; too many to be met by chance


def _ids(write: Callable[[bytes], str]) -> Callable[[ReferenceService], None]:
    def alter(service: ReferenceService) -> None:
        service.context.identifiers.as_id = write

    return alter


def _tokens(write: Callable[[bytes], str]) -> Callable[[ReferenceService], None]:
    def alter(service: ReferenceService) -> None:
        service.context.identifiers.as_token = write

    return alter


def _counting(service: ReferenceService) -> None:
    """Every identifier is the next number: one is the beginning of another."""
    numbers = count(1)
    service.context.identifiers.as_id = lambda _: str(next(numbers))


def _long_id(raw: bytes) -> str:
    return (sha512(raw).hexdigest() * 2)[:LONGEST_STREAMING_ID]


def _odd_id(raw: bytes) -> str:
    return f"Id:{base64.b64encode(raw).decode().replace('/', '~')}.v_1"


def _longest_token(raw: bytes) -> str:
    return (base64.urlsafe_b64encode(raw).decode() * 3)[:LONGEST_TOKEN]


def _short_token(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()[:SHORT_TOKEN]


def _token_in_parts(raw: bytes) -> str:
    """As tokens of other services look: parts in base64 with its +, / and =, joined by dots."""
    return ".".join(base64.b64encode(part).decode() for part in (raw[:40], raw[40:201], raw[201:]))


VARIANTS = (
    Variant("counted-ids", "Identifiers may be short and alike.", alter=_counting),
    Variant("long-ids", "Identifiers may be long.", alter=_ids(_long_id)),
    Variant("odd-ids", "Identifiers may hold other characters than those of a UUID.", alter=_ids(_odd_id)),
    Variant("longest-tokens", "Tokens may have 1,000 characters.", alter=_tokens(_longest_token)),
    Variant("short-tokens", "Tokens may be short.", alter=_tokens(_short_token)),
    Variant("tokens-in-parts", "Tokens may hold +, /, = and dots.", alter=_tokens(_token_in_parts)),
)
