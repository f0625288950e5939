"""Refusals: which documented exception says no, and how it looks on the wire."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from conformance.contract.model import Operation
from conformance.contract.wire import Response

BAD_VALUE = ("ValidationException", "InvalidParameterException", "InvalidRequestException")
BAD_COMBINATION = ("ValidationException", "InvalidRequestException", "InvalidParameterException")
NOTHING: Mapping[str, str] = MappingProxyType({})


class Refusal(Exception):
    """A documented exception as an answer. `members` stand in the body beside the message."""

    def __init__(self, exception: str, status: int, message: str, members: Mapping[str, str] = NOTHING) -> None:
        super().__init__(f"{exception} {status}: {message}")
        self.exception = exception
        self.status = status
        self.message = message
        self.members = members


class HangUp(Exception):
    """In the place of a reply: the connection is closed."""


def refusal_of(operation: Operation, names: tuple[str, ...], message: str) -> Refusal:
    """The first of `names` that `operation` declares, with its declared status. Raises LookupError for none."""
    statuses = {error.name: error.status for error in operation.errors}
    for name in names:
        if name in statuses:
            return Refusal(name, statuses[name], message)
    raise LookupError(f"{operation.name} declares none of {', '.join(names)}; its handler answers with one")


def bad_value(operation: Operation, message: str) -> Refusal:
    """A member that breaks one of its limits."""
    return refusal_of(operation, BAD_VALUE, message)


def bad_combination(operation: Operation, message: str) -> Refusal:
    """Members, or a state, that do not go together."""
    return refusal_of(operation, BAD_COMBINATION, message)


def not_found(operation: Operation, message: str) -> Refusal:
    """An identifier that names nothing here."""
    return refusal_of(operation, ("ResourceNotFoundException",), message)


def malformed(message: str) -> Refusal:
    """Broken JSON or a wrong JSON type (restJson1: SerializationException)."""
    return Refusal("SerializationException", 400, message)


def access_denied(message: str = "Access denied") -> Refusal:
    """A caller that may not do this; the text is the one seen on the real service (domain fact W-11)."""
    return Refusal("AccessDeniedException", 403, message)


def render(refusal: Refusal) -> Response:
    """The refusal on the wire: its type in a header, its message in a JSON body (restJson1; domain fact W-10)."""
    body = json.dumps({"message": refusal.message, **refusal.members}).encode()
    headers = (("Content-Type", "application/json"), ("x-amzn-ErrorType", refusal.exception))
    return Response(refusal.status, headers, body)
