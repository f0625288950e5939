"""Requests that schemathesis makes up from the exported document: some that fit it, some that do not.

Those that fit come from the narrowest document, whose requests are surely accepted; those that do not from the widest,
whose others are surely refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from conformance.contract.model import Operation, operations
from conformance.contract.openapi.document import document
from conformance.contract.openapi.shapes import Bound

if TYPE_CHECKING:
    from schemathesis.schemas import APIOperation

Body = dict[str, Any]
# What stands in for a value that only an endpoint can give, by the name of the member that holds it. Not an item's Id:
# a transcript may show the item late.
NAMING = (
    *("InstanceId", "ContactFlowId", "ContactId", "InitialContactId", "RelatedContactId", "StreamingEndpointArn"),
    *("StreamingId", "SessionId", "AttachmentId"),
)
STAND_INS: Mapping[str, str] = {
    f"00000000-0000-4000-8000-{number:012}": name for number, name in enumerate((*NAMING, "member"))
}


def fitting(subject: Operation) -> st.SearchStrategy[Body]:
    """Bodies that are surely accepted; stand-ins hold the place of what names something."""
    return _bodies(subject, Bound.NARROWEST, "positive")


def unfitting(subject: Operation) -> st.SearchStrategy[Body]:
    """Bodies with something that is surely refused."""
    return _bodies(subject, Bound.WIDEST, "negative")


def _bodies(subject: Operation, bound: Bound, mode: str) -> st.SearchStrategy[Body]:
    from schemathesis import GenerationMode  # noqa: PLC0415 - loads slowly

    cases = _load(bound)[subject.name].as_strategy(generation_mode=GenerationMode(mode))
    bodies: st.SearchStrategy[Any] = cases.map(lambda case: case.body)
    return bodies.filter(lambda body: isinstance(body, dict))


@cache
def _load(bound: Bound) -> Mapping[str, APIOperation[Any, Any, Any, Any]]:
    """The document without what is beside the bodies: path, bearer and signature are our own."""
    import schemathesis  # noqa: PLC0415 - loads slowly
    from schemathesis.config import SchemathesisConfig  # noqa: PLC0415 - loads slowly

    known = {name: stand_in for stand_in, name in STAND_INS.items()}
    paths: dict[str, Any] = {}
    for path in document(bound, known=known)["paths"].values():
        for call in path.values():
            if "requestBody" in call:
                kept = {"operationId": call["operationId"], "requestBody": call["requestBody"], "responses": {}}
                paths[f"/{call['operationId']}"] = {"post": kept}
    found = {"openapi": "3.1.0", "info": {"title": "Requests", "version": "1"}, "paths": paths}
    # Without a configuration it would take a schemathesis.toml of the directory that the run is called in.
    loaded = schemathesis.openapi.from_dict(found, config=SchemathesisConfig())
    return {name: loaded[f"/{name}"]["POST"] for name in operations() if f"/{name}" in paths}
