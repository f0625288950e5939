"""Faults of texts that hold JSON, as receipts and interactive responses do: what is wrong in them is a server error."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from conformance.contract.content_types import INTERACTIVE_RESPONSE
from conformance.reference.content_types import RECEIPTS
from conformance.reference.context import Call, Context
from conformance.reference.errors import refusal_of
from conformance.reference.faults_kit.fault import Rows, Seed
from conformance.reference.faults_kit.hooks import first

Odd = Callable[[Any], bool]
TYPES = frozenset({*RECEIPTS, INTERACTIVE_RESPONSE})


def _crash(operation: str) -> Callable[[Odd], Seed]:
    """Operation `operation` ends in a server error where `odd` holds for the JSON in a text."""

    def seed_of(odd: Odd) -> Seed:
        def act(_: Context, call: Call) -> None:
            with suppress(ValueError):
                if call.get("ContentType") in TYPES and odd(json.loads(call.get("Content") or "")):
                    raise refusal_of(call.operation, ("InternalServerException",), "Something broke.")

        return lambda service: first(service, operation, act)

    return seed_of


def _no_object(document: Any) -> bool:
    return not isinstance(document, dict)


def _without(name: str) -> Odd:
    return lambda document: isinstance(document, dict) and name not in document


def _other_than(kind: type, name: str) -> Odd:
    return lambda document: isinstance(document, dict) and not isinstance(document.get(name, kind()), kind)


_event = Rows(_crash("SendEvent"), "SendEvent.reply.no-server-error", may=("SendEvent.*",))
_message = Rows(_crash("SendMessage"), "SendMessage.reply.no-server-error", may=("SendMessage.*",))
CRASHING = (
    _event(
        "crashes-on-receipts-without-an-object",
        "SendEvent answers a receipt whose JSON is no object with 500.",
        _no_object,
    ),
    _event(
        "crashes-on-receipts-without-an-id",
        "SendEvent answers a receipt without a messageId with 500.",
        _without("messageId"),
    ),
    _event(
        "crashes-on-ids-of-another-type",
        "SendEvent answers a messageId that is no text with 500.",
        _other_than(str, "messageId"),
    ),
    _message(
        "crashes-on-responses-without-an-object",
        "SendMessage answers a response whose JSON is no object with 500.",
        _no_object,
    ),
    _message(
        "crashes-on-responses-without-data", "SendMessage answers a response without data with 500.", _without("data")
    ),
    _message(
        "crashes-on-data-of-another-type",
        "SendMessage answers a response whose data is no object with 500.",
        _other_than(dict, "data"),
    ),
)
