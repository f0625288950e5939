"""The OpenAPI document is one, and says of requests and replies what the contract says."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from conformance.cli import main
from conformance.contract.catalogue import catalogue
from conformance.contract.derivation import input_constraints
from conformance.contract.model import Location, operations
from conformance.contract.requirements import Constraint, ConstraintKind
from conformance.openapi.document import UNSAID, document
from conformance.openapi.shapes import sayable
from strategies.samples import Resource, plain_arguments

DOCUMENT = document()
CALLS = {call["operationId"]: call for path in DOCUMENT["paths"].values() for call in path.values()}
OVERSTEPPED = {ConstraintKind.LENGTH_MAX, ConstraintKind.RANGE_MIN, ConstraintKind.RANGE_MAX, ConstraintKind.REQUIRED}
LIMITS = [
    constraint
    for operation in operations().values()
    for constraint in input_constraints(operation)
    if constraint.kind in OVERSTEPPED
    and constraint.member.location is Location.BODY
    and len(constraint.member.path) == 1
]


def filled(value: Any) -> Any:
    """`value` with something in place of what only an endpoint can give."""
    if isinstance(value, Resource):
        return "x" * 36
    if isinstance(value, dict):
        return {name: filled(part) for name, part in value.items()}
    return [filled(part) for part in value] if isinstance(value, list) else value


def body_of(name: str) -> dict[str, Any]:
    """The body of the plainest request of an operation."""
    known = {member.name for member in operations()[name].body_members}
    return {key: filled(value) for key, value in plain_arguments(operations()[name]).items() if key in known}


def errors(name: str, body: Any) -> list[str]:
    """What a JSON Schema validator has against a body."""
    schema = CALLS[name]["requestBody"]["content"]["application/json"]["schema"]
    return [error.message for error in Draft202012Validator(schema).iter_errors(body)]


def test_it_is_an_openapi_document_of_every_operation() -> None:
    OpenAPIV31SpecValidator(json.loads(json.dumps(DOCUMENT))).validate()
    assert CALLS.keys() == operations().keys()


@pytest.mark.parametrize("name", [name for name, operation in operations().items() if operation.has_body])
def test_the_plainest_request_fits_its_schema(name: str) -> None:
    assert errors(name, body_of(name)) == []
    assert errors(name, {**body_of(name), "SomethingNew": 1}) == []
    assert errors(name, []) != []


def overstepped(constraint: Constraint) -> dict[str, Any]:
    """The plainest request with one limit overstepped, by hand."""
    body, member = copy.deepcopy(body_of(constraint.operation.name)), constraint.member
    if constraint.kind is ConstraintKind.REQUIRED:
        body.pop(member.name, None)
    elif constraint.kind is ConstraintKind.LENGTH_MAX:
        body[member.name] = "a" * (int(constraint.limit) + 1)
    else:
        body[member.name] = int(constraint.limit) + (1 if constraint.kind is ConstraintKind.RANGE_MAX else -1)
    return body


@pytest.mark.parametrize("constraint", LIMITS, ids=lambda constraint: constraint.id)
def test_a_limit_that_is_overstepped_is_seen(constraint: Constraint) -> None:
    assert errors(constraint.operation.name, overstepped(constraint)) != []


def test_what_no_schema_says_is_listed_by_id() -> None:
    listed = {rid for call in CALLS.values() for rid in call[UNSAID]}
    assert listed <= set(catalogue())
    assert {"StartChatContact.Attributes.total-bytes-max", "SendMessage.ClientToken.same-token-same-result"} <= listed
    assert "SendMessage.Content.length-max" not in listed
    prose = {rid for rid, r in catalogue().items() if not r.derived and r.operation in CALLS}
    assert prose <= listed


def test_a_pattern_that_readers_understand_differently_is_left_out() -> None:
    assert sayable("^[a-z]+$")
    assert not sayable(r"^\p{L}+$")
    assert not sayable("(")
    assert not sayable(r"^[a-z\_]+$")


def test_participants_bring_a_token_and_all_others_sign() -> None:
    for name, call in CALLS.items():
        assert call["security"] == ([{"sigv4": []}] if operations()[name].signed else [{"bearer": []}])


def test_the_command_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    assert CliRunner().invoke(main, ["openapi", "--output", str(path)]).exit_code == 0
    assert json.loads(path.read_text()) == json.loads(json.dumps(DOCUMENT))
    refused = CliRunner().invoke(main, ["openapi", "--output", str(tmp_path / "absent" / "x.json")])
    assert (refused.exit_code, "cannot be written" in refused.output) == (4, True)
