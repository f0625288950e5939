"""Faults of GetTranscript by which what a page shows depends on how it was asked for, or on who reads it."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import datetime

from conformance.reference.clock import iso
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults_kit.fault import Seed, declare
from conformance.reference.faults_kit.hooks import gives, refuses
from conformance.reference.participants import CUSTOMER
from conformance.reference.service import ReferenceService
from conformance.reference.state import MESSAGE
from conformance.reference.transcript import BACKWARD

NAME, SUBJECT = "GetTranscript", "transcript-pages"
TIME = "GetTranscript.StartPosition.absolute-time"
MAY = ("GetTranscript.*", "*.PersistentChat.*", "*.ClientToken.*", "Surfaces.*", "SendMessage.*", "LifeCycle.*")
VALUES = ("null", "0", "false", "undefined", "[]", "{}")
When = Callable[[Call], bool]
Change = Callable[[Call, Members], Members]


def _where(when: When, change: Change) -> Seed:
    """Pages for whose requests `when` holds are what `change` makes of them."""

    def changed(_: Context, call: Call, members: Members) -> Members:
        return change(call, members) if when(call) else members

    return lambda service: gives(service, NAME, changed)


def _escaped(item: Members) -> Members:
    return {**item, "Content": html.escape(item["Content"])} if item["Type"] == MESSAGE else item


def _short(item: Members) -> Members:
    return {**item, "Content": item["Content"][:20]} if item["Type"] == MESSAGE else item


def _nameless(item: Members) -> Members:
    return {name: value for name, value in item.items() if name != "DisplayName"}


def _early(item: Members) -> Members:
    return {**item, "AbsoluteTime": f"{item['AbsoluteTime'][:20]}000Z"}


def _each(change: Callable[[Members], Members]) -> Change:
    return lambda _, members: {**members, "Transcript": [change(item) for item in members["Transcript"]]}


def _continued(call: Call) -> bool:
    return bool(call.get("NextToken"))


def _named(call: Call) -> bool:
    return call.get("ContactId") is not None


def _by_a_bot(call: Call) -> bool:
    return call.participant.role != CUSTOMER


def _from_a_time(call: Call) -> bool:
    return "AbsoluteTime" in (call.get("StartPosition") or {})


def _turned(_: Call, members: Members) -> Members:
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


FAULTS = tuple(
    declare(name, says, _where(when, change), red, may=MAY)
    for name, says, red, when, change in (
        (
            "escapes-later-pages",
            "Markup is shown escaped on later pages.",
            "GetTranscript.NextToken.same-items",
            _continued,
            _each(_escaped),
        ),
        (
            "names-nobody-on-later-pages",
            "Later pages show no DisplayName.",
            "GetTranscript.NextToken.same-items",
            _continued,
            _each(_nameless),
        ),
        (
            "shows-bots-escaped-markup",
            "Bots are shown escaped markup.",
            "GetTranscript.NextToken.same-items",
            _by_a_bot,
            _each(_escaped),
        ),
        (
            "shows-bots-whole-seconds",
            "Bots are shown times of whole seconds.",
            "GetTranscript.NextToken.same-items",
            _by_a_bot,
            _each(_early),
        ),
        (
            "shortens-small-pages",
            "On pages of fewer than 5 items a message is shown with 20 characters.",
            "GetTranscript.NextToken.same-items",
            lambda call: (call.get("MaxResults") or 10) < 5,  # noqa: PLR2004 - as it says
            _each(_short),
        ),
        (
            "shortens-pages-from-a-start",
            "From a StartPosition a message is shown with 20 characters.",
            "GetTranscript.NextToken.same-items",
            lambda call: bool(call.get("StartPosition")),
            _each(_short),
        ),
        (
            "shortens-plain-pages",
            "Without any parameter a message is shown with 20 characters.",
            "GetTranscript.NextToken.same-items",
            lambda call: not {name for name, value in call.arguments.items() if value} - {"ConnectionToken"},
            _each(_short),
        ),
        (
            "names-the-reader-as-the-first-contact",
            "For bots the InitialContactId is their own ParticipantId.",
            "GetTranscript.InitialContactId.of-a-new-chat",
            _by_a_bot,
            _of_another,
        ),
        (
            "has-one-page-of-a-named-chat",
            "With a ContactId there is one page only.",
            "GetTranscript.NextToken.nothing-lost",
            _named,
            _last,
        ),
        (
            "turns-pages-of-a-named-chat",
            "With a ContactId pages are sorted the other way.",
            "GetTranscript.SortOrder.descending",
            _named,
            _turned,
        ),
        (
            "turns-pages-from-a-time",
            "From a time pages are sorted the other way.",
            "GetTranscript.SortOrder.descending",
            _from_a_time,
            _turned,
        ),
        (
            "turns-pages-without-a-direction",
            "From a start without a ScanDirection pages are sorted the other way.",
            "GetTranscript.SortOrder.descending",
            lambda call: bool(call.get("StartPosition")) and call.get("ScanDirection") is None,
            _turned,
        ),
        (
            "finds-nothing-from-other-times",
            "From a time outside the chat nothing is shown.",
            "GetTranscript.StartPosition.absolute-time",
            _from_a_time,
            _none_outside,
        ),
    )
)


def _refuses_values(service: ReferenceService) -> None:
    refuses(service, "SendMessage", lambda call: call.get("Content") in VALUES)


REFUSING = declare(
    "takes-values-for-nothing",
    "A message that looks like an empty value is refused.",
    _refuses_values,
    "GetTranscript.Transcript.content-markup",
    may=MAY,
)
