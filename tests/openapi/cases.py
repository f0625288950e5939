"""What a case is: bodies that a rule forbids and bodies that it allows, written down from the documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.openapi.judging import plain

Bodies = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Case:
    """Bodies that must not fit because of a rule, and bodies that must. A rule that only lets through forbids none.

    They are requests or replies of `operation`, or of the one that the rule's id begins with.
    """

    forbidden: Bodies
    allowed: Bodies
    operation: str = ""


def requests(name: str, member: str, forbidden: Sequence[Any], allowed: Sequence[Any], **besides: Any) -> Case:
    """A case of plain requests in which `member` has each of some values."""
    return Case(
        [plain(name, **besides, **{member: value}) for value in forbidden],
        [plain(name, **besides, **{member: value}) for value in allowed],
        name,
    )
