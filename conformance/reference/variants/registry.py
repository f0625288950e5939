"""Lawful variants: the same endpoint, right in another way where the documents are silent or leave room.

A suite that blames any of them is wrong. Each variant is a set of choices, a wrapper of the replies, or both.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from conformance.reference.choices import Choices
from conformance.reference.service import Handler, ReferenceService
from conformance.reference.variants import (
    chat_end,
    clocks,
    delays,
    flows_and_bots,
    frames,
    identifiers,
    pages,
    refusals,
    replies,
    unknown_resources,
)
from conformance.reference.variants.variant import Change, Variant
from conformance.wire import Headers, Request, Response


def _without(headers: Headers, name: str) -> Headers:
    return tuple((key, value) for key, value in headers if key.lower() != name.lower())


def _is_api(response: Response) -> bool:
    return "json" in (response.header("Content-Type") or "")


def _remade(response: Response, members: Mapping[str, Any]) -> Response:
    return replace(response, body=json.dumps(members).encode())


def _type_in(place: str, form: str) -> Change:
    """Moves the exception type from the header to a member of the body, decorated as `form`."""

    def change(_: Request, response: Response) -> Response:
        name = response.error_name
        if response.succeeded or name is None:
            return response
        bare = replace(response, headers=_without(response.headers, "x-amzn-ErrorType"))
        return _remade(bare, {**response.members, place: form.format(name)})

    return change


def _suffixed(_: Request, response: Response) -> Response:
    name = response.error_name
    if response.succeeded or name is None:
        return response
    decorated = f"{name}:http://internal.amazon.com/coral/com.amazon.connect/"
    return replace(response, headers=(*_without(response.headers, "x-amzn-ErrorType"), ("X-Amzn-Errortype", decorated)))


def _capital_message(_: Request, response: Response) -> Response:
    members = dict(response.members)
    if response.succeeded or "message" not in members:
        return response
    members["Message"] = members.pop("message")
    return _remade(response, members)


def _other_bad_input(_: Request, response: Response) -> Response:
    if response.error_name != "InvalidParameterException":
        return response
    headers = (*_without(response.headers, "x-amzn-ErrorType"), ("x-amzn-ErrorType", "InvalidRequestException"))
    return replace(response, headers=headers)


def _empty_body(_: Request, response: Response) -> Response:
    return replace(response, body=b"") if response.succeeded and response.body == b"{}" else response


def _extra_members(_: Request, response: Response) -> Response:
    if not response.succeeded or not _is_api(response) or not isinstance(response.members, dict):
        return response
    return _remade(response, {**response.members, "SomethingNew": {"since": 2027}})


_MILLISECONDS = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d{3}Z")


def _whole_seconds_of_expiries(request: Request, response: Response) -> Response:
    """Expiries only: an item's time is also what the transcript is started from."""
    if request.path not in (
        "/participant/connection",
        "/participant/start-attachment-upload",
        "/participant/attachment",
    ):
        return response
    return replace(response, body=_MILLISECONDS.sub(rb"\1Z", response.body))


def _nulls(_: Request, response: Response) -> Response:
    if not response.succeeded or not _is_api(response):
        return response
    return _remade(response, {**response.members, "NextToken": response.members.get("NextToken")})


def _empty_next_token(request: Request, response: Response) -> Response:
    if request.path != "/participant/transcript" or not response.succeeded:
        return response
    return _remade(response, {"NextToken": "", **response.members})


def _closing(_: Request, response: Response) -> Response:
    return replace(response, headers=(*response.headers, ("Connection", "close")))


def _chunked(_: Request, response: Response) -> Response:
    return replace(response, headers=(*response.headers, ("Transfer-Encoding", "chunked")))


_ANSWERS = count(1)


def _slow(_: Request, response: Response) -> Response:
    if next(_ANSWERS) % 50 == 0:
        time.sleep(0.1)
    return response


def _unnamed_denial(_: Request, response: Response) -> Response:
    if response.error_name != "AccessDeniedException":
        return response
    text = "User is not authorized to access this resource with an explicit deny"
    return _remade(replace(response, headers=_without(response.headers, "x-amzn-ErrorType")), {"Message": text})


