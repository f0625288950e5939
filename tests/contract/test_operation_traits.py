"""The table of operations agrees with the models, and no other list of operations stands beside it."""

from __future__ import annotations

import ast
from collections.abc import Iterable

import pytest

from conformance.contract.model import Member, operation, operations
from conformance.contract.operation_traits import CONSUMING, STARTING, TRAITS, USED_UP, names_where
from tests import source_tree
from tests.source_tree import Broken, Module

MOST = 4  # names of operations in one literal
# Literals that say something of their own about each operation that they name.
OWN_SUBJECT = frozenset(
    {
        "conformance.reference.rules",
        "conformance.scenario.idempotency_effects",
        "conformance.scenario.state_machine",
    }
)
each = pytest.mark.parametrize("name", TRAITS)


def lists_of_operations(found: Iterable[Module]) -> Broken:
    """Literals that name many operations, outside the table."""
    for module in found:
        if source_tree.inside(module.name, "conformance.contract.operation_traits"):
            continue
        for node in module.nodes:
            if isinstance(node, ast.Dict | ast.Tuple | ast.List | ast.Set) and len(_names(node)) > MOST:
                yield f"{module.name}, line {node.lineno}: read the operations from the table of their traits"


def _names(node: ast.Dict | ast.Tuple | ast.List | ast.Set) -> set[str]:
    parts = [*node.keys, *node.values] if isinstance(node, ast.Dict) else node.elts
    values = {part.value for part in parts if isinstance(part, ast.Constant)}
    return {value for value in values if isinstance(value, str) and value in TRAITS}


def test_no_module_lists_operations_by_hand() -> None:
    found = [module for module in source_tree.modules(*source_tree.PACKAGES) if module.name not in OWN_SUBJECT]
    assert list(lists_of_operations(found)) == []


def test_a_planted_list_is_found() -> None:
    planted = Module("reports.x", f"SOME = {tuple(TRAITS)[: MOST + 1]}")
    assert list(lists_of_operations([planted]))


def test_the_table_covers_the_operations_of_the_models() -> None:
    assert set(TRAITS) == set(operations())


@each
def test_a_plain_request_has_members_that_exist_and_those_that_are_required(name: str) -> None:
    known = {member.name: member for member in operation(name).input.members}
    required = {member for member, described in known.items() if described.required}
    sent = TRAITS[name].plain.keys()
    # A fresh ClientToken is filled in.
    assert required - {"ClientToken"} <= sent <= known.keys()


@each
def test_tokens_and_urls_stand_in_the_documented_reply(name: str) -> None:
    traits = TRAITS[name]
    paths = [tuple(token.split(".")) for token in traits.tokens] + ([traits.url.path] if traits.url else [])
    for path in paths:
        member: Member = operation(name).output
        for part in path:
            member = member.child(part)


@each
def test_what_a_success_uses_up_is_sent(name: str) -> None:
    traits = TRAITS[name]
    sent = [part for value in traits.plain.values() for part in (value if isinstance(value, list) else [value])]
    assert traits.uses_up is None or traits.uses_up in sent


def test_what_reads_changes_nothing() -> None:
    changing = {*STARTING, *CONSUMING, *USED_UP, *names_where(lambda traits: traits.ends or traits.adds_item)}
    assert changing.isdisjoint(names_where(lambda traits: traits.reads))
