"""Known deviations: what the owner of an endpoint knows to be broken, from a TOML file, with a reason and an end.

What a deviation does to a verdict is said in `reports.deviations`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Self

from conformance.contract.catalogue import catalogue
from conformance.contract.model import operations
from conformance.contract.suggestions import did_you_mean
from conformance.contract.toml_files import read_toml

_DATES = ("since", "expires")
_NEEDED = ("reason", "owner", *_DATES)
_NAMES = frozenset({"requirement", "operation", "edge", "target", *_NEEDED})
FORM = "[[deviation]] tables with requirement (or operation), reason, owner, since, expires; edge and target if need be"


class DeviationError(ValueError):
    """A list of deviations cannot be used; the text says what, where and what to do."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """One thing that is known to be broken until `expires`, the last day on which it is excused.

    `requirement` is an id; for an operation that is not implemented, `operation` replaces it. As a condition,
    `edge` is a glob of the fixed examples that may break the promise, and `target` one of the endpoint's address.
    """

    requirement: str | None
    operation: str | None
    reason: str
    owner: str
    since: date
    expires: date
    edge: str | None = None
    target: str | None = None

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        """The deviation that `plain` made a value of."""
        return cls(**{**plain, **{name: date.fromisoformat(plain[name]) for name in _DATES}})

    def plain(self) -> dict[str, Any]:
        """The deviation as a JSON value, for the ledger's header."""
        dates = {name: getattr(self, name).isoformat() for name in _DATES}
        return {**{name: getattr(self, name) for name in sorted(_NAMES)}, **dates}

    def applies_to(self, address: str) -> bool:
        """Whether the condition on the target, if any, holds for an endpoint at `address`."""
        return self.target is None or fnmatchcase(address, self.target)

    def expired_on(self, day: date) -> bool:
        """Whether `day` (UTC) lies behind the last one on which this is excused."""
        return day > self.expires


def read_deviations(path: Path) -> tuple[Deviation, ...]:
    """The deviations in the file at `path`. Raises DeviationError with one sentence for a file that cannot be used."""
    try:
        document = read_toml(path)
    except OSError as wrong:
        raise DeviationError(f"{path} cannot be read ({wrong.strerror}): name a TOML file") from wrong
    except ValueError as wrong:
        raise DeviationError(f"{path} is {wrong}: write {FORM}") from wrong
    tables = document.get("deviation")
    if set(document) != {"deviation"} or not isinstance(tables, list):
        raise DeviationError(f"{path} holds no list of deviations: write {FORM}")
    return tuple(_deviation(f"{path}, number {number}", table) for number, table in enumerate(tables, 1))


def _deviation(place: str, table: Any) -> Deviation:
    if not isinstance(table, Mapping) or (unknown := set(table) - _NAMES):
        stray = f"{min(unknown)!r} is no part of it" if isinstance(table, Mapping) else "it is no table"
        raise DeviationError(f"{place}: {stray}: write {FORM}")
    for name in _NEEDED:
        if not isinstance(table.get(name), date if name in _DATES else str):
            kind = "a date such as 2027-01-31" if name in _DATES else "a text"
            raise DeviationError(f"{place}: {name} is missing or not {kind}: write {FORM}")
    _refuse_unknown(place, table)
    return Deviation(**{"requirement": None, "operation": None, **table})


def _refuse_unknown(place: str, table: Mapping[str, Any]) -> None:
    """Raise DeviationError unless the table names exactly one requirement or operation that there is."""
    requirement, operation = table.get("requirement"), table.get("operation")
    if (requirement is None) == (operation is None):
        raise DeviationError(f"{place}: give either requirement, or operation for one that is not implemented")
    if requirement is not None and requirement not in catalogue():
        hint = did_you_mean(requirement, catalogue()) or "connect-conformance requirements lists all"
        raise DeviationError(f"{place}: {requirement!r} is no requirement: {hint}")
    if operation is not None and operation not in operations():
        hint = did_you_mean(operation, operations()) or ", ".join(operations())
        raise DeviationError(f"{place}: {operation!r} is no operation of the contract: {hint}")
