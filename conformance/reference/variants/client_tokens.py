"""Lawful variants of ClientTokens: what one stands for, and what a repeated call with it gets."""

from __future__ import annotations

from conformance.reference.variants.variant import Variant

VARIANTS = (
    Variant(
        "other-parameters-refused",
        "The same ClientToken with other parameters may be refused.",
        choices={"other_parameters": "refused"},
    ),
    Variant(
        "token-of-the-chat",
        "A ClientToken may stand for one call of a chat, whichever participant sends it.",
        choices={"client_token_scope": "contact"},
    ),
    Variant(
        "empty-token-is-a-token",
        "An empty ClientToken may be a token like any other.",
        choices={"empty_client_token": "token"},
    ),
    Variant("fresh-token", "A repeated start may give a fresh token.", choices={"repeated_start_token": "fresh"}),
)
