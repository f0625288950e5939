"""The catalogue: every requirement by id, derived and prose, and the choice of some of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from hashlib import sha256
from types import MappingProxyType

from conformance.contract.botocore_data import edition_directory
from conformance.contract.derivation import derived_requirements
from conformance.contract.edition import not_in_edition
from conformance.contract.model import installed_operations, operations
from conformance.contract.requirements import (
    Constraint,
    ConstraintKind,
    Direction,
    Requirement,
    prose_requirements,
)
from conformance.contract.suggestions import did_you_mean


class UnknownGlob(ValueError):
    """A glob that no requirement id matches."""


@cache
def catalogue() -> Mapping[str, Requirement]:
    """All requirements by id, in reading order. Raises ValueError when two share an id.

    Judged by another edition of the models, it has those of the installed one too, which tests and faults name.
    """
    if edition_directory() is not None:
        return MappingProxyType(_of_other_edition())
    found: dict[str, Requirement] = {}
    for requirement in (*derived_requirements(operations()), *prose_requirements()):
        if requirement.id in found:
            raise ValueError(f"the requirement id {requirement.id} is declared twice")
        found[requirement.id] = requirement
    _check_successors(found)
    return MappingProxyType(found)


def _of_other_edition() -> dict[str, Requirement]:
    """The edition's requirements and those of the installed one; a rule in words goes before an id that it also has."""
    whole = (*derived_requirements(installed_operations()), *derived_requirements(operations()), *prose_requirements())
    return {requirement.id: requirement for requirement in whole}


def _check_successors(found: Mapping[str, Requirement]) -> None:
    for requirement in found.values():
        passed = [requirement.id]
        while newer := found[passed[-1]].superseded_by:
            if newer not in found:
                raise ValueError(f"{requirement.id} is superseded by {newer}, which does not exist")
            if newer in passed:
                raise ValueError(f"{requirement.id} is superseded by itself, over {newer}")
            passed.append(newer)


@cache
def digest() -> str:
    """A SHA-256 digest of what the catalogue promises: another one is another catalogue."""
    stated = [(r.id, r.level.value, r.statement, r.untested, r.needs, r.superseded_by) for r in catalogue().values()]
    return sha256(json.dumps(stated).encode()).hexdigest()


def select(globs: Iterable[str]) -> frozenset[str]:
    """The ids that match any of `globs`; all ids when there is no glob.

    Raises UnknownGlob, naming the glob, when one of them matches nothing.
    """
    chosen: set[str] = set()
    for glob in (patterns := tuple(globs)):
        matched = {rid for rid in catalogue() if fnmatchcase(rid, glob)}
        if not matched:
            hint = did_you_mean(glob, catalogue()) or "connect-conformance requirements lists all ids."
            raise UnknownGlob(f"no requirement matches {glob!r}: {hint}")
        chosen |= matched
    return frozenset(chosen if patterns else catalogue())


def of_service(name: str | None) -> frozenset[str]:
    """The ids of all requirements about an operation of the service `name`; none for None."""
    owned = {operation for operation, covered in operations().items() if covered.service == name}
    return frozenset(rid for rid, requirement in catalogue().items() if requirement.operation in owned)


def constraints(direction: Direction, *kinds: ConstraintKind) -> Iterator[Constraint]:
    """The constraints of one direction, of the given kinds or of all, that the edition of the models states."""
    lacking = not_in_edition()
    for requirement in catalogue().values():
        constraint = requirement.constraint
        if requirement.id in lacking:
            continue
        if constraint and constraint.direction is direction and (not kinds or constraint.kind in kinds):
            yield constraint
