"""From the body's bytes to the members that an operation knows."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from conformance.contract.model import Location, Operation
from conformance.contract.wire import Request
from conformance.reference.choices import Choices
from conformance.reference.errors import Refusal, malformed

# An interface behind API Gateway takes 10 MB at most (API Gateway's payload quota).
MOST_BYTES = 10 * 1024 * 1024
JSON_TYPES = re.compile(r"application/(json|x-amz-json-1\.[01])", re.IGNORECASE)
SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")

Arguments = Mapping[str, Any]


def arguments_of(operation: Operation, request: Request, choices: Choices) -> Arguments:
    """The body members of `operation` that the request holds; unknown ones are dropped, null is absence.

    Raises Refusal: UnsupportedMediaTypeException 415 for a body that is not declared to be JSON,
    RequestEntityTooLargeException 413 for more than 10 MB, SerializationException 400 for what is no JSON object.
    """
    if not operation.has_body or not request.body:
        return {}
    declared = (request.header("content-type") or "").partition(";")[0].strip()
    if choices.other_media_types == "415" and not JSON_TYPES.fullmatch(declared):
        raise Refusal("UnsupportedMediaTypeException", 415, "Send the body as application/json.")
    if len(request.body) > MOST_BYTES:
        raise Refusal("RequestEntityTooLargeException", 413, f"The body has more than {MOST_BYTES:,} bytes.")
    document = _document(request.body)
    if not isinstance(document, dict):
        raise malformed("The body is not a JSON object.")
    known = {m.wire_name: m.name for m in operation.input.members if m.location is Location.BODY}
    return {known[key]: value for key, value in document.items() if key in known and value is not None}


def _document(body: bytes) -> Any:
    try:
        document = json.loads(body.decode(), parse_constant=_refuse_constant)
        if SURROGATE_ESCAPE.search(body):
            json.dumps(document, ensure_ascii=False).encode()
    except UnicodeError as broken:
        raise malformed("The body is not Unicode text in UTF-8.") from broken
    except ValueError as broken:
        raise malformed("The body is not JSON.") from broken
    return document


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
