"""The project's shape: who may import whom, how long things are, what they are called.

Each rule is also shown a planted violation, so that a rule which finds nothing is known to be able to.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

import pytest

from tests import source_tree
from tests.source_tree import FILE_CAP, FUNCTION_CAP, PACKAGES, PLUGIN, ROOT, Broken, Module, Part

CONTRACT, CHECKS = "conformance.contract", "conformance.checks"
ENDPOINT, ENGINE, RESULTS = "conformance.endpoint", "conformance.engine", "conformance.results"
VERIFICATION, SCENARIO = "conformance.verification", "conformance.scenario"
REPRODUCTION, SESSION = "conformance.reproduction", "conformance.session"
APPLICATION, API = "conformance.application", "conformance.api"
REFERENCE, POWER = "conformance.reference", "conformance.power"
COMMANDS = "conformance.commands"
STRATEGIES, REPORTS = "strategies", "reports"
WRITTEN_TESTS = (("conformance.operations",), ("conformance.journeys",))
DERIVED_TESTS = "conformance.protocol"

_JUDGING = frozenset({CONTRACT, CHECKS})
_ASKING = _JUDGING | {ENDPOINT, RESULTS, STRATEGIES}
_RUNNING = _JUDGING | {ENDPOINT, RESULTS, ENGINE, REPORTS}

# What each part imports of the project, and nothing else. Every module belongs to a part. A part may have two places:
# what others know of it, and what is behind that.
LAYERS: dict[Part, frozenset[str]] = {
    (CONTRACT,): frozenset[str](),
    (CHECKS,): frozenset({CONTRACT}),
    (STRATEGIES,): frozenset({CONTRACT}),
    (ENDPOINT,): frozenset({CONTRACT, f"{CHECKS}.diagnosis"}),
    (REFERENCE,): frozenset({CONTRACT}),
    (RESULTS,): _JUDGING | {ENDPOINT},
    (ENGINE,): _ASKING,
    (VERIFICATION,): _ASKING | {ENGINE},
    (SCENARIO,): _ASKING | {ENGINE},
    **dict.fromkeys(WRITTEN_TESTS, _JUDGING | {ENDPOINT, STRATEGIES, SCENARIO}),
    (DERIVED_TESTS,): _JUDGING | {ENGINE, VERIFICATION, SCENARIO},
    (REPORTS,): frozenset({CONTRACT, RESULTS, f"{CHECKS}.violation"}),
    (REPRODUCTION,): _JUDGING | {ENDPOINT, RESULTS, REPORTS},
    (SESSION,): _RUNNING | {PLUGIN, SCENARIO, REPRODUCTION},
    (POWER,): _RUNNING | {SESSION, REFERENCE},
    (APPLICATION, API): frozenset({CONTRACT, f"{CHECKS}.diagnosis", ENDPOINT, SESSION, REFERENCE, STRATEGIES, PLUGIN}),
    (PLUGIN, "conformance.plugin"): frozenset(),
    (COMMANDS,): frozenset({CONTRACT, ENDPOINT, RESULTS, REPORTS, SESSION, REFERENCE, POWER, PLUGIN}),
}
# What only some modules may import. The judged reference is reached by its process, never by the judge.
CONFINED = {
    "pytest": frozenset({PLUGIN, f"{SCENARIO}.markers", POWER, SESSION, APPLICATION}),
    REFERENCE: frozenset({COMMANDS, POWER, API}),
    "requests": frozenset({ENDPOINT, f"{REPORTS}.notification", REPRODUCTION}),
    "hypothesis": frozenset({STRATEGIES, ENGINE, VERIFICATION, SCENARIO, API}),
    "starlette": frozenset({REFERENCE}),
    "uvicorn": frozenset({REFERENCE}),
    "jinja2": frozenset({REPORTS}),
    "schemathesis": frozenset({f"{VERIFICATION}.schema_oracle"}),
}
# The suite's tests may import no more of these than the two that tests are made of.
TESTS_MAY = frozenset({"pytest", "hypothesis"})
Rule = Callable[[Iterable[Module]], Broken]


def layers(found: Iterable[Module]) -> Broken:
    """The import rules between the parts."""
    return source_tree.allowed_only(found, LAYERS)


def confinement(found: Iterable[Module]) -> Broken:
    """The import rules for libraries and for the reference."""
    return source_tree.confine(found, CONFINED, tests_may=TESTS_MAY)


RULES: dict[str, Rule] = {
    "layers": layers,
    "confinement": confinement,
    "relative imports": source_tree.relative_imports,
    "cycles": source_tree.cycles,
    "file length": source_tree.too_long_files,
    "function length": source_tree.too_long_functions,
    "module docstrings": source_tree.lacking_docstrings,
    "raised exceptions": source_tree.unknown_exceptions,
    "names": source_tree.vague_names,
    "documented numbers": source_tree.documented_numbers,
}
LONG_FUNCTION = "def long():\n" + "    pass\n" * FUNCTION_CAP
PLANTED = [
    ("layers", Module("conformance.checks.x", "from conformance.reference.state import State")),
    ("layers", Module("strategies.x", "import conformance.reference.rules")),
    ("layers", Module("conformance.operations.test_x", "from conformance import reference")),
    ("layers", Module("conformance.journeys.test_x", "from conformance.session.session import Run")),
    ("layers", Module("conformance.reference.x", "from strategies import tokens")),
    ("layers", Module("conformance.reference.x", "def f():\n    from conformance.checks.errors import check_error")),
    ("layers", Module("conformance.contract.x", "from conformance.checks.violation import Breach")),
    ("layers", Module("conformance.contract.wire", "import conformance.results.ledger")),
    ("layers", Module("conformance.engine.x", "from conformance.scenario.claim import Claim")),
    ("layers", Module("conformance.operations.test_x", "from conformance.engine.verifier import Verifier")),
    ("layers", Module("conformance.session.x", "from conformance.power.plan import plan")),
    ("layers", Module("conformance.endpoint.x", "from conformance.checks import errors")),
    ("layers", Module("reports.x", "from conformance.engine.depth import Depth")),
    ("layers", Module("conformance.checks.x", "from tests.served import Served")),
    ("layers", Module(PLUGIN, "def f():\n    import conformance.session.options")),
    ("confinement", Module("reports.x", "import pytest")),
    ("confinement", Module("conformance.engine.x", "from pytest import fixture")),
    ("confinement", Module("conformance.engine.x", "from conformance.reference.clock import iso")),
    ("confinement", Module("conformance.protocol.test_x", "import requests")),
    ("confinement", Module("conformance.contract.wire", "from hypothesis import strategies")),
    ("relative imports", Module("reports.x", "from .page import render")),
    ("cycles", Module("reports.x", "import reports.x")),
    ("cycles", Module("reports.x", "if TYPE_CHECKING:\n    import reports.x")),
    ("file length", Module("reports.x", "pass\n" * (FILE_CAP + 1))),
    ("function length", Module("reports.x", LONG_FUNCTION)),
    ("module docstrings", Module("reports.x", "pass")),
    ("raised exceptions", Module("reports.x", '"""Raises Unseen when no reply came."""')),
    ("raised exceptions", Module("reports.x", '"""Raises ValueError for none, or\n    Unseen where it was cut."""')),
    ("names", Module("reports.text_utils", "pass")),
    ("names", Module("reports.common", "pass")),
    ("names", Module("reports.x", "class C:\n    def helper(self): ...")),
    ("documented numbers", Module("conformance.reference.x", "MOST = 16384")),
]
LAWFUL = [
    ("layers", Module("conformance.checks.x", "from conformance.checks import errors")),
    ("layers", Module("conformance.checks.x", "from conformance import contract")),
    ("layers", Module("conformance.contracted", "from conformance.checks import errors")),
    ("confinement", Module("conformance.protocol.test_x", "import pytest")),
    ("confinement", Module("conformance.session.hooks", "import pytest")),
    ("confinement", Module("conformance.commands.serve", "from conformance.reference.serving import serve")),
    ("cycles", Module("reports.x", "import reports.y")),
    ("file length", Module("reports.x", "pass\n" * FILE_CAP)),
    ("function length", Module("reports.x", LONG_FUNCTION.removesuffix("    pass\n"))),
    ("raised exceptions", Module("reports.x", '"""Raises ValueError for a reply without a Contact."""')),
    ("raised exceptions", Module("reports.x", '"""Raises Unseen."""\nfrom reports.y import Unseen')),
    ("names", Module("reports.x", "def common_errors(): ...")),
    ("documented numbers", Module("conformance.contract.limits", "MOST = 16384")),
]


@pytest.fixture(scope="module")
def own() -> tuple[Module, ...]:
    return source_tree.modules(*PACKAGES)


@pytest.mark.parametrize("rule", RULES)
def test_the_tree_keeps_each_rule(rule: str, own: tuple[Module, ...]) -> None:
    assert list(RULES[rule](own)) == []


@pytest.mark.parametrize("rule", ["file length", "function length", "names"])
def test_the_tests_keep_the_rules_of_size_and_name(rule: str) -> None:
    assert list(RULES[rule](source_tree.modules("tests"))) == []


@pytest.mark.parametrize(("rule", "planted"), PLANTED)
def test_a_planted_violation_is_found(rule: str, planted: Module) -> None:
    assert list(RULES[rule]([planted]))


@pytest.mark.parametrize(("rule", "lawful"), LAWFUL)
def test_what_is_lawful_is_left_alone(rule: str, lawful: Module) -> None:
    assert list(RULES[rule]([lawful])) == []


def test_a_cycle_through_another_module_is_found() -> None:
    there, back = Module("reports.a", "import reports.b"), Module("reports.b", "from reports import a")
    assert len(list(source_tree.cycles([there, back]))) == 2


def test_the_walk_sees_every_part_of_the_tree(own: tuple[Module, ...]) -> None:
    names = {module.name for module in own}
    of_parts = (place for part in LAYERS for place in part)
    for place in (*of_parts, *(place for places in CONFINED.values() for place in places)):
        assert any(source_tree.inside(name, place) for name in names), f"{place} is gone: mend the table"


def test_each_part_imports_all_that_the_table_grants_it(own: tuple[Module, ...]) -> None:
    """Else the table is no map of the tree, and an import that nobody wanted finds its place prepared."""
    taken = {part: {name for module in own if part_of(module) == part for name in module.imports} for part in LAYERS}
    unused = [
        f"{part[0]} takes nothing of {granted}"
        for part, all_granted in LAYERS.items()
        for granted in sorted(all_granted)
        if not any(source_tree.inside(name, granted) for name in taken[part])
    ]
    assert unused == []


def part_of(module: Module) -> Part | None:
    """The part that a module belongs to."""
    return next((part for part in LAYERS if source_tree.inside(module.name, *part)), None)


def test_every_module_belongs_to_a_part(own: tuple[Module, ...]) -> None:
    assert [module.name for module in own if part_of(module) is None] == ["conformance"]


def test_the_documents_count_the_parts_and_the_arrows_between_them() -> None:
    arrows = sum(map(len, LAYERS.values()))
    text = (ROOT / "docs" / "architecture.md").read_text()
    assert f"The table has {len(LAYERS)} parts and {arrows} arrows between them." in text


def test_the_root_conftest_is_one_statement_that_loads_the_plugin() -> None:
    documentation, *statements = ast.parse((ROOT / "conftest.py").read_text()).body
    assert isinstance(documentation, ast.Expr)
    assert [ast.unparse(statement) for statement in statements] == ["pytest_plugins = ['conformance.plugin']"]


def test_no_conftest_lies_inside_the_packages(own: tuple[Module, ...]) -> None:
    assert [module.name for module in own if module.name.endswith("conftest")] == []
