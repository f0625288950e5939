"""What rests on what: which promises cannot be seen to be kept where another is broken. The relation is rests_on.toml.

A wrong Id in each transcript hides the messages: whatever was promised about them is then broken, or cannot be judged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import cache
from types import MappingProxyType
from typing import Any

from conformance.contract.requirements import Requirement, read_toml


def resting_on(member: str) -> tuple[str, ...]:
    """Globs of the requirements that may break when `member` is wrong in the replies that carry it.

    `member` is an operation and a member's dotted path, or an operation alone: all that its replies state. What holds
    a member and what it holds go wrong together.
    """
    found = [globs for named, globs in _members().items() if _holds(named, member) or _holds(member, named)]
    return tuple(dict.fromkeys(glob for globs in found for glob in globs))


@dataclass(frozen=True, slots=True)
class Basis:
    """Something that others rest on, by its `name`. `place` is its place among all, the most basic first.

    `globs` are those of the requirements that rest on it, and `resting` is a pattern of them.
    """

    name: str
    place: int
    globs: tuple[str, ...]
    itself: re.Pattern[str]
    resting: re.Pattern[str]

    def carries(self, requirement: str) -> bool:
        """Whether the requirement rests on this."""
        return self.resting.fullmatch(requirement) is not None and self.itself.fullmatch(requirement) is None


@cache
def basis_of(requirement: str) -> Basis | None:
    """The narrowest entry of the relation that `requirement` belongs to; None where nothing rests on it."""
    found = (basis for basis in _bases() if basis.itself.fullmatch(requirement))
    return max(found, key=lambda basis: len(basis.name), default=None)


def mechanism_of(requirement: Requirement) -> str | None:
    """The mechanism that a written promise is about, as `SendMessage.ClientToken`; None where it is about no such."""
    facets: Sequence[str] = _table()["mechanisms"]["facets"]
    known = not requirement.derived and requirement.family in facets
    return f"{requirement.operation}.{requirement.family}" if known else None


def obstacles() -> Mapping[str, str]:
    """The requirement that was not kept where a test says that it cannot go on, by the test's words."""
    found: Mapping[str, str] = _table()["obstacles"]
    return found


@cache
def _bases() -> tuple[Basis, ...]:
    entries = [(member, _promises_about(member), globs) for member, globs in _members().items()]
    entries.extend((promise, (promise,), globs) for promise, globs in _table()["promises"].items())
    return tuple(
        Basis(name, place, tuple(globs), _any_of(itself), _any_of(globs))
        for place, (name, itself, globs) in enumerate(entries)
    )


def _promises_about(member: str) -> Sequence[str]:
    """The promises about a `member` of a reply without which it shows nothing, or about all that an operation replies.

    They are about the member itself. What stands inside of it may be wrong, and the rest still be seen.
    """
    operation, _, path = member.partition(".")
    hiding: Sequence[str] = _table()["hiding"]["kinds"]
    return [f"{operation}.output.{path}.{kind}" for kind in hiding] if path else [f"{operation}.success.body"]


def _any_of(globs: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, globs)))


def _members() -> Mapping[str, Sequence[str]]:
    found: Mapping[str, Sequence[str]] = _table()["members"]
    return found


@cache
def _table() -> Mapping[str, Any]:
    return MappingProxyType(read_toml("rests_on.toml"))


def _holds(outer: str, inner: str) -> bool:
    return f"{inner}.".startswith(f"{outer}.")
