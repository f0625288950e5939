"""Lawful variants of a reply's form: what a body may lack or add, how it is carried."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from conformance.contract.wire import Headers, Request, Response
from conformance.reference.variants.variant import Variant


def without_header(headers: Headers, name: str) -> Headers:
    """`headers` without the one called `name`, in any letter case."""
    return tuple((key, value) for key, value in headers if key.lower() != name.lower())


def _is_api(response: Response) -> bool:
    return "json" in (response.header("Content-Type") or "")


def with_members(response: Response, members: Mapping[str, Any]) -> Response:
    """`response` with a body of `members`."""
    return replace(response, body=json.dumps(members).encode())


def _empty_body(_: Request, response: Response) -> Response:
    return replace(response, body=b"") if response.succeeded and response.body == b"{}" else response


def _extra_members(_: Request, response: Response) -> Response:
    if not response.succeeded or not _is_api(response) or not isinstance(response.members, dict):
        return response
    return with_members(response, {**response.members, "SomethingNew": {"since": 2027}})


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
    return with_members(response, {**response.members, "NextToken": response.members.get("NextToken")})


def _empty_next_token(request: Request, response: Response) -> Response:
    if request.path != "/participant/transcript" or not response.succeeded:
        return response
    return with_members(response, {"NextToken": "", **response.members})


def _closing(_: Request, response: Response) -> Response:
    return replace(response, headers=(*response.headers, ("Connection", "close")))


def _chunk(_: Request, response: Response) -> Response:
    return replace(response, headers=(*response.headers, ("Transfer-Encoding", "chunked")))


_ANSWERS = count(1)


def _slow(_: Request, response: Response) -> Response:
    if next(_ANSWERS) % 50 == 0:
        time.sleep(0.1)
    return response


def _problem_json(_: Request, response: Response) -> Response:
    if not _is_api(response):
        return response
    media_type = ("Content-Type", "application/x-amz-json-1.1; charset=utf-8")
    return replace(response, headers=(*without_header(response.headers, "Content-Type"), media_type))


VARIANTS = (
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
