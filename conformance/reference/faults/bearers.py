"""Where faults are put into authentication: whose token a bearer is taken for, and which requests it lets pass."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from conformance.contract.model import PARTICIPANT, Operation, operations
from conformance.contract.operation_traits import names_where
from conformance.contract.requirements import operation_of
from conformance.contract.wire import Request
from conformance.reference.clock import DAY
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import access_denied
from conformance.reference.faults_kit.fault import Fault, Seed, declare
from conformance.reference.faults_kit.hooks import on_refusal
from conformance.reference.service import ReferenceService
from conformance.reference.state import Participant

CONNECTING = "CreateParticipantConnection"
# Operations of a participant who is connected that no account can be without.
OF_EVERY_CHAT = names_where(lambda traits: "ConnectionToken" in traits.plain and not traits.owner_decides)
NAMES = tuple(name for name, operation in operations().items() if operation.service == PARTICIPANT)
OF_REFUSALS = ("Tokens.refusal.*", "*.own-chat-only")  # what looks at refused calls besides
Tokens = Mapping[str, object]
Find = Callable[[str, Tokens], str | None]


def kebab(name: str) -> str:
    """An operation's name as it stands in the names of faults."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()


def bearer_of(request: Request) -> str:
    """The bearer token of a request, empty where it has none."""
    return request.header("X-Amz-Bearer") or ""


def tokens_of(service: ReferenceService, name: str) -> Tokens:
    """The tokens that operation `name` takes."""
    state = service.context.state
    return state.participant_tokens if name == CONNECTING else state.connection_tokens


def owner_of(service: ReferenceService, token: str) -> Participant | None:
    """Whose token it is, of either kind, dead or alive; None for one that was never handed out."""
    connection = service.context.state.connection_tokens.get(token)
    return connection.participant if connection else service.context.state.participant_tokens.get(token)


def _authenticating(
    service: ReferenceService, name: str, instead: Callable[[Operation, Request], Participant | None]
) -> None:
    """Operation `name` is called by whom `instead` says, and where that is None by whom the service says."""
    own = service.authenticate

    def authenticate(operation: Operation, request: Request) -> Participant | None:
        found = instead(operation, request) if operation.name == name else None
        return found or own(operation, request)

    service.authenticate = authenticate


def taking_for(service: ReferenceService, name: str, find: Find) -> None:
    """Operation `name` takes a token that it does not know for the one that `find` says, where that is one."""

    def instead(operation: Operation, request: Request) -> Participant | None:
        tokens, token = tokens_of(service, name), bearer_of(request)
        other = find(token, tokens) if token and token not in tokens else None
        if other is None:
            return None
        return service.authenticate(operation, request.with_header("X-Amz-Bearer", other))

    _authenticating(service, name, instead)


def letting_in(service: ReferenceService, name: str, when: Callable[[Request, Participant], bool]) -> None:
    """Operation `name` serves the owner of a token, however dead it is, where `when` is true of them."""

    def instead(_: Operation, request: Request) -> Participant | None:
        owner = owner_of(service, bearer_of(request)) if bearer_of(request) in tokens_of(service, name) else None
        return owner if owner and when(request, owner) else None

    _authenticating(service, name, instead)


def serving_the_gone(service: ReferenceService, name: str) -> None:
    """Operation `name` does not fail for who is gone but was let in: it leaves them where they are.

    Leaving again does nothing, and a sign-in that is long over gives some URL.
    """
    perform = service.handlers[name]

    def serve(context: Context, call: Call) -> Members:
        if name == CONNECTING:
            return perform(context, replace(call, arguments={**call.arguments, "ConnectParticipant": False}))
        return {} if name == "DisconnectParticipant" else perform(context, call)

    service.handlers[name] = lambda context, call: (perform if call.participant.present else serve)(context, call)
    if name == "GetAuthenticationUrl":
        on_refusal(service, name, lambda context, call, _: dict(SIGN_IN) if _is_a_day_old(context, call) else None)


SIGN_IN = {"AuthenticationUrl": "https://example.com/sign-in"}


def _is_a_day_old(context: Context, call: Call) -> bool:
    """Whether the clock was moved by a day since the caller's contact started."""
    return context.clock.moved - call.contact.moved_before >= DAY


def denying(service: ReferenceService, name: str, when: Callable[[Request], bool]) -> None:
    """Operation `name` is denied to every request that `when` is true of."""

    def instead(_: Operation, request: Request) -> Participant | None:
        if when(request):
            raise access_denied()
        return None

    _authenticating(service, name, instead)


def operation_faults(
    name: str, says: str, seed: Callable[[str], Seed], requirements: tuple[str, ...], may: tuple[str, ...] = ()
) -> Iterator[Fault]:
    """The fault in the operation of each of `requirements`, by the operation's name, which `says` follows."""
    for requirement in requirements:
        operation = operation_of(requirement)
        yield declare(f"{kebab(operation)}-{name}", f"{operation} {says}.", seed(operation), requirement, may=may)


def bearer_faults(
    name: str, says: str, seed: Callable[[str], Seed], requirements: tuple[str, ...], may: tuple[str, ...] = OF_REFUSALS
) -> Iterator[Fault]:
    """The faults of `operation_faults` in how an operation takes a bearer: its other promises of tokens may be red."""
    for requirement in requirements:
        operation = operation_of(requirement)
        own = (f"{operation}.bearer.*", f"{operation}.ConnectionToken.*", *may)
        if operation == CONNECTING:
            own = (f"{operation}.ParticipantToken.*", *own)
        yield from operation_faults(name, says, seed, (requirement,), own)
