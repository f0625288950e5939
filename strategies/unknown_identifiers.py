"""Identifiers of instances, flows and contacts that name nothing."""

from __future__ import annotations

import uuid


def unknown_identifiers(known: str) -> tuple[str, ...]:
    """Three that name nothing: one of the usual form, and two near the `known` one, another last character and none."""
    return str(uuid.uuid4()), known[:-1] + ("0" if known[-1] != "0" else "1"), known[:-1]
