"""Tokens that survive the wire: no value here is changed or refused by an HTTP client."""

from __future__ import annotations

import secrets
import string
import uuid

from hypothesis import strategies as st

# Header values must not begin or end with a blank or hold control characters or anything beyond latin-1.
WIRE_SAFE = string.ascii_letters + string.digits + "-._~+/="


def fresh_client_token() -> str:
    """A ClientToken that was never sent before."""
    return str(uuid.uuid4())


def bearer_tokens(code_points: int) -> st.SearchStrategy[str]:
    """Tokens of exactly `code_points` characters that a header can carry unchanged."""
    seeds = st.text(alphabet=WIRE_SAFE, min_size=1, max_size=16)
    return seeds.map(lambda seed: (seed * code_points)[:code_points])


LONGEST = 500  # code points of a ClientToken


def long_client_token(code_points: int = LONGEST) -> str:
    """A ClientToken of exactly `code_points` that was never sent before; its last character is not in the BMP."""
    alphabet = string.ascii_letters + string.digits
    return "".join(secrets.choice(alphabet) for _ in range(code_points - 1)) + "\N{KEY}"
