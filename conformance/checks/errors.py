"""Errors: which exception type a reply names, and whether it is one that the operation may answer with."""

from __future__ import annotations

import re

from conformance.contract.errors import THROTTLING, statuses_of
from conformance.contract.model import Operation
from conformance.contract.wire import Exchange, Response

TOO_MANY_REQUESTS = 429
# json itself, with a prefix (x-json, problem+json) or as the AWS protocols write it (x-amz-json-1.1).
_JSON = re.compile(r"[^/;]+/(?:[^/;]*[+-])?json(?:-1\.[01])?\s*(?:;.*)?", re.IGNORECASE)


def is_throttled(response: Response) -> bool:
    """Whether a reply asks for fewer requests: 429, a throttling type with any status, or a limiter's 503."""
    return response.status == TOO_MANY_REQUESTS or response.error_name in THROTTLING or response.is_limiters


def belongs(operation: Operation, name: str) -> bool:
    """Whether `operation` may answer with the exception type `name`."""
    return bool(statuses_of(operation, name))


def is_json(response: Response) -> bool:
    """Whether the Content-Type of a reply says JSON (any parameter, any prefix such as problem+)."""
    content_type = response.header("Content-Type")
    return content_type is not None and _JSON.fullmatch(content_type) is not None


def error_text(exchange: Exchange) -> str:
    """The exception type that a reply names, or in words why there is none."""
    if exchange.response is None:
        return "no answer"
    return exchange.response.error_name or f"no error name, status {exchange.response.status}"


def describe(response: Response) -> str:
    """A reply in a few words: status, and the exception type where one is named."""
    return f"{response.status} {response.error_name or ''}".strip()
