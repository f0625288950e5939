"""What the project has for one requirement: promise, source, reference, tests, faults and variants, with their lines.

Tests are found as pytest collects them, faults and variants as they are registered, so nothing here can be out of date.
"""

from __future__ import annotations

import ast
import inspect
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from conformance.commands.same_member import others_of_the_member
from conformance.contract import requirements as contract
from conformance.contract.requirements import Requirement, sources
from conformance.contract.source_text import excerpt, passage_of
from conformance.power.scripts import collect
from conformance.reference.faults import fault_modules, faults_in
from conformance.reference.faults_kit.fault import Fault
from conformance.reference.service import HANDLERS
from conformance.reference.variants import registry

_RULES = Path(contract.__file__).parent


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file; lines are counted from 1."""

    file: Path
    line: int

    def __str__(self) -> str:
        """The place as an editor takes it."""
        return f"{self.path}:{self.line}"

    @property
    def path(self) -> Path:
        """The file, relative to the current directory where it is below that."""
        here = Path.cwd()
        return self.file.relative_to(here) if self.file.is_relative_to(here) else self.file

    def row(self) -> dict[str, Any]:
        """The place as JSON takes it."""
        return {"file": str(self.path), "line": self.line}


@dataclass(frozen=True, slots=True)
class Part:
    """A test, a fault, a variant or a handler that has to do with a requirement. `says` is its sentence."""

    name: str
    says: str
    place: Place

    def row(self) -> dict[str, Any]:
        """The part as JSON takes it."""
        return {"name": self.name, "says": self.says, **self.place.row()}


@dataclass(frozen=True, slots=True)
class Details:
    """One requirement with what belongs to it.

    `declared` is its table in the rules, None for one that is derived from a member of the model. `reference` performs
    its operation in the reference endpoint, None for a topic. A fault must turn the requirement red; a variant leaves
    it open on purpose. `others` are about the same member.
    """

    requirement: Requirement
    declared: Place | None
    reference: Part | None
    tests: tuple[Part, ...]
    faults: tuple[Part, ...]
    variants: tuple[Part, ...]
    others: tuple[Requirement, ...]

    def row(self) -> dict[str, Any]:
        """What is known beside the requirement's own fields, as JSON takes it."""
        source, passage = sources()[self.requirement.source], passage_of(self.requirement)
        return {
            "source_title": source.title,
            "source_url": source.url,
            "source_text": passage.text if passage else None,
            "declared": self.declared.row() if self.declared else None,
            "reference": self.reference.row() if self.reference else None,
            "tests": [part.row() for part in self.tests],
            "faults": [part.row() for part in self.faults],
            "variants": [part.row() for part in self.variants],
            "see_also": [{"id": other.id, "statement": other.statement} for other in self.others],
        }

    def lines(self) -> Iterator[str]:
        """The details for a terminal."""
        requirement, source = self.requirement, sources()[self.requirement.source]
        yield f"{requirement.id} ({requirement.level})"
        yield f"  {requirement.statement}"
        yield f"  source    {source.title}: {requirement.locator or 'no single place'}"
        yield f"            {source.url}"
        if passage := passage_of(requirement):
            shown = excerpt(passage.text, requirement.statement, requirement.phrase)
            yield f'            {passage.place}: "{shown}"'
        yield f"  declared  {self.declared or 'derived from the installed model'}"
        yield from _notes(requirement)
        if self.reference:
            yield f"  reference {self.reference.place}  {self.reference.name}"
        for word, parts in (("test", self.tests), ("fault", self.faults), ("variant", self.variants)):
            for part in parts:
                yield f"  {word:<9} {part.place}  {part.name}"
                yield f"            {part.says}"
            if not parts:
                yield f"  {word:<9} none"
        for other in self.others:
            yield f"  see also  {other.id}"
            yield f"            {other.statement}"


def details(chosen: Iterable[Requirement]) -> tuple[Details, ...]:
    """What the project has for each of `chosen`. Collects the suite's tests, which takes seconds."""
    tests, faults = _tests(), _faults()
    return tuple(
        Details(
            requirement,
            _declaration(requirement),
            _reference(requirement.operation),
            tuple(map(_test, tests[requirement.id])),
            tuple(_fault(fault, module, requirement.id) for fault, module in faults[requirement.id].values()),
            _variants(requirement.id),
            others_of_the_member(requirement),
        )
        for requirement in chosen
    )


