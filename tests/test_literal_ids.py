"""Prose requirement ids are literal: `git grep ID` finds the rule, the test and the fault of each."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from conformance.contract.catalogue import catalogue
from conformance.power.scripts import collect
from conformance.reference import faults as package
from conformance.reference.faults import faults_in

PROSE = frozenset(rid for rid, requirement in catalogue().items() if not requirement.derived)
PACKAGE = Path(package.__file__).parents[2]
TESTS, FAULTS = ("protocol", "operations", "journeys"), "reference/faults"


def modules(folder: str) -> Iterator[ModuleType]:
    """The modules in a folder of the package, imported."""
    for path in sorted((PACKAGE / folder).glob("*.py")):
        yield import_module(".".join(("conformance", *folder.split("/"), path.stem)).removesuffix(".__init__"))


def source_of(module: ModuleType) -> str:
    """The text of a module's file."""
    return Path(str(module.__file__)).read_text("utf-8")


def literals(source: str) -> frozenset[str]:
    """Every string that stands in `source` in full; a part of an f-string is none."""
    tree = ast.parse(source)
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in parts]
    return frozenset(text.value for text in texts if isinstance(text.value, str))


def expressions_building_ids(source: str, constants: dict[str, object]) -> list[str]:
    """The f-strings and sums of `source` that can come to a prose id, given the values of its constants."""
    tree = ast.parse(source)
    names = {id(name) for name in _fault_names(tree)}
    expressions = ((node, _parts(node)) for node in ast.walk(tree) if id(node) not in names)
    patterns = ((node, _pattern(parts, constants)) for node, parts in expressions if parts)
    return [ast.unparse(node) for node, pattern in patterns if pattern and any(map(pattern.fullmatch, PROSE))]


def _fault_names(tree: ast.AST) -> Iterator[ast.expr]:
    """What faults are called: what each declaration begins with. That of a fault of tokens looks like an id."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "declare":
            yield node.args[0]


def _parts(node: ast.AST) -> list[ast.expr]:
    """What an expression puts together to a text; nothing for one that does not."""
    if isinstance(node, ast.JoinedStr):
        return [part.value if isinstance(part, ast.FormattedValue) else part for part in node.values]
    return [node.left, node.right] if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) else []


def _pattern(parts: list[ast.expr], constants: dict[str, object]) -> re.Pattern[str] | None:
    """What the parts can come to; None where no rule's name is among them, as in "{one}.{other}"."""
    texts = [_text(part, constants) for part in parts]
    if not re.search(r"\.[a-z]|[A-Za-z]\.", "".join(text or " " for text in texts)):
        return None
    return re.compile("".join("[^ ]+" if text is None else re.escape(text) for text in texts))


def _text(part: ast.expr, constants: dict[str, object]) -> str | None:
    value: object = part.value if isinstance(part, ast.Constant) else None
    if isinstance(part, ast.Name) and part.id.isupper():
        value = constants.get(part.id)
    return value if isinstance(value, str) else None


def declarations() -> Iterator[tuple[str, ModuleType]]:
    """Every requirement id that a fault must turn red, with the module that declares the fault."""
    for module in modules(FAULTS):
        yield from ((rid, module) for fault in faults_in(module) for rid in fault.red)


def test_each_prose_id_stands_in_full_in_the_tests_that_claim_it() -> None:
    claims = {(rid, PACKAGE.parent / script.name.partition("::")[0]) for script in collect() for rid in script.claims}
    assert len({rid for rid, _ in claims} & PROSE) > 800
    known = {path: literals(path.read_text("utf-8")) for path in {path for _, path in claims}}
    assert [f"{rid} in {path.name}" for rid, path in sorted(claims) if rid in PROSE - known[path]] == []


def test_each_prose_id_stands_in_full_where_its_fault_is_declared() -> None:
    found = {(rid, module.__name__) for rid, module in declarations()}
    assert len({rid for rid, _ in found} & PROSE) > 600
    known = {module.__name__: literals(source_of(module)) for module in modules(FAULTS)}
    assert [f"{rid} in {name}" for rid, name in sorted(found) if rid in PROSE - known[name]] == []


def alone(test: ast.FunctionDef) -> str | None:
    """The id that a test claims in `@verifies`, where it is the only one."""
    calls = [
        mark for mark in test.decorator_list if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "verifies"
    ]
    given = [argument for call in calls for argument in call.args]
    first = given[0] if len(given) == 1 else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def test_a_test_that_claims_one_id_writes_it_once() -> None:
    trees = [ast.parse(source_of(module)) for folder in TESTS for module in modules(folder)]
    tests = [node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef) and alone(node)]
    assert len(tests) > 150
    written = {test.name: [n.value for n in ast.walk(test) if isinstance(n, ast.Constant)] for test in tests}
    assert [test.name for test in tests if written[test.name].count(str(alone(test))) > 1] == []


@pytest.mark.parametrize("folder", [*TESTS, FAULTS])
def test_no_expression_builds_a_prose_id(folder: str) -> None:
    found = {module.__name__: expressions_building_ids(source_of(module), vars(module)) for module in modules(folder)}
    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.parametrize(
    "expression",
    [
        'f"{CONTENT}.bytes-max"',
        'f"SendMessage.{facet}.bytes-max"',
        'f"{operation}.{facet}.bytes-{side}"',
        'CONTENT + ".bytes-max"',
        '"SendMessage.Content." + rule',
        'f"SendMessage.Content.{rule}"',
    ],
)
def test_an_expression_that_builds_one_is_found(expression: str) -> None:
    assert expressions_building_ids(f"requirement = {expression}", {"CONTENT": "SendMessage.Content"}) == [
        ast.unparse(ast.parse(expression))
    ]


@pytest.mark.parametrize(
    "expression",
    [
        '"SendMessage.Content.bytes-max"',
        'f"{CONTENT}.length-max"',
        'f"{TYPE}.typing"',
        'f"{operation}.success.valid-request"',
        'f"{CONTENT}.*"',
        'f"a message of {size}. bytes-max"',
        "number + 1",
    ],
)
def test_others_are_not(expression: str) -> None:
    constants: dict[str, object] = {"CONTENT": "SendMessage.Content", "TYPE": "application/event"}
    assert expressions_building_ids(f"requirement = {expression}", constants) == []
