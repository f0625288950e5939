"""Which texts of a recorded request are things of an ended run: a contact, a message, an attachment.

Sent again they would name nothing, so whoever repeats the request makes such things anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contract.model import Operation, operations
from reports.run import Entry

_VARIABLES: Mapping[tuple[str, ...], str] = {
    ("ContactId",): "contact_id",
    ("InitialContactId",): "contact_id",
    ("RelatedContactId",): "contact_id",
    ("PersistentChat", "SourceContactId"): "ended_contact_id",
    ("StartPosition", "Id"): "message_id",
    ("AttachmentId",): "attachment_id",
    ("AttachmentIds", "0"): "uploaded_attachment_id",
    ("StreamingId",): "streaming_id",
}
# Members that mean something else in another operation: a page token leads on in its own list alone.
_VARIABLES_OF: Mapping[str, Mapping[tuple[str, ...], str]] = {"GetTranscript": {("NextToken",): "next_token"}}
_RECEIPT = re.compile(r'\\"messageId\\"\s*:\s*\\"([^"\\]+)\\"')


@dataclass(frozen=True, slots=True)
class Resource:
    """A text in a request: the `member` it stands in, its `value`, and the `variable` that may stand for it."""

    member: str
    value: str
    variable: str


def resources_of(exchange: Entry) -> Iterator[Resource]:
    """The resources of an ended run that the request of `exchange` names."""
    operation, request = operations().get(exchange["operation"]), exchange["request"]
    named: dict[tuple[str, ...], str] = {
        (member,): value for member, value in _path_members(operation, request["path"]).items()
    }
    named.update(_texts(body_of(request), ()))
    for way, variable in (*_VARIABLES.items(), *_VARIABLES_OF.get(exchange["operation"], {}).items()):
        if way in named:
            yield Resource(way[0], named[way], variable)
    for found in _RECEIPT.finditer(request["body"]):
        yield Resource("messageId", found[1], "message_id")


def body_of(side: Entry | None) -> Any:
    """The JSON body of a recorded request or response; None where it is not JSON."""
    try:
        return json.loads(side["body"]) if side else None
    except (ValueError, RecursionError):
        return None


def _texts(document: Any, way: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The texts in `document`, each with the way to it; only as deep as a resource can stand."""
    if isinstance(document, str):
        yield way, document
    elif len(way) < max(map(len, _VARIABLES)):
        for step, value in _children(document):
            yield from _texts(value, (*way, str(step)))


def _children(document: Any) -> Iterable[tuple[object, Any]]:
    if isinstance(document, dict):
        return document.items()
    return enumerate(document) if isinstance(document, list) else ()


def _path_members(operation: Operation | None, path: str) -> dict[str, str]:
    """The members that travel in the path of a call."""
    if operation is None:
        return {}
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/?]+)", re.escape(operation.uri))
    match = re.match(pattern, path)
    return match.groupdict() if match else {}
