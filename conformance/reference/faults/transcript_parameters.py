"""Faults of GetTranscript's parameters: the size of a page, its order, its direction and its start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal
from conformance.reference.faults_kit.fault import Rows, fault
from conformance.reference.faults_kit.hooks import into, on_refusal, refuses, takes
from conformance.reference.service import ReferenceService
from conformance.reference.state import Contact

NAME = "GetTranscript"
PAGES = (
    *("GetTranscript.*", "*.InitialMessage.*", "*.PersistentChat.*", "Surfaces.*", "Clients.*"),
    "CompleteAttachmentUpload.effect.item-in-transcript",
)
LARGEST = 100  # items that a page may hold
Arguments = Mapping[str, Any]
Change = Callable[[Context, Call], Arguments]


_taken = Rows(into(takes, NAME), may=PAGES)


def _start(call: Call) -> Mapping[str, Any]:
    return {name: value for name, value in (call.get("StartPosition") or {}).items() if value is not None}


def _oldest(call: Call) -> Arguments:
    """The parameters of a page that begins with the oldest item."""
    items = call.contact.items
    return {"StartPosition": {"Id": items[0].id}, "ScanDirection": "FORWARD"} if items else {}


def _shift(call: Call, by: int) -> Arguments:
    """The start item `by` places further on."""
    items, wanted = call.contact.items, _start(call).get("Id")
    places = [place + by for place, item in enumerate(items) if item.id == wanted]
    inside = places and 0 <= places[0] < len(items)
    return {"StartPosition": {"Id": items[places[0]].id}} if inside else {}


def _unless(given: str, **instead: Any) -> Change:
    return lambda _, call: {} if call.get(given) else instead


def _when(
    condition: Callable[[Call], object], instead: Callable[[Call], Arguments]
) -> Callable[[Context, Call], Arguments]:
    return lambda _, call: instead(call) if condition(call) and not call.get("NextToken") else {}


def _forward(call: Call) -> bool:
    return bool(_start(call)) and call.get("ScanDirection") != "BACKWARD"


def _at_second(call: Call) -> Arguments:
    return {"StartPosition": {"AbsoluteTime": _start(call)["AbsoluteTime"][:19] + "Z"}}


TAKEN = (
    _taken(
        "pages-of-fifteen",
        "A page contains 15 items by default.",
        _unless("MaxResults", MaxResults=15),
        "GetTranscript.MaxResults.default",
    ),
    _taken(
        "pages-of-nine",
        "A page contains 9 items by default.",
        _unless("MaxResults", MaxResults=9),
        "GetTranscript.MaxResults.full-page",
    ),
    _taken(
        "pages-of-fifteen-ascending",
        "A page with SortOrder ASCENDING contains 15 items by default.",
        lambda _, call: (
            {"MaxResults": 15} if call.get("SortOrder") == "ASCENDING" and not call.get("MaxResults") else {}
        ),
        "GetTranscript.MaxResults.default",
    ),
    _taken(
        "one-item-too-many",
        "A page contains one item more than MaxResults.",
        lambda _, call: {"MaxResults": call.get("MaxResults") + 1} if call.get("MaxResults") else {},
        "GetTranscript.MaxResults.never-exceeded",
    ),
    _taken(
        "one-item-too-many-forward",
        "A page with ScanDirection FORWARD contains one item more than MaxResults.",
        lambda _, call: {"MaxResults": call.get("MaxResults") + 1} if call.get("MaxResults") and _forward(call) else {},
        "GetTranscript.MaxResults.never-exceeded",
    ),
    _taken(
        "largest-pages-by-next-token",
        "A page for a NextToken contains up to 100 items, whatever MaxResults is.",
        lambda _, call: {"MaxResults": LARGEST} if call.get("NextToken") and call.get("MaxResults") else {},
        "GetTranscript.MaxResults.never-exceeded",
    ),
    _taken(
        "one-item-too-many-of-100",
        "A page with MaxResults 100 contains 101 items.",
        lambda _, call: {"MaxResults": 101} if call.get("MaxResults") == LARGEST else {},
        "GetTranscript.MaxResults.never-exceeded",
    ),
    _taken(
        "pages-of-fifteen-from-a-start",
        "A page with a StartPosition contains 15 items by default.",
        lambda _, call: {"MaxResults": 15} if _start(call) and not call.get("MaxResults") else {},
        "GetTranscript.MaxResults.default",
    ),
    _taken(
        "ascending-by-default",
        "A page without SortOrder lists the oldest item first.",
        _unless("SortOrder", SortOrder="ASCENDING"),
        "GetTranscript.SortOrder.default",
    ),
    _taken(
        "always-descending",
        "The endpoint ignores SortOrder and lists the newest item first.",
        lambda _, __: {"SortOrder": "DESCENDING"},
        "GetTranscript.SortOrder.ascending",
        "GetTranscript.SortOrder.reverse",
    ),
    _taken(
        "always-ascending",
        "The endpoint ignores SortOrder and lists the oldest item first.",
        lambda _, __: {"SortOrder": "ASCENDING"},
        "GetTranscript.SortOrder.descending",
        "GetTranscript.SortOrder.reverse",
    ),
    _taken(
        "sorts-before-it-scans",
        "A page with SortOrder ASCENDING begins with the oldest item of the chat instead of that of the page.",
        _when(lambda call: call.get("SortOrder") == "ASCENDING" and not _start(call), _oldest),
        "GetTranscript.SortOrder.reverse",
    ),
    _taken(
        "begins-at-the-oldest",
        "A page without StartPosition begins with the oldest item.",
        _when(lambda call: not _start(call), _oldest),
        "GetTranscript.ScanDirection.default-backward",
    ),
    _taken(
        "backward-from-a-start",
        "A page with a StartPosition and no ScanDirection contains earlier items.",
        _when(lambda call: _start(call) and not call.get("ScanDirection"), lambda _: {"ScanDirection": "BACKWARD"}),
        "GetTranscript.ScanDirection.default-forward",
    ),
    _taken(
        "forward-from-any-start",
        "A page with a StartPosition contains later items, whatever the ScanDirection is.",
        _when(_start, lambda _: {"ScanDirection": "FORWARD"}),
        "GetTranscript.ScanDirection.backward",
        "GetTranscript.StartPosition.id",
        "GetTranscript.NextToken.from-start-position",
    ),
    _taken(
        "forward-without-a-start",
        "The endpoint treats FORWARD without StartPosition as BACKWARD.",
        _when(lambda call: not _start(call), lambda _: {"ScanDirection": "BACKWARD"}),
        "GetTranscript.ScanDirection.forward-needs-start",
    ),
    _taken(
        "ignores-the-start",
        "The endpoint ignores StartPosition.",
        _when(_start, lambda _: {"StartPosition": None, "ScanDirection": "BACKWARD"}),
        "GetTranscript.StartPosition.id",
        "GetTranscript.StartPosition.absolute-time",
        "GetTranscript.ScanDirection.default-forward",
    ),
    _taken(
        "starts-two-items-later",
        "A page with FORWARD begins two items after its StartPosition.",
        _when(lambda call: _forward(call) and "Id" in _start(call), lambda call: _shift(call, 2)),
        "GetTranscript.StartPosition.id",
        "GetTranscript.NextToken.from-start-position",
    ),
    _taken(
        "starts-one-item-earlier",
        "A page with FORWARD begins one item before its StartPosition.",
        _when(lambda call: _forward(call) and "Id" in _start(call), lambda call: _shift(call, -1)),
        "GetTranscript.StartPosition.id",
    ),
    _taken(
        "starts-two-items-earlier-backward",
        "A page with BACKWARD begins two items before its StartPosition.",
        _when(lambda call: "Id" in _start(call) and not _forward(call), lambda call: _shift(call, -2)),
        "GetTranscript.StartPosition.id",
    ),
    _taken(
        "times-in-seconds",
        "The endpoint ignores the fraction of an AbsoluteTime in StartPosition.",
        _when(lambda call: _forward(call) and "AbsoluteTime" in _start(call), _at_second),
        "GetTranscript.StartPosition.absolute-time",
    ),
)


@fault("GetTranscript.StartPosition.absolute-time-unreadable")
def takes_any_text_for_a_time(service: ReferenceService) -> None:
    """The endpoint answers an AbsoluteTime that is no time with an empty transcript."""

    def act(_: Context, call: Call, __: Refusal) -> Members | None:
        unreadable = "AbsoluteTime" in _start(call)
        return {"InitialContactId": call.contact.id, "Transcript": []} if unreadable else None

    on_refusal(service, NAME, act)


@fault("GetTranscript.StartPosition.empty", may=PAGES)
def refuses_an_empty_start(service: ReferenceService) -> None:
    """The endpoint refuses an empty StartPosition."""
    refuses(service, NAME, lambda call: call.get("StartPosition") == {})


@fault("GetTranscript.StartPosition.id-of-another-chat", may=("GetTranscript.StartPosition.*",))
def starts_at_any_item(service: ReferenceService) -> None:
    """The endpoint returns items of another chat for the Id of an item of that chat."""

    def act(context: Context, call: Call, _: Refusal) -> Members | None:
        owner = _owner_of(context, str(_start(call).get("Id")))
        if owner is None:
            return None
        return {"InitialContactId": call.contact.id, "Transcript": [_plain(item.id, item.type) for item in owner.items]}

    on_refusal(service, NAME, act)


def _plain(item_id: str, kind: str) -> Members:
    return {"Id": item_id, "Type": kind, "AbsoluteTime": "2026-01-01T00:00:00.000Z"}


def _owner_of(context: Context, item_id: str) -> Contact | None:
    return next((c for c in context.state.contacts.values() if any(i.id == item_id for i in c.items)), None)
