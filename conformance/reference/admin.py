"""What the owner of the endpoint may ask besides the API: which contacts are open on its side.

These paths are no part of any document. They are answered only where the endpoint is served with ``--admin``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from conformance.contract.wire import Request, Response
from conformance.reference.clock import iso
from conformance.reference.context import Context

CONTACTS = "/_admin/contacts"


def open_contacts(context: Context) -> Mapping[str, object]:
    """The contacts that have not ended, oldest first: `ContactId`, `channel` and `since` (ISO 8601)."""
    active = (contact for contact in context.state.contacts.values() if contact.active)
    return {
        "contacts": [
            {"ContactId": contact.id, "channel": contact.channel, "since": iso(contact.started_at)}
            for contact in sorted(active, key=lambda contact: contact.started_at)
        ]
    }


_ANSWERS: Mapping[tuple[str, str], Callable[[Context], Mapping[str, object]]] = {("GET", CONTACTS): open_contacts}


def answer_admin(context: Context, request: Request) -> Response | None:
    """The answer to a request of the endpoint's owner; None for a request of the API."""
    answer = _ANSWERS.get((request.method, request.path.partition("?")[0]))
    if answer is None:
        return None
    return Response(200, (("Content-Type", "application/json"),), json.dumps(answer(context)).encode())
