"""Times that may differ where several machines answer: clocks some seconds apart, servers in front, late replicas."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from itertools import cycle

from conformance.contract.wire import Request, Response
from conformance.reference.clock import HOUR, MINUTE, SECOND, Clock, http_date
from conformance.reference.context import Call, Context, Members
from conformance.reference.service import ReferenceService
from conformance.reference.state import Item
from conformance.reference.variants.variant import Change, Variant

OF_MACHINES = (-4 * SECOND, 0, 3 * SECOND)  # by which the clocks of three machines are ahead
OF_CONTACTS = ("DescribeContact", "GetContactAttributes")
LAG = 250  # milliseconds that a replica's transcript is behind, as for late-transcript
AHEAD = 20 * MINUTE  # more than a signature may be off
# Variants whose Date header does not show the clock that signatures are checked by. Where that clock is off, too, no
# client can find out by which time to sign.
OTHER_DATES = frozenset(
    {"undated", "dated-in-front", "dated-ahead", "dated-by-a-cache", "clocks-apart", "times-of-machines"}
)


def _date(now: Callable[[], str]) -> Change:
    """The Date header is the text of `now`."""

    def change(_: Request, response: Response) -> Response:
        others = tuple((name, value) for name, value in response.headers if name.lower() != "date")
        return replace(response, headers=(*others, ("Date", now())))

    return change


def _of_a_cache() -> Change:
    """One Date for all replies, two hours before the first."""
    first = formatdate(time.time() - 2 * HOUR / SECOND, usegmt=True)
    return _date(lambda: first)


def machines_in_turn(service: ReferenceService) -> None:
    """Requests are answered by three machines in turn, each with a clock of its own."""
    own, turns, clock = service.handle, cycle(OF_MACHINES), service.context.clock
    clock.most_skew = max(OF_MACHINES)

    def handle(request: Request) -> Response:
        clock.skew = next(turns)
        return own(request)

    service.handle = handle


def _times_of_machines(service: ReferenceService) -> None:
    """A message has the time of the machine that took it, and a transcript is sorted by these times."""
    machines_in_turn(service)
    own, reads = service.handlers["SendMessage"], service.handlers["GetTranscript"]
    paged = set[str]()  # contacts whose pages somebody turns: nothing may move under a NextToken
    dated: dict[tuple[str, int], list[Item]] = {}  # by contact and machine: the items that this machine has dated

    def send_message(context: Context, call: Call) -> Members:
        contact, everything = call.contact, call.contact.items
        if contact.id in paged:
            return own(context, call)
        before = dated.setdefault((contact.id, context.clock.skew), [])
        contact.items = list(before)
        try:
            return own(context, call)
        finally:
            everything += contact.items[len(before) :]
            before[:], contact.items = contact.items, everything
            everything.sort(key=lambda item: item.at)

    def get_transcript(context: Context, call: Call) -> Members:
        members = reads(context, call)
        paged.update([call.contact.id] if "NextToken" in members else [])
        return members

    service.handlers["SendMessage"], service.handlers["GetTranscript"] = send_message, get_transcript


def _replica_behind(service: ReferenceService) -> None:
    """Every second transcript is of a replica that has not heard of the newest items, even if another one has."""
    own, turns = service.handlers["GetTranscript"], cycle((False, True))

    def get_transcript(context: Context, call: Call) -> Members:
        contact, everything = call.contact, call.contact.items
        if next(turns):
            contact.items = [item for item in everything if context.clock.age(item.at) >= LAG]
        try:
            return own(context, call)
        finally:
            contact.items = everything

    service.handlers["GetTranscript"] = get_transcript


def _contact_behind(service: ReferenceService) -> None:
    """Every second description, and every second reading of attributes, has not heard of the newest change."""
    turns = cycle((False, True))
    known: dict[str, tuple[int, dict[str, str]]] = {}  # by contact: when its attributes changed, and what they were
    own = {name: service.handlers[name] for name in ("UpdateContactAttributes", *OF_CONTACTS)}

    def update(context: Context, call: Call) -> Members:
        contact = context.state.contacts.get(call.get("InitialContactId"))
        before = dict(contact.attributes) if contact else {}
        members = own["UpdateContactAttributes"](context, call)
        known[call.get("InitialContactId")] = context.now(), before
        return members

    def read(context: Context, call: Call) -> Members:
        contact = context.state.contacts.get(call.get("InitialContactId") or call.get("ContactId"))
        if contact is None or not next(turns):
            return own[call.operation.name](context, call)
        now = contact.attributes, contact.ended_at
        at, before = known.get(contact.id, (0, contact.attributes))
        contact.attributes = before if context.clock.age(at) < LAG else contact.attributes
        contact.ended_at = contact.ended_at if context.clock.age(contact.ended_at or 0) >= LAG else None
        try:
            return own[call.operation.name](context, call)
        finally:
            contact.attributes, contact.ended_at = now

    service.handlers |= {"UpdateContactAttributes": update, **dict.fromkeys(OF_CONTACTS, read)}


def _clock_ahead(service: ReferenceService) -> None:
    """The endpoint's clock, its Date header and what it asks of signatures are 20 minutes ahead of the tester's."""
    service.context.clock.moved += AHEAD


def _now_in_front() -> str:
    return http_date(Clock().now())


VARIANTS = (
    Variant(
        "clocks-apart",
        "Several machines may answer, with clocks some seconds apart, behind a server with another.",
        alter=machines_in_turn,
        change=_date(_now_in_front),
    ),
    Variant(
        "times-of-machines",
        "A message may have the time of the machine that took it, and the transcript be sorted by these times.",
        alter=_times_of_machines,
        change=_date(_now_in_front),
        warns=("SendMessage.AbsoluteTime.never-back",),
    ),
    Variant(
        "dated-ahead",
        "Date may be that of a server in front whose clock is an hour ahead.",
        change=_date(lambda: formatdate(time.time() + HOUR / SECOND, usegmt=True)),
    ),
    Variant("dated-by-a-cache", "Date may be that of an older reply.", change=_of_a_cache()),
    Variant("replica-behind", "A transcript may come from a replica that lags behind another.", alter=_replica_behind),
    Variant("contact-behind", "A contact may be shown by a replica that lags behind.", alter=_contact_behind),
    Variant(
        "clock-ahead",
        "The endpoint's clock may be another than the tester's.",
        alter=_clock_ahead,
        not_with=OTHER_DATES,
    ),
)
