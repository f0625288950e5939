"""The project's own source as a tree: its modules, what they import, how long their functions are.

The rules themselves are functions from modules to the sentences of what breaks them, so that a test can hand them a
planted violation.
"""

from __future__ import annotations

import ast
import builtins
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from conformance.contract import limits

ROOT = Path(__file__).parents[1]
PLUGIN = "connect_conformance_pytest"
PACKAGES = ("conformance", "strategies", "reports", PLUGIN)
FILE_CAP = 400  # lines
FUNCTION_CAP = 60  # lines
VAGUE = frozenset({"util", "utils", "helper", "helpers", "misc"})
RAISED = re.compile(r"(?:\bRaises(?: its| the first)?|,|\bor|\band) ([A-Z]\w+)")
VAGUE_MODULES = VAGUE | {"common"}  # the documents speak of common errors, so a function may; a file of them is none

Broken = Iterator[str]
Part = tuple[str, ...]  # the places of one part of the project


@dataclass(frozen=True)
class Module:
    """A Python file: its dotted name, for a package without ``__init__``, and its text."""

    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed text."""
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree: most rules look at all, and a walk takes its time."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def imports(self) -> tuple[str, ...]:
        """Every module that is imported, wherever in the file; for ``from a import b`` both a and a.b."""
        return tuple(_imports(self.nodes))

    @cached_property
    def classes(self) -> frozenset[str]:
        """The names of the classes that are defined in it, and of all that it imports from others."""
        imported = [alias for node in self.nodes if isinstance(node, ast.ImportFrom) for alias in node.names]
        defined = {node.name for node in self.nodes if isinstance(node, ast.ClassDef)}
        return frozenset(defined | {alias.asname or alias.name for alias in imported})

    @property
    def is_test(self) -> bool:
        """Whether pytest collects it, or it prepares tests."""
        last = self.name.rsplit(".", 1)[-1]
        return last.startswith("test_") or last == "conftest" or self.name.startswith("tests.")


def _imports(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def modules(*packages: str) -> tuple[Module, ...]:
    """The modules of `packages`, which are folders in the project's root; each is read and parsed once."""
    return tuple(module for package in packages for module in _modules_of(package))


@cache
def _modules_of(package: str) -> tuple[Module, ...]:
    files = sorted((ROOT / package).rglob("*.py"))
    return tuple(Module(_module_name(path.relative_to(ROOT)), _read(path)) for path in files)


def _module_name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _read(path: Path) -> str:
    with tokenize.open(path) as file:
        return file.read()


def inside(name: str, *parts: str) -> bool:
    """Whether the dotted `name` is one of `parts` or lies in one."""
    return any(name == part or name.startswith(f"{part}.") for part in parts)


def own_imports(module: Module) -> Iterator[str]:
    """What `module` imports of the project, beside its own package's parts."""
    return (name for name in module.imports if inside(name, *PACKAGES, "tests"))


def allowed_only(found: Iterable[Module], table: Mapping[Part, frozenset[str]]) -> Broken:
    """Modules of a part in `table` that import another part of the project than the table allows."""
    for module in found:
        for part, allowed in table.items():
            if not inside(module.name, *part):
                continue
            for name in own_imports(module):
                if not inside(name, *part, *allowed) and not _names_a_parent(name, allowed):
                    lawful = ", ".join(sorted(allowed)) or "nothing"
                    yield f"{module.name} imports {name}: {part[0]} may import {lawful}"


def _names_a_parent(name: str, allowed: Iterable[str]) -> bool:
    """``from conformance import checks`` names `conformance` too, which holds nothing of its own."""
    return any(part.startswith(f"{name}.") for part in allowed)


def confine(found: Iterable[Module], table: Mapping[str, frozenset[str]], *, tests_may: frozenset[str]) -> Broken:
    """Modules that import what `table` confines to other modules; test files may import what `tests_may` names."""
    for module in found:
        for subject, places in table.items():
            free = inside(module.name, subject, *places) or (module.is_test and subject in tests_may)
            if not free and any(inside(name, subject) for name in module.imports):
                yield f"{module.name} imports {subject}: only {', '.join(sorted(places))} may"


def relative_imports(found: Iterable[Module]) -> Broken:
    """Modules that import by a relative name, which the other rules do not see."""
    for module in found:
        yield from (f"{module.name} imports {name}" for name in module.imports if name.startswith("."))


def cycles(found: Iterable[Module]) -> Broken:
    """Modules that import themselves by way of others, be it for types alone."""
    by_name = {module.name: module for module in found}
    reached = {name: _reachable(by_name, name) for name in by_name}
    yield from (f"{name} imports itself by way of others" for name in sorted(by_name) if name in reached[name])


def _reachable(by_name: Mapping[str, Module], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for name in by_name[waiting.pop()].imports:
            if name in by_name and name not in seen:
                seen.add(name)
                waiting.append(name)
    return seen


def too_long_files(found: Iterable[Module], cap: int = FILE_CAP) -> Broken:
    """Files above the cap."""
    for module in found:
        lines = module.text.count("\n")
        if lines > cap:
            yield f"{module.name} has {lines} lines"


def too_long_functions(found: Iterable[Module], cap: int = FUNCTION_CAP) -> Broken:
    """Functions above the cap, from `def` to their last line."""
    for module in found:
        for node in module.nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > cap:
                    yield f"{module.name}.{node.name} has {lines} lines"


def lacking_docstrings(found: Iterable[Module]) -> Broken:
    """Modules without a docstring."""
    yield from (module.name for module in found if not ast.get_docstring(module.tree))


def vague_names(found: Iterable[Module]) -> Broken:
    """Modules, functions and classes with a word in their name that says nothing."""
    for module in found:
        yield from (module.name for part in module.name.split(".") if VAGUE_MODULES & _words(part))
        yield from (f"{module.name}: {name}" for name in _definitions(module) if VAGUE & _words(name))


def _words(name: str) -> set[str]:
    return set(name.lower().split("_"))


def _definitions(module: Module) -> Iterator[str]:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return (node.name for node in module.nodes if isinstance(node, kinds))


def documented_numbers(found: Iterable[Module]) -> Broken:
    """A number of the documents' prose is written in one module, so that a change of theirs is a change of one line."""
    ours = {limits.MESSAGE_BYTES, limits.ATTRIBUTE_BYTES, limits.LONGEST_CHAT}
    for module in found:
        if module.name != limits.__name__:
            numbers = {node.value for node in module.nodes if isinstance(node, ast.Constant)} & ours
            yield from (
                f"{module.name} writes {number!r}: conformance.contract.limits has its name" for number in numbers
            )


def unknown_exceptions(found: Iterable[Module]) -> Broken:
    """Docstrings that say "Raises X" where no class X can come: Python has none, and no module that is reached has.

    A module is reached by imports, however far. A longer sentence names more: "Raises X where none is, Y or Z else."
    """
    by_name = {module.name: module for module in found}
    for name, module in by_name.items():
        if raised := frozenset(_documented_exceptions(module)):
            known = {one for reached in {name, *_reachable(by_name, name)} for one in by_name[reached].classes}
            yield from (f"{name} says that it raises {one}" for one in sorted(raised - known - set(dir(builtins))))


def _documented_exceptions(module: Module) -> Iterator[str]:
    if "Raises " not in module.text:
        return
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    for node in module.nodes:
        text = ast.get_docstring(node) if isinstance(node, documented) else None
        for sentence in re.findall(r"\bRaises [^.;:]*", text or ""):
            yield from RAISED.findall(" ".join(sentence.split()))
