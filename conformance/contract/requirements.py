"""Requirements: what can be checked, each with an id, a level and the document that promises it.

A *derived* requirement comes from a constraint of the models; nobody types its id. A *prose*
requirement is a table in ``rules/*.toml``. Together they are the catalogue.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from conformance.contract.model import Member, Operation


def operation_of(requirement: str) -> str:
    """The operation, or the topic, that a requirement id begins with."""
    return requirement.partition(".")[0]


class Level(StrEnum):
    """How far a requirement is judged: a broken must fails, a broken should warns, a record is noted."""

    MUST = "must"
    SHOULD = "should"
    RECORD = "record"


class ConstraintKind(StrEnum):
    """What a model can limit about an input or output member. The value ends the requirement's id."""

    REQUIRED = "required"
    TYPE = "type"
    NULL = "null"
    OPTIONAL = "optional"
    LENGTH_MIN = "length-min"
    LENGTH_MAX = "length-max"
    RANGE_MIN = "range-min"
    RANGE_MAX = "range-max"
    ENUM = "enum"
    PATTERN = "pattern"
    SIZE_MIN = "size-min"
    SIZE_MAX = "size-max"
    UNKNOWN_MEMBER = "unknown-member"
    PRESENT = "present"
    TIME = "time"
    TIME_FRACTION = "time-fraction"


class Direction(StrEnum):
    """Whether a constraint limits requests or replies."""

    INPUT = "input"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class Constraint:
    """One limit on one member.

    `limit` is the number, pattern or enumeration of the model. `accepts` says which direction of the
    limit can be shown to be accepted: None where any value inside is, else the reason why only particular
    values are. `edges` narrows a range whose own edges are not documented. `asked_by` names the input
    member (and the value in it) that makes an output member present.
    """

    operation: Operation
    member: Member
    kind: ConstraintKind
    direction: Direction
    limit: Any = None
    accepts: str | None = None
    promise: str | None = None
    values: tuple[str, ...] = ()
    edges: tuple[int, int] | None = None
    asked_by: tuple[str, str | None] | None = None

    @property
    def id(self) -> str:
        """The requirement id: operation, member path, kind."""
        facet = self.member.dotted or "input"
        if self.direction is Direction.OUTPUT:
            facet = f"output.{facet}"
        return f"{self.operation.name}.{facet}.{self.kind}"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One checkable promise.

    `source` is a key of sources.toml and `locator` the place in it. `phrase` holds some words of the sentence
    at that place which states the promise, where the place has a long text. `untested` is the reason why no
    test can show it. `superseded_by` names the id of the newer promise that replaced this one.
    `needs` names the command line option without which it cannot be tested. `readings` are the
    answers that the documents leave open (level record).
    """

    id: str
    operation: str
    level: Level
    statement: str
    source: str
    locator: str = ""
    phrase: str = ""
    family: str = ""
    derived: bool = False
    constraint: Constraint | None = None
    untested: str | None = None
    needs: str | None = None
    superseded_by: str | None = None
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A document relied on. The lower its precedence number, the more it counts."""

    key: str
    title: str
    date: str
    url: str
    precedence: int


def read_toml(name: str) -> dict[str, Any]:
    """A TOML file of this package. Raises FileNotFoundError when the installation lacks it."""
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))


@cache
def sources() -> Mapping[str, Source]:
    """The documents of sources.toml by key."""
    return MappingProxyType({k: Source(key=k, **v) for k, v in read_toml("sources.toml").items()})


def prose_requirements() -> Iterator[Requirement]:
    """The rules of ``rules/*.toml``. Raises ValueError for a rule that is not well formed."""
    folder = resources.files(__package__).joinpath("rules")
    for name in sorted(file.name for file in folder.iterdir()):
        if name.endswith(".toml"):
            yield from rules_of(folder.joinpath(name).read_text(encoding="utf-8"), name)


def rules_of(text: str, file: str) -> Iterator[Requirement]:
    """The requirements of one rule file's `text`. Raises ValueError naming `file`, the rule and what is wrong."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise ValueError(f"{file} is not TOML: {wrong}") from wrong
    for rule_id, table in tables.items():
        try:
            yield _prose(rule_id, table)
        except ValueError as wrong:
            raise ValueError(f"{file}: [{rule_id}] {wrong}") from wrong


def _prose(rule_id: str, table: object) -> Requirement:
    if not isinstance(table, dict) or not _RULE_ID.fullmatch(rule_id):
        raise ValueError('is no rule: a rule is a table ["Operation.facet.rule-in-kebab-case"]')
    _check_keys(table)
    return Requirement(
        id=rule_id,
        operation=rule_id.partition(".")[0],
        level=Level(table["level"]),
        statement=table["says"],
        source=table["source"],
        locator=table["locator"],
        phrase=table.get("phrase", ""),
        family=rule_id.split(".")[1],
        untested=table.get("untested"),
        needs=table.get("needs"),
        superseded_by=table.get("superseded_by"),
        readings=tuple(table.get("readings", ())),
    )


_RULE_ID = re.compile(r"[A-Z]\w*(\.[A-Za-z][\w-]*)+\.[a-z0-9]+(-[a-z0-9]+)*")
_OBLIGATORY = frozenset({"says", "source", "locator", "level"})
_TEXTS = _OBLIGATORY | {"phrase", "untested", "needs", "superseded_by"}


def _check_keys(table: Mapping[str, Any]) -> None:
    """Raise ValueError where a key is missing, unknown, empty or of another type than a rule has."""
    if missing := _OBLIGATORY - table.keys():
        raise ValueError(f"lacks {', '.join(sorted(missing))}")
    if unknown := table.keys() - _TEXTS - {"readings"}:
        raise ValueError(f"has the unknown key {', '.join(sorted(unknown))}")
    for key in _TEXTS & table.keys():
        if not isinstance(table[key], str) or not table[key].strip():
            raise ValueError(f"has a {key} that is no text")
    if table["source"] not in sources():
        raise ValueError(f"names the source {table['source']!r}, which sources.toml does not have")
    readings = table.get("readings", [])
    if not isinstance(readings, list) or not all(isinstance(r, str) and r for r in readings):
        raise ValueError("has readings that are no list of texts")
    if bool(readings) != (table["level"] == Level.RECORD):
        raise ValueError("has readings without level record, or level record without readings")
