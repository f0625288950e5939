"""Lawful variants of a reply's form, beyond where an error is named: members, times, headers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from email.utils import formatdate
from typing import Any

from conformance.contract.wire import Request, Response
from conformance.reference.variants import refusals
from conformance.reference.variants.variant import Change, Variant

# Whose members are structures; a map such as Attributes would hold an entry that nobody gave.
STRUCTURES = frozenset(
    {"Websocket", "ConnectionCredentials", "ParticipantCredentials", "Contact", "UploadMetadata", "Transcript"}
)
TIMES = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})Z")


def _is_json(response: Response) -> bool:
    """Whether it is a reply with a JSON object; a file may hold one, too, and is nothing to remake."""
    declared = "json" in (response.header("Content-Type") or "")
    return declared and bool(response.body) and isinstance(response.members, dict)


def _remade(response: Response, members: Mapping[str, Any]) -> Response:
    return replace(response, body=json.dumps(members).encode())


def _more(value: Any) -> Any:
    if isinstance(value, list):
        return [_more(one) for one in value]
    return {**value, "SomethingNew": {"since": 2027}} if isinstance(value, dict) else value


def _more_within(_: Request, response: Response) -> Response:
    if not response.succeeded or not _is_json(response):
        return response
    more = {name: _more(value) if name in STRUCTURES else value for name, value in response.members.items()}
    return _remade(response, more)


def _name_twice(_: Request, response: Response) -> Response:
    name = response.error_name
    if response.succeeded or name is None or not _is_json(response):
        return response
    return _remade(response, {**response.members, "__type": name, "code": name})


def _tell_twice(_: Request, response: Response) -> Response:
    text = response.members.get("message") if not response.succeeded and _is_json(response) else None
    return response if text is None else _remade(response, {**response.members, "Message": text})


def _microseconds(_: Request, response: Response) -> Response:
    if not _is_json(response):
        return response
    return replace(response, body=TIMES.sub(rb"\g<1>000Z", response.body))


def _spell(upper: bool) -> Change:  # noqa: FBT001 - one of two ways
    def change(_: Request, response: Response) -> Response:
        headers = tuple((k.upper() if upper else k.lower(), v) for k, v in response.headers)
        return replace(response, headers=headers)

    return change


def _reorder(_: Request, response: Response) -> Response:
    """Members in another order, with blanks, and text escaped no more than JSON asks for."""
    if not _is_json(response):
        return response
    turned = dict(reversed(list(response.members.items())))
    return replace(response, body=json.dumps(turned, indent=2, ensure_ascii=False).encode())


def _more_headers(_: Request, response: Response) -> Response:
    more = (("Via", "1.1 gateway"), ("x-amz-apigw-id", "LtY3xd0F"), ("x-amzn-Trace-Id", "Root=1-2"), ("Vary", "Origin"))
    return replace(response, headers=(*response.headers, *more))


def _has_blank_content(members: Mapping[str, Any]) -> bool:
    content = members.get("Content")
    return isinstance(content, str) and content != "" and not content.strip()


def _is_typing_with_content(members: Mapping[str, Any]) -> bool:
    return str(members.get("ContentType")).endswith("event.typing") and bool(members.get("Content"))


def _asks_for_other_connections(members: Mapping[str, Any]) -> bool:
    types = members.get("ConnectionTypes")
    return isinstance(types, list) and not {"AUTHENTICATION_SESSION", "WEBRTC_CONNECTION"}.isdisjoint(map(str, types))


def _gives_a_reason(members: Mapping[str, Any]) -> bool:
    return members.get("DisconnectReason") is not None


def _has_doubled_content_types(members: Mapping[str, Any]) -> bool:
    types = members.get("SupportedMessagingContentTypes")
    return isinstance(types, list) and len(types) != len({str(one) for one in types})


def _told_nothing(_: Request, response: Response) -> Response:
    if response.succeeded or not _is_json(response) or "message" not in response.members:
        return response
    return _remade(response, {**response.members, "message": ""})


def _without_expiry(_: Request, response: Response) -> Response:
    """A chat's connection has credentials with an Expiry that is promised; those of a participant are others."""
    held = response.members.get("ParticipantCredentials") if response.succeeded and _is_json(response) else None
    if not isinstance(held, dict):
        return response
    left = {name: value for name, value in held.items() if name != "Expiry"}
    return _remade(response, {**response.members, "ParticipantCredentials": left})


def _date_in_front(_: Request, response: Response) -> Response:
    """As where a web server in front writes the Date, by a clock that nobody moves."""
    others = tuple((name, value) for name, value in response.headers if name.lower() != "date")
    return replace(response, headers=(*others, ("Date", formatdate(usegmt=True))))


def _drop_dates(_: Request, response: Response) -> Response:
    return replace(response, headers=tuple(each for each in response.headers if each[0].lower() != "date"))


VARIANTS = (
    Variant("extra-members-within", "Any structure may hold members not known yet.", change=_more_within),
    Variant("type-twice", "The endpoint may name the exception type in several places.", change=_name_twice),
    Variant(
        "message-twice", "The endpoint may put the text of an error into both message and Message.", change=_tell_twice
    ),
    Variant("empty-message", "The text of an error may be empty.", change=_told_nothing),
    Variant("no-participant-expiry", "Credentials of a participant may lack Expiry.", change=_without_expiry),
    Variant(
        "microseconds", "A time may have more digits than three.", change=_microseconds, warns=("*.time-fraction",)
    ),
    Variant("small-header-names", "The letter case of header names is free.", change=_spell(upper=False)),
    Variant("capital-header-names", "The letter case of header names is free.", change=_spell(upper=True)),
    Variant("other-layout", "The order of members and the blanks between them are free.", change=_reorder),
    Variant("undated", "A reply may have no Date.", change=_drop_dates),
    Variant("dated-in-front", "Date may be that of a web server in front, with its own clock.", change=_date_in_front),
    Variant("more-headers", "A gateway may add headers.", change=_more_headers),
    Variant(
        "short-socket-expiry",
        "ConnectionExpiry may be the 100 seconds within which a URL is to be connected.",
        choices={"websocket_url_seconds": 100},
    ),
    Variant("short-upload-url", "An upload URL may stop working after a minute.", choices={"upload_url_seconds": 60}),
    Variant(
        "blanks-refused",
        "A message of blanks may be refused.",
        before=refusals.refusing("SendMessage", _has_blank_content),
    ),
    Variant(
        "typing-without-content",
        "Typing with Content may be refused.",
        before=refusals.refusing("SendEvent", _is_typing_with_content),
    ),
    Variant(
        "other-connections-refused",
        "The endpoint may refuse ConnectionTypes that StartChatContact does not act on.",
        before=refusals.refusing("StartChatContact", _asks_for_other_connections),
    ),
    Variant(
        "doubled-content-types-refused",
        "The same content type twice may be refused.",
        before=refusals.refusing("StartChatContact", _has_doubled_content_types),
    ),
    Variant(
        "disconnect-reason-refused",
        "Only outbound campaigns can give a DisconnectReason; of anybody else it may be refused.",
        before=refusals.refusing("StopContact", _gives_a_reason),
    ),
)
