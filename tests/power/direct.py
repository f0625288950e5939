"""The reference endpoint without sockets under the examiner, so that a fault costs milliseconds to judge."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from conformance.contract.model import Member
from conformance.examination.conversations import Conversations
from conformance.examination.depth import DEPTHS
from conformance.examination.examiner import Examiner
from conformance.ledger import Ledger
from conformance.reference import instances
from conformance.reference.choices import Choices
from conformance.reference.service import ReferenceService
from conformance.reference.world import World
from conformance.target.contacts import Contacts
from conformance.wire import Exchange, Request, Response
from conformance.witness import Witness

CHOICES = Choices()
ORIGIN = "http://127.0.0.1:1"


@dataclass
class DirectEndpoint:
    """Calls `handle` where a real run would send HTTP; an exception in it is a 500, as a server would make it."""

    handle: Callable[[Request], Response]
    listen: Callable[[Exchange], None] = lambda _: None
    participant_address: str = ORIGIN

    def send(self, request: Request, *, signed: bool | None = None) -> Exchange:  # noqa: ARG002 - nothing is signed
        try:
            response = self.handle(replace(request, operation=""))
        except Exception:  # noqa: BLE001 - whatever a fault does, a server makes it a 500
            response = Response(500, (("Content-Type", "application/json"),), b"{}")
        exchange = Exchange(request, response)
        self.listen(exchange)
        return exchange

    def send_and_hang_up(self, request: Request, when: object = None) -> Exchange:  # noqa: ARG002 - there is no wire
        return replace(self.send(request), response=None, failure="hung up")

    def shrinking(self, *, active: bool) -> AbstractContextManager[None]:  # noqa: ARG002 - nothing is counted
        return nullcontext()

    def join(self, connected: Response) -> None:
        """The reference's flow does not wait for a web socket."""

    def put(self, url: str, headers: Mapping[str, str], content: bytes) -> None:
        self.fetch("PUT", url, headers, content)

    def fetch(self, method: str, url: str, headers: Mapping[str, str], content: bytes = b"") -> Response:
        parts = urlsplit(url)
        return self.handle(Request("", method, f"{parts.path}?{parts.query}", tuple(headers.items()), content))


def service(choices: Choices = CHOICES) -> ReferenceService:
    """A fresh reference that asks for no signature, which is no part of what is tried here."""
    made = ReferenceService(World(ORIGIN, choices=choices))
    authenticate = made.authenticate
    made.authenticate = lambda operation, request: (  # type: ignore[method-assign]
        None if operation.signed else authenticate(operation, request)
    )
    return made


def examiner(handle: Callable[[Request], Response], depth: str = "smoke") -> Examiner:
    """An examiner of whatever `handle` answers."""
    endpoint = DirectEndpoint(handle)
    contacts = Contacts(endpoint.send, instances.INSTANCE_ID)
    given = {
        "instance_id": instances.INSTANCE_ID,
        "contact_flow_id": instances.CONTACT_FLOW_ID,
        "view_token": instances.VIEW_TOKEN,
        "auth_session_id": instances.AUTH_SESSION_ID,
        "streaming_endpoint_arn": instances.STREAMING_ENDPOINT_ARN,
    }
    witness = Witness(Ledger(io.StringIO()))
    made = Examiner(Conversations(endpoint, contacts, given), witness, DEPTHS[depth], seed=1, poll_seconds=0.1)  # type: ignore[arg-type]

    def listen(exchange: Exchange) -> None:
        contacts.learn(exchange)
        witness.passive(exchange)

    endpoint.listen = listen
    return made


def with_member(shape: Member, path: tuple[str, ...], change: Callable[[Member], Member | None]) -> Member:
    """`shape` in which the member at `path` is what `change` makes of it; None takes it away."""
    if not path:
        changed = change(shape)
        assert changed is not None
        return changed
    members: list[Member] = []
    for member in shape.members:
        if member.name != path[0]:
            members.append(member)
        elif len(path) > 1:
            members.append(with_member(member, path[1:], change))
        elif (changed := change(member)) is not None:
            members.append(changed)
    return replace(shape, members=tuple(members))


def changing(**members: Any) -> Callable[[Member], Member]:
    """A change that sets attributes of a member."""
    return lambda member: replace(member, **members)
