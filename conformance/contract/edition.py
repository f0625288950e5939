"""Judged by another edition of the models: what it lacks of the installed one, and what it has besides.

A derived requirement is in an edition whose model states it. A prose requirement is not in an edition that lacks the
operation or the member which its id, or the place of its sentence, names, or an enumerated value that it names: nothing
can be said of what there is not. Where the edition has them, its own limits count.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from botocore.exceptions import BotoCoreError

from conformance.contract.botocore_data import MODELS, edition_directory, loader_of
from conformance.contract.derivation import derived_requirements
from conformance.contract.model import CONNECT, PARTICIPANT, Member, Operation, edition_operations, installed_operations
from conformance.contract.requirements import Requirement, prose_requirements

LIKE = "give a directory laid out like botocore's data, with SERVICE/DATE/service-2.json or service-2.json.gz"
_WORD = re.compile(r"[A-Z][A-Z_]+")  # as the models spell values
_PARTS = ("input", "output")


class EditionError(ValueError):
    """The directory of --models holds no edition; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition of the models: its directory, the ids of the installed one that it `lacks`, and those it `adds`."""

    directory: str
    lacks: tuple[str, ...]
    adds: tuple[str, ...]


def choose_edition(directory: str | None = None) -> None:
    """Have this process and its children judge by the models in `directory`, by default those of the environment.

    Without either, nothing is done. It comes before anything of the contract is read. Raises EditionError where a model
    is not there or is none.
    """
    directory = directory or os.environ.get(MODELS)
    if not directory:
        return
    for service in (PARTICIPANT, CONNECT):
        try:
            model = loader_of(Path(directory)).load_service_model(service, "service-2")
        except (BotoCoreError, OSError, ValueError) as wrong:
            raise EditionError(f"--models {directory} has no model of {service} that can be read: {LIKE}") from wrong
        if not isinstance(model, dict) or not {"operations", "shapes"} <= model.keys():
            raise EditionError(f"--models {directory} has a model of {service} without operations: {LIKE}")
    os.environ[MODELS] = str(Path(directory).resolve())


@cache
def edition_in_use() -> Edition | None:
    """The edition that --models names; None where the models of the installed botocore are judged by."""
    directory = edition_directory()
    if directory is None:
        return None
    states = dict.fromkeys(r.id for r in derived_requirements(edition_operations()))
    installed = dict.fromkeys(r.id for r in derived_requirements(installed_operations()))
    prose = (r.id for r in prose_requirements() if not _has_place_of(r))
    lacks = (*(rid for rid in installed if rid not in states), *prose)
    return Edition(str(directory), lacks, tuple(rid for rid in states if rid not in installed))


def not_in_edition() -> frozenset[str]:
    """The ids of the requirements that the edition in use lacks; none where it is the installed one."""
    edition = edition_in_use()
    return frozenset(edition.lacks) if edition else frozenset()


def _has_place_of(requirement: Requirement) -> bool:
    """Whether the edition has the operation, the members and the values that a prose requirement names."""
    if _lost_values().intersection(_WORD.findall(requirement.statement)):
        return False
    whole = installed_operations().get(requirement.operation)
    if whole is None:  # a topic, such as WebSocket
        return True
    own = edition_operations().get(requirement.operation)
    if own is None:
        return False
    paths = (requirement.id.split(".")[1:], requirement.locator.rpartition(" ")[2].split("."))
    return not any(_is_lost(path, own, whole) for path in paths)


@cache
def _lost_values() -> frozenset[str]:
    """The enumerated values of the installed models that no member of the edition has."""
    installed, own = map(_values, (installed_operations(), edition_operations()))
    return installed - own


def _values(covered: Mapping[str, Operation]) -> frozenset[str]:
    members = (
        member
        for operation in covered.values()
        for root in (operation.input, operation.output)
        for member in root.walk()
    )
    return frozenset(value for member in members for value in member.enum)


def _is_lost(path: Sequence[str], own: Operation, whole: Operation) -> bool:
    """Whether `path` begins with members that the `whole` operation has and the edition's `own` lacks."""
    known, kept = (max(_depths(path, operation)) for operation in (whole, own))
    return kept < known


def _depths(path: Sequence[str], operation: Operation) -> Iterator[int]:
    """How far `path` leads below the request, and below the reply."""
    for part in _PARTS:
        member: Member = getattr(operation, part)
        depth = 0
        for name in path:
            below: Mapping[str, Member] = {child.name: child for child in member.members}
            if name not in below:
                break
            member, depth = below[name], depth + 1
        yield depth
