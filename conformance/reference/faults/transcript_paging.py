"""Faults of paging by NextToken: which items it loses or repeats, and at which edges only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.reference.context import Call, Context, Members
from conformance.reference.faults_kit.fault import Rows, Seed
from conformance.reference.faults_kit.hooks import gives
from conformance.reference.service import ReferenceService
from conformance.reference.transcript import BACKWARD, FORWARD, Cursor, seal, unseal

NAME = "GetTranscript"
PAGED = (
    "GetTranscript.NextToken.*",
    "*.InitialMessage.*",
    "*.PersistentChat.*",
    "CompleteAttachmentUpload.effect.item-in-transcript",
    "GetTranscript.Transcript.*",
)
Shift = Callable[[Call, Cursor, int], int]


def tokens_lead(shift: Shift) -> Seed:
    """Each NextToken leads as many items further in its direction as `shift` says: less than 0 repeats some.

    `shift` is given the call, where its NextToken leads, and how many items the chat has.
    """

    def seed(service: ReferenceService) -> None:
        def change(context: Context, call: Call, members: Members) -> Members:
            if "NextToken" not in members:
                return members
            cursor = unseal(context, call, call.contact, members["NextToken"])
            total = len(call.contact.items)
            by = shift(call, cursor, total) * (1 if cursor.direction == FORWARD else -1)
            place = max(0, min(cursor.position + by, total))
            return {**members, "NextToken": seal(context, call.contact, replace(cursor, position=place))}

        gives(service, NAME, change)

    return seed


def tokens_end(when: Callable[[Call, Cursor, int], bool]) -> Seed:
    """There is no NextToken where `when` holds for the call, where it leads, and how many items the chat has."""

    def seed(service: ReferenceService) -> None:
        def change(context: Context, call: Call, members: Members) -> Members:
            if "NextToken" not in members:
                return members
            if not when(call, unseal(context, call, call.contact, members["NextToken"]), len(call.contact.items)):
                return members
            return {name: value for name, value in members.items() if name != "NextToken"}

        gives(service, NAME, change)

    return seed


def _size(call: Call) -> int:
    return call.get("MaxResults") or 10


def _items_beyond(cursor: Cursor, total: int) -> int:
    """How many items lie beyond the place that a cursor names."""
    return total - cursor.position if cursor.direction == FORWARD else cursor.position


def _from(call: Call) -> bool:
    return bool(call.get("StartPosition"))


_leading, _ending = Rows(tokens_lead, may=PAGED), Rows(tokens_end, may=PAGED)
LOSES = (
    _leading(
        "loses-an-item-at-each-edge",
        "GetTranscript leaves out the item after each page's last one.",
        lambda *_: 1,
        "GetTranscript.NextToken.nothing-lost",
        "GetTranscript.NextToken.any-page-size",
        "GetTranscript.NextToken.sort-order",
        "GetTranscript.NextToken.from-start-position",
        "GetTranscript.NextToken.new-items-while-paging",
    ),
    _leading(
        "loses-an-item-going-forward",
        "GetTranscript leaves out the item after each page's last one when it goes forward.",
        lambda _, cursor, __: int(cursor.direction == FORWARD),
        "GetTranscript.NextToken.forward",
        "GetTranscript.NextToken.from-start-position",
    ),
    _leading(
        "loses-an-item-going-backward-from-a-start",
        "GetTranscript leaves out the item after each page's last one when it goes backward from a StartPosition.",
        lambda call, cursor, _: int(cursor.direction == BACKWARD and _from(call)),
        "GetTranscript.NextToken.forward",
        "GetTranscript.NextToken.from-start-position",
    ),
    _leading(
        "loses-an-item-of-ascending-pages",
        "GetTranscript leaves out the item after each page's last one with SortOrder ASCENDING.",
        lambda call, *_: int(call.get("SortOrder") == "ASCENDING"),
        "GetTranscript.NextToken.sort-order",
        "GetTranscript.NextToken.nothing-lost",
    ),
    _leading(
        "loses-an-item-of-the-smallest-pages",
        "GetTranscript leaves out every other item where a page has one item.",
        lambda call, *_: int(_size(call) == 1),
        "GetTranscript.NextToken.any-page-size",
        "GetTranscript.NextToken.nothing-lost",
    ),
    _leading(
        "loses-an-item-of-pages-of-11-and-more",
        "GetTranscript leaves out the item after each page's last one where pages exceed the default size.",
        lambda call, *_: int(_size(call) > 10),  # noqa: PLR2004 - the default size
        "GetTranscript.NextToken.any-page-size",
        "GetTranscript.NextToken.nothing-lost",
    ),
    _leading(
        "loses-the-first-item-of-the-last-page",
        "GetTranscript leaves out the first item of a last page that is not full.",
        lambda call, cursor, total: int(_items_beyond(cursor, total) < _size(call)),
        "GetTranscript.NextToken.any-page-size",
        "GetTranscript.NextToken.nothing-lost",
    ),
    _ending(
        "loses-the-very-last-item",
        "GetTranscript leaves out a last page of one item.",
        lambda _, cursor, total: _items_beyond(cursor, total) == 1,
        "GetTranscript.NextToken.any-page-size",
        "GetTranscript.NextToken.nothing-lost",
        "GetTranscript.NextToken.present-while-more",
    ),
    _ending(
        "loses-the-last-page-where-it-is-full",
        "GetTranscript leaves out a last page that is full.",
        lambda call, cursor, total: _items_beyond(cursor, total) == _size(call),
        "GetTranscript.NextToken.any-page-size",
        "GetTranscript.NextToken.nothing-lost",
        "GetTranscript.NextToken.present-while-more",
    ),
    _ending(
        "has-twenty-items-at-most",
        "GetTranscript ends its pages after 20 items.",
        lambda _, cursor, total: total - _items_beyond(cursor, total) >= 20,  # noqa: PLR2004 - see the sentence
        "GetTranscript.NextToken.any-page-size",
        "GetTranscript.NextToken.nothing-lost",
        "GetTranscript.NextToken.present-while-more",
    ),
    _ending(
        "has-one-page-only",
        "GetTranscript gives no NextToken on a first page, whatever remains.",
        lambda *_: True,
        "GetTranscript.NextToken.nothing-lost",
        "GetTranscript.NextToken.present-while-more",
        "GetTranscript.NextToken.any-page-size",
        "GetTranscript.NextToken.sort-order",
        "GetTranscript.NextToken.forward",
        "GetTranscript.NextToken.from-start-position",
    ),
    _ending(
        "has-one-page-from-a-start",
        "GetTranscript gives no NextToken on a page from a StartPosition, whatever remains.",
        lambda call, *_: _from(call),
        "GetTranscript.NextToken.forward",
        "GetTranscript.NextToken.from-start-position",
    ),
)
REPEATS = (
    _leading(
        "repeats-an-item-at-each-edge",
        "GetTranscript repeats the last item of a page as the first of the next.",
        lambda call, *_: -int(_size(call) > 1),
        "GetTranscript.NextToken.nothing-repeated",
        "GetTranscript.NextToken.any-page-size",
    ),
    _leading(
        "repeats-an-item-of-pages-of-11-and-more",
        "GetTranscript repeats the last item of a page where pages exceed the default size.",
        lambda call, *_: -int(_size(call) > 10),  # noqa: PLR2004 - the default size
        "GetTranscript.NextToken.nothing-repeated",
    ),
    _leading(
        "fills-the-last-page",
        "GetTranscript fills a last page with items of the one before it.",
        lambda call, cursor, total: min(0, _items_beyond(cursor, total) - _size(call)),
        "GetTranscript.NextToken.nothing-repeated",
    ),
    _leading(
        "repeats-an-item-of-ascending-pages",
        "GetTranscript repeats the last item of a page with SortOrder ASCENDING.",
        lambda call, *_: -int(call.get("SortOrder") == "ASCENDING" and _size(call) > 1),
        "GetTranscript.NextToken.nothing-repeated",
        "GetTranscript.NextToken.sort-order",
    ),
)
