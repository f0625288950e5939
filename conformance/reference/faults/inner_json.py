"""Faults of texts that hold JSON, as receipts and interactive responses do: what is wrong in them is a server error."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from conformance.contract.content_types import INTERACTIVE_RESPONSE
from conformance.reference.content_types import RECEIPTS
from conformance.reference.context import Call, Context
from conformance.reference.errors import declared
from conformance.reference.faults_kit.fault import Fault, declare
from conformance.reference.faults_kit.hooks import first
from conformance.reference.service import ReferenceService

Odd = Callable[[Any], bool]
EVENT, MESSAGE = "SendEvent", "SendMessage"
TYPES = frozenset({*RECEIPTS, INTERACTIVE_RESPONSE})
RED = {EVENT: "SendEvent.reply.no-server-error", MESSAGE: "SendMessage.reply.no-server-error"}


def _crashing(operation: str, name: str, says: str, odd: Odd) -> Fault:
    """A fault that ends in a server error where `odd` holds for the JSON in a text of `operation`."""

    def act(_: Context, call: Call) -> None:
        with suppress(ValueError):
            if call.get("ContentType") in TYPES and odd(json.loads(call.get("Content") or "")):
                raise declared(call.operation, ("InternalServerException",), "Something broke.")

    def seed(service: ReferenceService) -> None:
        first(service, operation, act)

    return declare(f"crashes-on-{name}", says, seed, RED[operation], may=(f"{operation}.*",))


def _no_object(document: Any) -> bool:
    return not isinstance(document, dict)


def _without(name: str) -> Odd:
    return lambda document: isinstance(document, dict) and name not in document


def _other_than(kind: type, name: str) -> Odd:
    return lambda document: isinstance(document, dict) and not isinstance(document.get(name, kind()), kind)


CRASHING: tuple[Fault, ...] = (
    _crashing(EVENT, "receipts-without-an-object", "A receipt whose JSON is no object gets 500.", _no_object),
    _crashing(EVENT, "receipts-without-an-id", "A receipt without a messageId gets 500.", _without("messageId")),
    _crashing(EVENT, "ids-of-another-type", "A messageId that is no text gets 500.", _other_than(str, "messageId")),
    _crashing(MESSAGE, "responses-without-an-object", "A response whose JSON is no object gets 500.", _no_object),
    _crashing(MESSAGE, "responses-without-data", "A response without data gets 500.", _without("data")),
    _crashing(
        MESSAGE, "data-of-another-type", "A response whose data is no object gets 500.", _other_than(dict, "data")
    ),
)