def _problem_json(_: Request, response: Response) -> Response:
    if not _is_api(response):
        return response
    media_type = ("Content-Type", "application/x-amz-json-1.1; charset=utf-8")
    return replace(response, headers=(*_without(response.headers, "Content-Type"), media_type))


VARIANTS: Mapping[str, Variant] = {
    variant.name: variant
    for variant in (
        # These change which type is named, so they stand before those that change where it is named.
        Variant(
            "invalid-request",
            "The endpoint may name InvalidParameterException or InvalidRequestException for bad input.",
            change=_other_bad_input,
        ),
        Variant(
            "unnamed-denial",
            "The gateway's 403 may name no type.",
            change=_unnamed_denial,
            warns=("*.error.named-when-denied",),
        ),
        Variant(
            "type-in-body",
            "The endpoint may name the exception type in the body's __type.",
            change=_type_in("__type", "{}"),
        ),
        Variant(
            "type-in-code",
            "The endpoint may name the exception type in the body's code.",
            change=_type_in("code", "{}"),
        ),
        Variant(
            "type-with-namespace",
            "The exception type may have a namespace and # before its name.",
            change=_type_in("__type", "com.amazonaws.connect#{}"),
        ),
        Variant(
            "type-with-suffix", "The exception type may have a colon and more text after its name.", change=_suffixed
        ),
        Variant(
            "capital-message",
            "The endpoint may put the text of an error into message or Message.",
            change=_capital_message,
        ),
        Variant("empty-body", "An empty output is {} or an empty body.", change=_empty_body),
        Variant("extra-members", "A reply may hold members that are not documented yet.", change=_extra_members),
        Variant(
            "whole-seconds",
            "A time may lack its fraction.",
            change=_whole_seconds_of_expiries,
            warns=("*.time-fraction",),
        ),
        Variant("null-members", "null for an optional output member is its absence.", change=_nulls),
        Variant("empty-next-token", "The last page may carry an empty NextToken.", change=_empty_next_token),
        Variant("closing", "A connection may be closed after each reply.", change=_closing, over_network=True),
        Variant("slow", "A reply may take its time.", change=_slow),
        Variant("json-with-charset", "JSON may be declared with a version and a charset.", change=_problem_json),
        Variant(
            "other-parameters-refused",
            "The same ClientToken with other parameters may be refused.",
            choices={"other_parameters": "refused"},
        ),
        Variant(
            "token-of-the-chat",
            "A ClientToken may stand for one call of a chat, whichever participant sends it.",
            choices={"client_token_scope": "contact"},
        ),
        Variant(
            "empty-token-is-a-token",
            "An empty ClientToken may be a token like any other.",
            choices={"empty_client_token": "token"},
        ),
        Variant(
            "stop-again", "StopContact of an ended contact may succeed.", choices={"stop_of_ended_contact": "success"}
        ),
        Variant(
            "sixth-replaces",
            "A sixth web socket may replace the oldest.",
            choices={"sixth_socket": "replaces the oldest"},
        ),
        Variant("start-exclusive", "StartPosition may be exclusive.", choices={"start_position": "exclusive"}),
        Variant(
            "zero-is-empty",
            "The endpoint may answer MaxResults 0 with an empty page.",
            choices={"max_results_zero": "empty page"},
        ),
        Variant(
            "continuations-join-the-session",
            "ENTIRE_PAST_SESSION may find a chat that continued the source.",
            choices={"continued_chats": "the same session"},
        ),
        Variant("typing-kept", "The transcript may contain typing events.", choices={"typing_in_transcript": True}),
        Variant(
            "any-media-type", "The endpoint may ignore the Content-Type.", choices={"other_media_types": "read as JSON"}
        ),
        Variant("fresh-token", "A repeated start may give a fresh token.", choices={"repeated_start_token": "fresh"}),
        Variant(
            "chunked", "A reply may come in chunks instead of with its length.", change=_chunked, over_network=True
        ),
        Variant(
            "short-download-url",
            "A download URL may stop working after a minute.",
            choices={"download_url_seconds": 60},
        ),
        Variant(
            "acknowledged-refused",
            "An event that is no longer maintained may be refused.",
            before=refusals.refusing("SendEvent", refusals.is_acknowledged),
        ),
        Variant(
            "two-positions-refused",
            "A StartPosition with two members may be refused.",
            before=refusals.refusing("GetTranscript", refusals.has_two_positions),
        ),
        Variant(
            "doubled-types-refused",
            "A kind of connection asked for twice may be refused.",
            before=refusals.refusing("CreateParticipantConnection", refusals.has_doubled_types),
        ),
        Variant(
            "nothing-asked-refused",
            "A connection without Type and ConnectParticipant may be refused.",
            before=refusals.refusing("CreateParticipantConnection", refusals.asks_for_nothing),
        ),
        Variant(
            "json-text-checked",
            "A message declared as JSON may have to be JSON.",
            before=refusals.refusing("SendMessage", refusals.is_no_json_text),
        ),
        Variant(
            "unknown-path-forbidden",
            "The gateway may refuse a path that is no operation.",
            before=refusals.unknown_path_is_forbidden,
        ),
        Variant(
            "missing-bearer-unauthorized",
            "The endpoint may answer a missing bearer with 401.",
            before=refusals.missing_bearer_is_unauthorized,
        ),
        Variant(
            "long-bearer-bad-input",
            "The endpoint may refuse a bearer that is too long as bad input.",
            before=refusals.long_bearer_is_bad_input,
        ),
        Variant(
            "broken-json-bad-input",
            "Broken JSON may be refused as bad input.",
            before=refusals.broken_json_is_bad_input,
        ),
        Variant("late-transcript", "The transcript is eventually consistent.", alter=delays.late_transcript),
        Variant("late-approval", "An attachment may be approved later.", alter=delays.late_approval),
        Variant("late-download", "An attachment may be handed out later.", alter=delays.late_download),
        Variant("late-description", "A contact may be described later.", alter=delays.late_description),
        Variant("late-completion", "A file may still be under way after its PUT.", alter=delays.late_completion),
        Variant("one-stream-each", "A second streaming of a contact may be refused.", alter=refusals.one_stream_each),
        Variant("few-contacts", "An account may hold a few contacts at once.", alter=refusals.few_contacts),
        Variant(
            "every-upload-counts",
            "An upload that is never completed may count as an attachment of the contact.",
            alter=refusals.every_upload_counts,
        ),
        Variant(
            "one-connection-each",
            "A new connection may void the earlier ones.",
            alter=delays.one_connection_each,
        ),
        Variant(
            "members-first",
            "The endpoint may check the members before the bearer.",
            choices={"first_checked": "members"},
        ),
        *replies.VARIANTS,
        *unknown_resources.VARIANTS,
        *identifiers.VARIANTS,
        *pages.VARIANTS,
        *flows_and_bots.VARIANTS,
        *chat_end.VARIANTS,
        *frames.VARIANTS,
        *clocks.VARIANTS,
    )
}


def choices_of(*variants: Variant) -> Choices:
    """The choices of several variants together, the later ones counting."""
    merged: dict[str, Any] = {}
    for variant in variants:
        merged |= variant.choices or {}
    return Choices(**merged)


def wrap_of(*variants: Variant) -> Callable[[Handler], Handler]:
    """What stands before a handler, and remakes its replies, in several variants, in the order of VARIANTS."""
    order = list(VARIANTS)
    ordered = sorted(variants, key=lambda variant: order.index(variant.name))
    befores = [variant.before for variant in ordered if variant.before is not None]
    changes = [variant.change for variant in ordered if variant.change is not None]

    def wrap(handle: Handler) -> Handler:
        def handled(request: Request) -> Response:
            own = (answer for before in befores if (answer := before(request)) is not None)
            response = next(own, None) or handle(request)
            for change in changes:
                response = change(request, response)
            return response

        return handled

    return wrap


def alter(service: ReferenceService, *variants: Variant) -> None:
    """Change the parts of `service` that the variants change."""
    for variant in variants:
        if variant.alter is not None:
            variant.alter(service)
