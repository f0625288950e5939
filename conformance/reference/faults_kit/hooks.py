"""Where a fault is put into an operation: what it takes, what it refuses, what it gives, and what happens besides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from conformance.contract.wire import Request
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal, bad_value
from conformance.reference.faults_kit.fault import Seed
from conformance.reference.routing import route
from conformance.reference.rules import Rule
from conformance.reference.service import ReferenceService
from conformance.reference.state import Contact

Wrong = TypeVar("Wrong")


def into(hook: Callable[[ReferenceService, str, Wrong], None], name: str) -> Callable[[Wrong], Seed]:
    """The seeds that `hook`, one of those below, puts into operation `name`: what `Rows` asks for."""
    return lambda wrong: lambda service: hook(service, name, wrong)


def gives(service: ReferenceService, name: str, change: Callable[[Context, Call, Members], Members]) -> None:
    """Operation `name` gives what `change` makes of its result, which is remembered for its ClientToken so."""
    perform = service.handlers[name]
    service.handlers[name] = lambda context, call: change(context, call, perform(context, call))


def takes(service: ReferenceService, name: str, change: Callable[[Context, Call], Mapping[str, Any]]) -> None:
    """Operation `name` is performed with the arguments that `change` returns instead of, or beside, its own."""
    perform = service.handlers[name]

    def alter(context: Context, call: Call) -> Members:
        return perform(context, replace(call, arguments={**call.arguments, **change(context, call)}))

    service.handlers[name] = alter


def refuses(service: ReferenceService, name: str, when: Callable[[Call], bool]) -> None:
    """Operation `name` refuses as bad input whatever `when` holds for."""

    def rule(call: Call) -> None:
        if when(call):
            raise bad_value(call.operation, "This is not taken here.")

    service.rules[name] = (*service.rules.get(name, ()), rule)


def lacks(service: ReferenceService, name: str, rule: Rule, instead: Rule | None = None) -> None:
    """Operation `name` has not got a rule, or has another one instead. Raises ValueError where it never had it."""
    rules = list(service.rules[name])
    place = rules.index(rule)
    rules[place : place + 1] = [instead] if instead else []
    service.rules[name] = tuple(rules)


def first(service: ReferenceService, name: str, act: Callable[[Context, Call], None]) -> None:
    """Something happens each time before operation `name` is performed, whatever comes of it then."""
    perform = service.handlers[name]

    def handler(context: Context, call: Call) -> Members:
        act(context, call)
        return perform(context, call)

    service.handlers[name] = handler


def then(service: ReferenceService, name: str, act: Callable[[Context, Call, Members], None]) -> None:
    """Something happens each time after operation `name` was performed."""

    def handler(context: Context, call: Call, members: Members) -> Members:
        act(context, call, members)
        return members

    gives(service, name, handler)


def on_refusal(service: ReferenceService, name: str, act: Callable[[Context, Call, Refusal], Members | None]) -> None:
    """A refusal of operation `name` becomes what `act` returns, or stays where that is None (or what it raises)."""
    perform = service.handlers[name]

    def handler(context: Context, call: Call) -> Members:
        try:
            return perform(context, call)
        except Refusal as refusal:
            instead = act(context, call, refusal)
            if instead is None:
                raise
            return instead

    service.handlers[name] = handler


def operation_of(request: Request) -> str | None:
    """The name of the operation that a request means, or None where it means none."""
    try:
        return route(request.method, request.path).operation.name
    except Refusal:
        return None


def content_type_of(call: Call) -> str:
    """The content type of the message or event that a call sends."""
    return str(call.get("ContentType"))


def contact_of(context: Context, call: Call) -> Contact:
    """The contact that a call names. Raises KeyError for an unknown one."""
    return context.state.contacts[call.get("ContactId")]
