"""Reading a transcript page by page, and the items of all pages together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.checks.value_text import actual_text
from conformance.contract.wire import Exchange
from conformance.scenario.next_pages import NextPages
from conformance.scenario.participants import Participant, objects_at
from conformance.scenario.transcripts import Items, ids

FORWARD, BACKWARD = "FORWARD", "BACKWARD"
ASCENDING, DESCENDING = "ASCENDING", "DESCENDING"


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its items as they came, and the token of the next one (None where it is absent, null or empty)."""

    exchange: Exchange
    items: Items
    next_token: str | None

    @property
    def ids(self) -> list[str]:
        """The Ids of the items, as they came."""
        return ids(self.items)


def page(reader: Participant, **parameters: Any) -> Page:
    """One page. Raises SetupFailed when the call is refused."""
    return page_of(reader, reader.transcript(**parameters))


def page_of(reader: Participant, exchange: Exchange) -> Page:
    """The page in the reply of `exchange`. Raises SetupFailed when it is no success."""
    members = reader.scenario.need(exchange)
    return Page(exchange, objects_at(members, "Transcript"), members.get("NextToken") or None)


def pages(reader: Participant, most: int, **parameters: Any) -> Iterator[Page]:
    """Follow NextToken with the other parameters unchanged, for at most `most` pages."""
    next_pages = NextPages()
    for _ in range(most):
        found = page(reader, **parameters, **({"NextToken": next_pages.token} if next_pages.token else {}))
        yield found
        if not next_pages.lead_on(found.items, found.next_token):
            return


@dataclass(frozen=True, slots=True)
class Walk:
    """All pages from a start to the end, or to where the walk was given up (`ended` is False then).

    It is given up at a bound of pages, and where a page leads only to itself.
    """

    parameters: Mapping[str, Any]
    pages: Sequence[Page]

    @property
    def ended(self) -> bool:
        """Whether the last page has no next one."""
        return self.pages[-1].next_token is None

    @property
    def ids(self) -> list[str]:
        """The Ids of all items, the oldest first."""
        backward = self.parameters.get("ScanDirection", BACKWARD) == BACKWARD
        ascending = self.parameters.get("SortOrder") == ASCENDING
        found = [p.ids if ascending else p.ids[::-1] for p in self.pages]
        return [item for listed in (reversed(found) if backward else found) for item in listed]

    def of(self, wanted: Sequence[str]) -> list[str]:
        """Those of `wanted` that the walk came by, the oldest first, each as often as it was seen."""
        known = set(wanted)
        return [item for item in self.ids if item in known]

    def __str__(self) -> str:
        parameters = ", ".join(f"{name} {actual_text(value)}" for name, value in self.parameters.items())
        return f"{parameters or 'no parameters'}: {len(self.pages)} pages"


def walk(reader: Participant, most: int, **parameters: Any) -> Walk:
    """Page through the transcript with `parameters`, giving up after `most` pages."""
    return Walk(parameters, tuple(pages(reader, most, **parameters)))
