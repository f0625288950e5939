"""The reference endpoint without its sockets: a request in, a reply out, and a state in between."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from conformance.contract.model import Operation, operations
from conformance.contract.wire import Request, Response
from conformance.reference import (
    attachments,
    attributes,
    calls,
    chats,
    connections,
    contacts,
    customer_sign_in,
    messages,
    participants,
    streaming,
    transcript,
    views,
)
from conformance.reference.authentication import caller_of
from conformance.reference.clock import http_date
from conformance.reference.context import Call, Context, Members, OperationHandler
from conformance.reference.cross_origin import CrossOrigin
from conformance.reference.errors import Refusal, malformed, render
from conformance.reference.files import answer_file_request
from conformance.reference.idempotency import Memory
from conformance.reference.parsing import Arguments, arguments_of
from conformance.reference.routing import Route, route
from conformance.reference.rules import RULES
from conformance.reference.signatures import refuse_bad_signature
from conformance.reference.signed_urls import is_file_request
from conformance.reference.sockets import Sockets
from conformance.reference.state import Participant
from conformance.reference.validation import refuse_violations

Handler = Callable[[Request], Response]

# The modules in which each operation has a function of its name in snake case.
_MODULES = (
    attachments,
    attributes,
    calls,
    chats,
    connections,
    contacts,
    customer_sign_in,
    messages,
    participants,
    streaming,
    transcript,
    views,
)


def handler_of(name: str) -> OperationHandler:
    """What performs the operation called `name`. Raises LookupError where no module has it."""
    function = re.sub(r"(?<!^)(?=[A-Z][a-z0-9])", "_", name).lower()
    for module in _MODULES:
        if hasattr(module, function):
            handler: OperationHandler = getattr(module, function)
            return handler
    raise LookupError(f"no module that {__name__} names has a function {function}, which would perform {name}")


HANDLERS: Mapping[str, OperationHandler] = {name: handler_of(name) for name in operations()}


class ReferenceService:
    """The endpoint: `handle` answers a request, `sockets` the web sockets, `advance` moves its time.

    Its parts are attributes, so that a seeded fault or another lawful variant replaces just one of them. It is to be
    used by one thread at a time.
    """

    # The reply to a request; its `operation` is not looked at. Never raises for anything a client sends.
    handle: Handler
    # Who calls: a participant by bearer token, or the account by signature (None). Raises Refusal.
    authenticate: Callable[[Operation, Request], Participant | None]
    # The members that a request gives, none of which breaks the model. Raises Refusal.
    arguments: Callable[[Route, Request], Arguments]
    # What an operation does and gives, once for each ClientToken. Raises Refusal.
    perform: Callable[[Call], Members]

    def __init__(self, context: Context | None = None) -> None:
        self.context = context or Context()
        self.handle, self.authenticate = self._handle, self._authenticate
        self.arguments, self.perform = self._arguments, self._perform
        self.handlers = dict(HANDLERS)
        self.rules = dict(RULES)
        self.shapes = {name: operation.input for name, operation in operations().items()}
        self.memory = Memory({"StartChatContact": chats.repeated_start})
        self.sockets = Sockets(self.context)
        self.cross_origin = CrossOrigin()

    def _handle(self, request: Request) -> Response:
        contacts.end_overdue_contacts(self.context)
        try:
            return self._stamp(self._answer(request))
        except Refusal as refusal:
            return self._stamp(render(refusal))
        except RecursionError:
            return self._stamp(render(malformed("The body is nested too deeply.")))

    def advance(self, seconds: float) -> None:
        """Moves the clock forward and lets happen what falls due. Raises ValueError for a negative number."""
        self.context.clock.advance(seconds)
        contacts.end_overdue_contacts(self.context)

    def _answer(self, request: Request) -> Response:
        if is_file_request(request):
            return answer_file_request(self.context, request)
        way = route(request.method, request.path)
        if self.context.choices.first_checked == "members":
            self.arguments(way, request)
        caller = self.authenticate(way.operation, request)
        arguments = self.arguments(way, request)
        return _render(self.perform(Call(way.operation, arguments, caller)))

    def _authenticate(self, operation: Operation, request: Request) -> Participant | None:
        if operation.signed:
            refuse_bad_signature(request, self.context.now(), self.context.keys)
            return None
        return caller_of(self.context, operation, request)

    def _arguments(self, way: Route, request: Request) -> Arguments:
        given = {**way.members, **arguments_of(way.operation, request, self.context.choices)}
        refuse_violations(way.operation, self.shapes[way.operation.name], given)
        return given

    def _perform(self, call: Call) -> Members:
        for rule in self.rules.get(call.operation.name, ()):
            rule(call)
        return self.memory.once(self.context, call, self.handlers[call.operation.name])

    def _stamp(self, response: Response) -> Response:
        """The reply with a request id and the endpoint's own time, which clients compare expiries with."""
        stamps = (("x-amzn-RequestId", self.context.identifiers.uuid()), ("Date", http_date(self.context.now())))
        return Response(response.status, (*response.headers, *stamps), response.body)


def _render(members: Members) -> Response:
    return Response(200, (("Content-Type", "application/json"),), json.dumps(members).encode())
