"""Forged tokens, judged by what an endpoint might do with them: compare them, cut them, decode them."""

from __future__ import annotations

import base64
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.forged_tokens import alter, in_other_case, resembling, truncations, unknown

TOKENS = [
    base64.urlsafe_b64encode(bytes(range(200 + extra))).decode().rstrip("=" * strip)
    for extra in range(3)
    for strip in (0, 1)
]
TOKENS += [str(uuid.UUID(int=2**127 + 12345)), "conn-12", "ey.ey.sig_-"]


def decode(token: str) -> bytes:
    """The bytes that a lenient reader sees in `token`."""
    return base64.b64decode(token.rstrip("=") + "=" * (-len(token.rstrip("=")) % 4), altchars=b"-_")


@pytest.mark.parametrize("token", TOKENS)
def test_a_forgery_is_another_token(token: str) -> None:
    """None of them is the token that it was made from, nor empty."""
    forged = (unknown(token), alter(token), *truncations(token), *resembling(token))
    assert token not in (*forged, in_other_case(token))
    assert all(forged)


@given(st.binary(min_size=3, max_size=300))
def test_a_changed_last_character_changes_the_bytes(content: bytes) -> None:
    """A reader of base64 sees the change too, wherever the padding stands."""
    token = base64.urlsafe_b64encode(content).decode()
    assert decode(alter(token)) != content
    assert decode(unknown(token)) != content
    assert len(alter(token)) == len(token)


@pytest.mark.parametrize("token", TOKENS)
def test_an_unknown_token_has_the_form_of_a_known_one(token: str) -> None:
    """Letters stay letters, digits digits, and everything else what it is."""
    form = [(c.isdigit(), c.islower(), c.isupper(), c if not c.isalnum() else "") for c in token]
    assert form == [(c.isdigit(), c.islower(), c.isupper(), c if not c.isalnum() else "") for c in unknown(token)]


def test_an_unknown_uuid_is_a_uuid() -> None:
    """Hexadecimal digits stay hexadecimal."""
    token = str(uuid.uuid4())
    assert str(uuid.UUID(unknown(token))) == unknown(token) != token


def test_letter_case_counts_only_where_both_cases_occur() -> None:
    """A token of one case may be read without regard to it."""
    assert in_other_case("conn-ab") is None
    assert in_other_case("conn-AB") == "CONN-ab"
