"""Faults of NextToken: where it leads, where it ends, how often it works, and for whom."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conformance.reference.context import Call, Context, Members
from conformance.reference.faults.transcript_paging import PAGED
from conformance.reference.faults_kit.fault import fault
from conformance.reference.faults_kit.hooks import gives, on_refusal, takes
from conformance.reference.service import ReferenceService
from conformance.reference.transcript import BACKWARD, Cursor, seal, unseal

NAME = "GetTranscript"


@fault("GetTranscript.NextToken.ends", may=PAGED)
def pages_without_end(service: ReferenceService) -> None:
    """GetTranscript gives a NextToken on the last page and on each empty page behind it."""

    def change(context: Context, call: Call, members: Members) -> Members:
        more = seal(context, call.contact, Cursor(BACKWARD, 0))
        return {"NextToken": more, **members} if not call.get("StartPosition") else members

    gives(service, NAME, change)


@fault("GetTranscript.NextToken.ends", may=PAGED)
def begins_again_after_the_last_page(service: ReferenceService) -> None:
    """GetTranscript gives a NextToken on the last page, which leads to the first one."""

    def change(context: Context, call: Call, members: Members) -> Members:
        first = seal(context, call.contact, Cursor(BACKWARD, len(call.contact.items)))
        return {"NextToken": first, **members} if call.get("NextToken") else members

    gives(service, NAME, change)


@fault("GetTranscript.NextToken.nothing-lost", "GetTranscript.NextToken.nothing-repeated", may=("*",))
def forgets_the_token(service: ReferenceService) -> None:
    """GetTranscript ignores a NextToken and shows the first page."""
    takes(service, NAME, lambda _, __: {"NextToken": None})


@fault("GetTranscript.NextToken.new-items-while-paging", may=PAGED)
def counts_from_the_newest_item(service: ReferenceService) -> None:
    """A NextToken counts items from the newest one, so that what is sent meanwhile shifts all pages."""
    counted: dict[str, int] = {}

    def read(context: Context, call: Call) -> dict[str, Any]:
        token = call.get("NextToken")
        if token is None or token not in counted:
            return {}
        cursor, more = unseal(context, call, call.contact, token), len(call.contact.items) - counted[token]
        return {"NextToken": seal(context, call.contact, replace(cursor, position=cursor.position + more))}

    def counting(_: Context, call: Call, members: Members) -> Members:
        if "NextToken" in members:
            counted[members["NextToken"]] = len(call.contact.items)
        return members

    takes(service, NAME, read)
    gives(service, NAME, counting)


@fault("GetTranscript.NextToken.repeatable", may=PAGED)
def takes_each_token_once(service: ReferenceService) -> None:
    """A NextToken that was used leads to an empty page."""
    used: set[str] = set()

    def change(_: Context, call: Call, members: Members) -> Members:
        token = call.get("NextToken")
        if token in used:
            return {**members, "Transcript": []}
        used.update([token] if token else [])
        return members

    gives(service, NAME, change)


@fault("GetTranscript.NextToken.of-another-chat", may=("GetTranscript.NextToken.*",))
def pages_on_in_any_chat(service: ReferenceService) -> None:
    """The endpoint returns items of another chat for the NextToken of that chat."""
    given: dict[str, Members] = {}

    def keep(_: Context, __: Call, members: Members) -> Members:
        if "NextToken" in members:
            given[members["NextToken"]] = members
        return members

    gives(service, NAME, keep)
    on_refusal(service, NAME, lambda _, call, __: given.get(call.get("NextToken") or ""))
