"""Which requirements are about the same member: the one that a reader looks for may be its neighbour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

from conformance.contract.catalogue import catalogue
from conformance.contract.edition import not_in_edition
from conformance.contract.requirements import Requirement


def others_of_the_member(requirement: Requirement) -> tuple[Requirement, ...]:
    """The other requirements of the operation and member that `requirement` is about; none where it names no member."""
    same = _by_member().get(_member_of(requirement.id), ())
    named = any(other.constraint for other in same)  # the model has a member so called
    return tuple(other for other in same if named and other.id != requirement.id)


@cache
def _by_member() -> Mapping[str, Sequence[Requirement]]:
    found: defaultdict[str, list[Requirement]] = defaultdict(list)
    for rid in catalogue():
        if rid not in not_in_edition():
            found[_member_of(rid)].append(catalogue()[rid])
    return found


def _member_of(rid: str) -> str:
    """The operation and the path of the member in an id, whether it is one of the request or of the reply."""
    return rid.rpartition(".")[0].replace(".output.", ".")
