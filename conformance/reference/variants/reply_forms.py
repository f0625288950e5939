"""Lawful variants of a reply's form: where an error is named, what a body may lack or add, how it is carried."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from conformance.contract.wire import Headers, Request, Response
from conformance.reference.variants.variant import Change, Variant


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


def _suffix(_: Request, response: Response) -> Response:
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


def _chunk(_: Request, response: Response) -> Response:
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


VARIANTS = (
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
        "type-in-code", "The endpoint may name the exception type in the body's code.", change=_type_in("code", "{}")
    ),
    Variant(
        "type-with-namespace",
        "The exception type may have a namespace and # before its name.",
        change=_type_in("__type", "com.amazonaws.connect#{}"),
    ),
    Variant("type-with-suffix", "The exception type may have a colon and more text after its name.", change=_suffix),
    Variant(
        "capital-message", "The endpoint may put the text of an error into message or Message.", change=_capital_message
    ),
    Variant("empty-body", "An empty output is {} or an empty body.", change=_empty_body),
    Variant("extra-members", "A reply may hold members that are not documented yet.", change=_extra_members),
    Variant(
        "whole-seconds", "A time may lack its fraction.", change=_whole_seconds_of_expiries, warns=("*.time-fraction",)
    ),
    Variant("null-members", "null for an optional output member is its absence.", change=_nulls),
    Variant("empty-next-token", "The last page may carry an empty NextToken.", change=_empty_next_token),
    Variant("closing", "A connection may be closed after each reply.", change=_closing, over_network=True),
    Variant("slow", "A reply may take its time.", change=_slow),
    Variant("json-with-charset", "JSON may be declared with a version and a charset.", change=_problem_json),
    Variant("chunked", "A reply may come in chunks instead of with its length.", change=_chunk, over_network=True),
)
