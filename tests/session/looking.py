"""The first look at an address, without a whole run around it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from conformance.checks.diagnosis.traffic import Traffic
from conformance.endpoint.client import HttpTarget
from conformance.endpoint.contacts import Contacts, StopContactCalls
from conformance.endpoint.endpoint import Endpoint
from conformance.endpoint.settings import build_settings
from conformance.endpoint.transfers import Transfers
from conformance.engine.conversations import Conversations
from conformance.engine.depth import DEPTHS
from conformance.engine.polling import Polling
from conformance.engine.verifier import Verifier
from conformance.reference.instances import CONTACT_FLOW_ID, INSTANCE_ID, VIEW_TOKEN
from conformance.results.ledger import Ledger
from conformance.results.recorder import Recorder
from conformance.session.preflight import preflight


@dataclass
class Looked:
    """A run as far as the first look goes: its verifier, what that said, and what its traffic tells."""

    verifier: Verifier
    said: str | None
    traffic: Traffic
    target: HttpTarget


def look_at(address: str, ca_bundle: str | None = None) -> Looked:
    """Look at what is served at `address` with the ids of the reference."""
    ids: dict[str, Any] = {"instance_id": INSTANCE_ID, "contact_flow_id": CONTACT_FLOW_ID}
    settings = build_settings(address, **ids, timeout=5, ca_bundle=ca_bundle)
    traffic = Traffic()
    target = HttpTarget(settings, on_exchange=traffic.learn)
    endpoint = Endpoint(target, Transfers(settings, lambda: None))
    contacts = Contacts(StopContactCalls(endpoint.stop), INSTANCE_ID, 20)
    conversations = Conversations(endpoint, contacts, {**ids, "view_token": VIEW_TOKEN}, Polling(1))
    verifier = Verifier(conversations, Recorder(Ledger(io.StringIO())), DEPTHS["smoke"], seed=1)
    return Looked(verifier, preflight(verifier, settings), traffic, target)


@contextmanager
def closing(looked: Looked) -> Iterator[Looked]:
    """Close the connections of a look behind it."""
    try:
        yield looked
    finally:
        looked.target.close()
