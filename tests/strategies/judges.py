"""Independent judges of generated requests: botocore's own validator, and a JSON Schema of botocore's shapes.

Nothing here uses `conformance.contract`: generator and judge must not share a reading of the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape
from botocore.validate import ParamValidator
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

TYPES = {
    "long": "integer",
    "float": "number",
    "timestamp": "number",
    "structure": "object",
    "map": "object",
    "list": "array",
}


@cache
def operation_model(name: str) -> OperationModel:
    """Botocore's model of the operation, whichever of the two services has it."""
    for service in ("connectparticipant", "connect"):
        model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
        if name in model.operation_names:
            return model.operation_model(name)
    raise KeyError(name)


@cache
def validator_of(name: str) -> Draft202012Validator:
    """A JSON Schema validator of the operation's input; header and path members count as members."""
    shape = operation_model(name).input_shape
    assert shape is not None
    return Draft202012Validator(schema_of(shape))


def schema_of(shape: Shape) -> dict[str, Any]:
    """A shape as a JSON Schema."""
    definitions: dict[str, Any] = {}
    return {**_schema(shape, definitions), "$defs": definitions}


def _schema(shape: Shape, definitions: dict[str, Any]) -> dict[str, Any]:
    if shape.name not in definitions:
        definitions[shape.name] = {}
        definitions[shape.name] = _definition(shape, definitions)
    return {"$ref": f"#/$defs/{shape.name}"}


def _definition(shape: Shape, definitions: dict[str, Any]) -> dict[str, Any]:
    limits = shape.metadata
    found: dict[str, Any] = {"type": TYPES.get(shape.type_name, shape.type_name)}
    words = {
        "string": ("minLength", "maxLength"),
        "list": ("minItems", "maxItems"),
        "map": ("minProperties", "maxProperties"),
    }
    lower, upper = words.get(shape.type_name, ("minimum", "maximum"))
    found |= {word: limits[key] for key, word in (("min", lower), ("max", upper)) if key in limits}
    if limits.get("enum"):
        found["enum"] = limits["enum"]
    if "pattern" in limits:
        found["pattern"] = limits["pattern"]
    if isinstance(shape, StructureShape):
        found["properties"] = {name: _schema(member, definitions) for name, member in shape.members.items()}
        found["required"] = shape.required_members
    if isinstance(shape, ListShape):
        found["items"] = _schema(shape.member, definitions)
    if isinstance(shape, MapShape):
        found["propertyNames"] = _schema(shape.key, definitions)
        found["additionalProperties"] = _schema(shape.value, definitions)
    return found


def wrongs(name: str, arguments: Mapping[str, Any]) -> list[ValidationError]:
    """Everything that is wrong with `arguments` by the JSON Schema.

    A value of a wrong type is one wrong, whatever limits it then misses as well.
    """
    return without_consequences(validator_of(name).iter_errors(dict(arguments)))


def without_consequences(errors: Iterable[ValidationError]) -> list[ValidationError]:
    """`errors` without the limits that a value misses because it is of a wrong type."""
    found = list(errors)
    mistyped = {tuple(error.absolute_path) for error in found if error.validator == "type"}
    return [e for e in found if e.validator == "type" or tuple(e.absolute_path) not in mistyped]


def botocore_accepts(name: str, arguments: Mapping[str, Any]) -> bool:
    """Whether botocore would send `arguments` (it checks types, required members and minima)."""
    shape: Any = operation_model(name).input_shape
    return not ParamValidator().validate(dict(arguments), shape).has_errors()


def without_nulls(value: Any) -> Any:
    """`value` without members that are null, which count as absent."""
    if isinstance(value, dict):
        return {key: without_nulls(below) for key, below in value.items() if below is not None}
    if isinstance(value, list):
        return [without_nulls(below) for below in value]
    return value
