"""What stands before or behind a service and answers in its place where a fault wants it to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from conformance.contract.model import Location, Member, Operation
from conformance.contract.wire import Request, Response
from conformance.reference.errors import Refusal, bad_value
from conformance.reference.faults_kit.fault import Seed
from conformance.reference.faults_kit.shapes import values_at
from conformance.reference.parsing import Arguments
from conformance.reference.routing import Route, route
from conformance.reference.service import Handler, ReferenceService

BAD_INPUT = 400
Odd = Callable[[Request], bool]
Spoil = Callable[[Request, Response], Response]


def way_of(request: Request) -> Route | None:
    """The operation that a request means and its path members, or None where it means none."""
    try:
        return route(request.method, request.path)
    except Refusal:
        return None


def document_of(request: Request) -> Any:
    """The body of a request as JSON, or None where it is none."""
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        return None


def gives_value(member: Member, wrong: Callable[[Any], bool]) -> Odd:
    """Whether a request gives an input member, in its path, header or body, a value that `wrong` is true of."""
    return lambda request: any(wrong(value) for value in _values(member, request))


def absent(member: Member) -> Odd:
    """Whether a request lacks an input member: its header, or the member of a parent that is there."""
    if member.location is Location.HEADER:
        return lambda request: request.header(member.wire_name) is None
    *above, name = member.path
    return lambda request: any(
        isinstance(parent, dict) and name not in parent for parent in values_at(document_of(request), tuple(above))
    )


def _values(member: Member, request: Request) -> Iterator[Any]:
    if member.location is Location.BODY:
        yield from values_at(document_of(request), member.path)
    elif member.location is Location.HEADER:
        value = request.header(member.wire_name)
        yield from () if value is None else (value,)
    elif (way := way_of(request)) is not None and member.name in way.members:
        yield way.members[member.name]


def answering(subject: Operation, odd: Odd, answer: Callable[[Request], Response]) -> Seed:
    """Gives `answer` to every request of `subject` that `odd` is true of."""

    def put_before(handler: Handler) -> Handler:
        return lambda request: answer(request) if _is_for(subject, request) and odd(request) else handler(request)

    return _before(put_before)


def refusing(subject: Operation, odd: Odd) -> Seed:
    """Refuses as bad input every request of `subject` that `odd` is true of."""

    def seed(service: ReferenceService) -> None:
        own = service.arguments

        def arguments(way: Route, request: Request) -> Arguments:
            if way.operation.name == subject.name and odd(request):
                raise bad_value(subject, "It is not taken here.")
            return own(way, request)

        service.arguments = arguments

    return seed


def taking(subject: Operation, odd: Odd) -> Seed:
    """Answers a request of `subject` that `odd` is true of as it answered the last one that was right."""

    def put_before(handler: Handler) -> Handler:
        right: list[Response] = []

        def handle(request: Request) -> Response:
            mine = _is_for(subject, request)
            if mine and right and odd(request):
                return right[0]
            response = handler(request)
            if mine and response.succeeded:
                right[:] = [response]
            return response

        return handle

    return _before(put_before)


def taking_the_second_time(subject: Operation) -> Seed:
    """Answers a request of `subject` whose bytes were refused as bad input before as the last one that was right."""

    def put_before(handler: Handler) -> Handler:
        refused, right = set[bytes](), list[Response]()

        def handle(request: Request) -> Response:
            response = handler(request)
            if _is_for(subject, request) and response.succeeded:
                right[:] = [response]
            elif _is_for(subject, request) and response.status == BAD_INPUT:
                if right and request.body in refused:
                    return right[0]
                refused.add(request.body)
            return response

        return handle

    return _before(put_before)


def spoiling(subject: Operation, spoil: Spoil) -> Seed:
    """Changes every reply of `subject` on its way out."""

    def put_before(handler: Handler) -> Handler:
        def handle(request: Request) -> Response:
            response = handler(request)
            return spoil(request, response) if _is_for(subject, request) else response

        return handle

    return _before(put_before)


def _before(put_before: Callable[[Handler], Handler]) -> Seed:
    """A seed that puts something before the handler of the service itself, so that several can stand in a row."""

    def seed(service: ReferenceService) -> None:
        setattr(service, "handle", put_before(service.handle))  # noqa: B010 - a method of this one service alone

    return seed


def _is_for(subject: Operation, request: Request) -> bool:
    way = way_of(request)
    return way is not None and way.operation.name == subject.name


def with_document(response: Response, document: Any) -> Response:
    """The reply with another JSON body."""
    return replace(response, body=json.dumps(document).encode())
