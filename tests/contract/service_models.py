"""The service models read through botocore's own API, to judge our reading of the model files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.model import OperationModel, Shape
from botocore.session import get_session

from conformance.contract.operation_traits import TRAITS

PARTICIPANT_OPERATIONS = tuple(get_session().get_service_model("connectparticipant").operation_names)
CONNECT_OPERATIONS = tuple(sorted(TRAITS.keys() - set(PARTICIPANT_OPERATIONS)))
ALL_OPERATIONS = (*PARTICIPANT_OPERATIONS, *CONNECT_OPERATIONS)
INTEGERS = ("integer", "long", "float")


@dataclass(frozen=True)
class Node:
    """A shape at its place below an input or output."""

    path: tuple[str, ...]
    shape: Shape
    required: bool
    location: str

    @property
    def name(self) -> str:
        """The last part of the path, empty for the input or output itself."""
        return self.path[-1] if self.path else ""


@cache
def operation_model(name: str) -> OperationModel:
    """The model, as botocore reads it, of the covered operation `name`."""
    service = "connectparticipant" if name in PARTICIPANT_OPERATIONS else "connect"
    return get_session().get_service_model(service).operation_model(name)


def nodes(shape: Any | None) -> Iterator[Node]:
    """Every shape below `shape`, parents first; one that holds itself is not entered a second time."""
    if shape is not None:
        yield from _nodes(Node((), shape, required=False, location="body"), frozenset())


def _nodes(node: Node, above: frozenset[str]) -> Iterator[Node]:
    yield node
    shape = node.shape
    if shape.name in above:
        return
    for name, child in _children(shape):
        required = shape.type_name == "structure" and name in shape.required_members
        location = child.serialization.get("location", "body")
        yield from _nodes(Node((*node.path, name), child, required, location), above | {shape.name})


def _children(shape: Any) -> list[tuple[str, Shape]]:
    if shape.type_name == "structure":
        return list(shape.members.items())
    if shape.type_name == "list":
        return [("member", shape.member)]
    return [("key", shape.key), ("value", shape.value)] if shape.type_name == "map" else []
