"""What a run writes down of itself after its last request: sentences for its reader, and how its ledger ends."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from conformance.endpoint.client import HttpTarget
from conformance.endpoint.contacts import Contacts
from conformance.engine.clocks import EndpointClocks


def clock_notes(target: HttpTarget, clocks: EndpointClocks) -> Iterator[str]:
    """What a reader should know of the clocks that a run met, this machine's first."""
    if corrected := target.clock.sentence():
        yield corrected
    yield from clocks.sentences()


def ledger_footer(contacts: Contacts, clocks: EndpointClocks, started: float) -> dict[str, Any]:
    """When a run ended, its contacts, and the clocks of its endpoint. `started` is in seconds since 1970."""
    return {
        "finished": datetime.now(UTC).isoformat(),
        "duration_seconds": round(time.time() - started, 3),
        "contacts": _contacts(contacts),
        "clocks": clocks.dates(),
    }


def _contacts(contacts: Contacts) -> dict[str, Any]:
    """What became of the contacts that one process started."""
    return {
        "opened": contacts.opened,
        "most_open": contacts.most_at_once,
        "closed": contacts.closed,
        "leaked": contacts.leaked,
        "unanswered": contacts.journal.unanswered if contacts.journal else 0,
        "left_open": [{"contact": contact, "instance": place} for contact, place in contacts.open.items()],
    }