def _notes(requirement: Requirement) -> Iterator[str]:
    if requirement.untested:
        yield f"  untested  {requirement.untested}"
    if requirement.needs:
        yield f"  needs     {requirement.needs}"
    if requirement.superseded_by:
        yield f"  newer     {requirement.superseded_by}"
    for answer in requirement.readings:
        yield f"  open      {answer}"


def _declaration(requirement: Requirement) -> Place | None:
    """The table of a prose rule, or of the family that a derived requirement of an operation belongs to."""
    name = requirement.id.partition(".")[2] if requirement.derived else requirement.id
    files = [_RULES / "families.toml"] if requirement.derived else sorted((_RULES / "rules").glob("*.toml"))
    return next((Place(file, _tables(file)[name]) for file in files if name in _tables(file)), None)


@cache
def _tables(file: Path) -> dict[str, int]:
    """The quoted tables of a TOML file, each with its line."""
    lines = enumerate(file.read_text("utf-8").splitlines(), 1)
    return {line[2:-2]: number for number, line in lines if line.startswith('["') and line.endswith('"]')}


def _tests() -> Mapping[str, Collection[Callable[..., None]]]:
    """The tests that claim each requirement, each once however many cases it has."""
    found: defaultdict[str, dict[Callable[..., None], None]] = defaultdict(dict)
    for script in collect():
        for requirement in script.claims:
            found[requirement][script.function] = None
    return found


@cache
def _reference(operation: str) -> Part | None:
    """What performs an operation in the reference endpoint, named as module:function; None for a topic."""
    handler = HANDLERS.get(operation)
    return _part(handler, f"{handler.__module__}:{handler.__name__}") if handler else None


@cache
def _test(function: Callable[..., None]) -> Part:
    return _part(function, function.__name__)


def _part(function: Callable[..., object], name: str) -> Part:
    lines, first = inspect.getsourcelines(function)
    above = next(number for number, line in enumerate(lines) if line.startswith("def "))
    file = Path(inspect.getfile(function))
    return Part(name, _sentence(inspect.getdoc(function)), Place(file, first + above))


def _sentence(text: str | None) -> str:
    return (text or "").partition("\n")[0]


def _faults() -> Mapping[str, Mapping[str, tuple[Fault, ModuleType]]]:
    """The faults that must turn each requirement red, by name, with the modules that declare them."""
    found: defaultdict[str, dict[str, tuple[Fault, ModuleType]]] = defaultdict(dict)
    for module in fault_modules():
        for fault in faults_in(module):
            for requirement in fault.red:
                found[requirement].setdefault(fault.name, (fault, module))
    return found


def _fault(fault: Fault, module: ModuleType, requirement: str) -> Part:
    file = Path(str(module.__file__))
    line = _line_of_fault(file, fault.name, requirement) or fault.seed.__code__.co_firstlineno
    return Part(fault.name, _sentence(fault.says), Place(file, line))


def _line_of_fault(file: Path, name: str, requirement: str) -> int | None:
    """Where a fault's function or its name stands; for a name that is put together, its longest part or the id."""
    if line := _functions(file).get(name.replace("-", "_")):
        return line
    texts = _texts(file)
    parts = [text for text in texts if "-" in text and text in name]
    return texts.get(max(parts, key=len, default=requirement))


@cache
def _functions(file: Path) -> dict[str, int]:
    """The functions of a module, each with its line."""
    nodes = ast.walk(ast.parse(file.read_text("utf-8")))
    return {node.name: node.lineno for node in nodes if isinstance(node, ast.FunctionDef)}


@cache
def _texts(file: Path) -> dict[str, int]:
    """The string literals of a module, each with the first line that it stands on."""
    nodes = (node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Constant))
    found = sorted(((node.lineno, node.value) for node in nodes if isinstance(node.value, str)), reverse=True)
    return {text: line for line, text in found}


def _variants(requirement: str) -> tuple[Part, ...]:
    chosen = (
        variant
        for variant in registry.VARIANTS.values()
        if any(fnmatchcase(requirement, glob) for glob in variant.warns)
    )
    return tuple(Part(variant.name, variant.says, _place_of_variant(variant.name)) for variant in chosen)


def _place_of_variant(name: str) -> Place:
    folder = Path(registry.__file__).parent
    return next(Place(file, _texts(file)[name]) for file in sorted(folder.glob("*.py")) if name in _texts(file))
