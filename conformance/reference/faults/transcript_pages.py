"""Faults of GetTranscript by which what a page shows depends on how it was asked for, or on who reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from conformance.reference.clock import iso
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults_kit.fault import Fault, Rows, Seed, fault
from conformance.reference.faults_kit.hooks import gives, refuses
from conformance.reference.faults_kit.operators import ESCAPED_FOR_HTML, Place, TextOperator, cut_after
from conformance.reference.participants import CUSTOMER
from conformance.reference.service import ReferenceService
from conformance.reference.state import MESSAGE
from conformance.reference.transcript import BACKWARD

NAME = "GetTranscript"
MAY = ("GetTranscript.*", "*.PersistentChat.*", "*.ClientToken.*", "Surfaces.*", "SendMessage.*", "LifeCycle.*")
VALUES = ("null", "0", "false", "undefined", "[]", "{}")
When = Callable[[Call], bool]
Change = Callable[[Call, Members], Members]
TextChange = Callable[[str], str]


def _where(page: tuple[When, Change]) -> Seed:
    """Pages for whose requests the first part holds are what the second makes of them."""
    when, change = page

    def alter(_: Context, call: Call, members: Members) -> Members:
        return change(call, members) if when(call) else members

    return lambda service: gives(service, NAME, alter)


def _content(change: TextChange) -> Change:
    """Each message of a page is shown with its content changed."""
    return _each(lambda i: {**i, "Content": change(i["Content"])} if i["Type"] == MESSAGE else i)


def _nameless(item: Members) -> Members:
    return {name: value for name, value in item.items() if name != "DisplayName"}


def _early(item: Members) -> Members:
    return {**item, "AbsoluteTime": f"{item['AbsoluteTime'][:20]}000Z"}


def _each(change: Callable[[Members], Members]) -> Change:
    return lambda _, members: {**members, "Transcript": [change(item) for item in members["Transcript"]]}


def _is_continued(call: Call) -> bool:
    return bool(call.get("NextToken"))


def _names_a_contact(call: Call) -> bool:
    return call.get("ContactId") is not None


def _by_a_bot(call: Call) -> bool:
    return call.participant.role != CUSTOMER


def _from_a_time(call: Call) -> bool:
    return "AbsoluteTime" in (call.get("StartPosition") or {})


def _turn(_: Call, members: Members) -> Members:
    return {**members, "Transcript": members["Transcript"][::-1]}


def _last(_: Call, members: Members) -> Members:
    return {name: value for name, value in members.items() if name != "NextToken"}


def _of_another(call: Call, members: Members) -> Members:
    return {**members, "InitialContactId": call.participant.id}


def _none_outside(call: Call, members: Members) -> Members:
    """Nothing where the time lies before the first item or after the last one."""
    at = iso(round(datetime.fromisoformat(call.get("StartPosition")["AbsoluteTime"]).timestamp() * 1000))
    items = call.contact.items
    ahead = call.get("ScanDirection") == BACKWARD and bool(items) and at > iso(items[-1].at)
    return {**members, "Transcript": []} if ahead or (items and at < iso(items[0].at)) else members


def _messages(where: str, when: When, operators: Mapping[str, TextOperator]) -> tuple[Fault, ...]:
    """The faults of messages on the pages for whose requests `when` holds. `where` ends a sentence."""
    place = Place(
        f"GetTranscript shows a message {where}",
        lambda change: _where((when, _content(change))),
        "GetTranscript.NextToken.same-items",
        may=MAY,
    )
    return place.faults(operators)


CONTENTS = (
    *_messages("on a later page", _is_continued, {"escapes-later-pages": ESCAPED_FOR_HTML}),
    *_messages("to a bot", _by_a_bot, {"shows-bots-escaped-markup": ESCAPED_FOR_HTML}),
    *_messages(
        "on a page of fewer than 5 items",
        lambda call: (call.get("MaxResults") or 10) < 5,  # noqa: PLR2004 - as it says
        {"shortens-small-pages": cut_after(20)},
    ),
    *_messages(
        "on a page from a StartPosition",
        lambda call: bool(call.get("StartPosition")),
        {"shortens-pages-from-a-start": cut_after(20)},
    ),
    *_messages(
        "on a page without any parameter",
        lambda call: not {name for name, value in call.arguments.items() if value} - {"ConnectionToken"},
        {"shortens-plain-pages": cut_after(20)},
    ),
)


_on_pages = Rows(_where, may=MAY)
PAGES = (
    _on_pages(
        "names-nobody-on-later-pages",
        "GetTranscript shows no DisplayName on later pages.",
        (_is_continued, _each(_nameless)),
        "GetTranscript.NextToken.same-items",
    ),
    _on_pages(
        "shows-bots-whole-seconds",
        "GetTranscript shows bots times of whole seconds.",
        (_by_a_bot, _each(_early)),
        "GetTranscript.NextToken.same-items",
    ),
    _on_pages(
        "names-the-reader-as-the-first-contact",
        "GetTranscript shows bots their own ParticipantId as the InitialContactId.",
        (_by_a_bot, _of_another),
        "GetTranscript.InitialContactId.of-a-new-chat",
    ),
    _on_pages(
        "has-one-page-of-a-named-chat",
        "GetTranscript shows only one page where it is given a ContactId.",
        (_names_a_contact, _last),
        "GetTranscript.NextToken.nothing-lost",
    ),
    _on_pages(
        "turns-pages-of-a-named-chat",
        "GetTranscript sorts pages the other way where it is given a ContactId.",
        (_names_a_contact, _turn),
        "GetTranscript.SortOrder.descending",
    ),
    _on_pages(
        "turns-pages-from-a-time",
        "GetTranscript sorts pages from a time the other way.",
        (_from_a_time, _turn),
        "GetTranscript.SortOrder.descending",
    ),
    _on_pages(
        "turns-pages-without-a-direction",
        "GetTranscript sorts pages from a start without a ScanDirection the other way.",
        (lambda call: bool(call.get("StartPosition")) and call.get("ScanDirection") is None, _turn),
        "GetTranscript.SortOrder.descending",
    ),
    _on_pages(
        "finds-nothing-from-other-times",
        "GetTranscript shows nothing from a time outside the chat.",
        (_from_a_time, _none_outside),
        "GetTranscript.StartPosition.absolute-time",
    ),
)


@fault("GetTranscript.Transcript.content-markup", may=MAY)
def takes_values_for_nothing(service: ReferenceService) -> None:
    """The endpoint refuses a message that looks like an empty value."""
    refuses(service, "SendMessage", lambda call: call.get("Content") in VALUES)
