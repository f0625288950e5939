"""How recorded calls can be made again: what another run must find out first, and where it goes.

A ledger holds no tokens, and identifiers of ended chats are worth nothing. So each such text in a recorded request
becomes a variable, filled from the reply of an earlier recorded call, from a chat opened for the purpose, from the
caller's environment, or made up anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.contract.model import Location, Member, operations
from conformance.contract.operation_traits import STARTING
from conformance.contract.requirements import Requirement
from conformance.results.redaction import BEARER_SCHEME
from reports.replay_calls import Call, Replay
from reports.resources import body_of, resources_of
from reports.run import Entry

MARK = re.compile(r"<redacted (\d+) characters #[0-9a-f]+>")
_ABOUT_SOCKETS = re.compile("socket|frame", re.IGNORECASE)
SHORTEST_NAME = 8  # code points; a shorter text may stand in a request by chance
# Written anew by whoever sends the request again.
_TRANSPORT_HEADERS = frozenset(
    (
        *("accept-encoding", "authorization", "connection", "content-length", "host", "transfer-encoding"),
        *("user-agent", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"),
    )
)


def replay_of(exchanges: Sequence[Entry], requirement: Requirement, expected: str) -> Replay:
    """The replay of `exchanges`, the last of which broke `requirement`: `expected` says what was to be seen.

    Sockets are no calls and are not recorded, so the sentences show whether they matter.
    """
    replay = Replay()
    about_sockets = _ABOUT_SOCKETS.search(f"{requirement.id} {requirement.statement} {expected}") is not None
    sent = list(map(_request_text, exchanges))
    for index, exchange in enumerate(exchanges):
        _name_resources(replay, exchange, requirement)
        _name_client_token(replay, exchange)
        _name_marks(replay, exchange, requirement, own_tokens=_starts(exchanges[:index]))
        _need_items(replay, exchange, exchanges[:index])
        captures = tuple(_captures(replay, exchange, sent, index))
        alike = tuple(_alike(replay, [name for name, _ in captures], sent[index + 1 :]))
        listens = about_sockets and _hands_out_socket(exchange)
        replay.calls.append(_call(exchange, captures, alike, listens=listens))
        _note_losses(replay, exchange)
    if ".signature." in requirement.id:
        replay.signed_anew = replay.calls[-1].signing is not None
        replay.note("Signatures are made anew: one that was wrong on purpose is right here.")
    return replay


def _need_items(replay: Replay, exchange: Entry, before: Sequence[Entry]) -> None:
    """A transcript that held something is asked for where it holds something again."""
    has_sent = any(earlier["operation"].startswith(("Send", "Start")) for earlier in before)
    reply = body_of(exchange["response"]) if exchange["operation"] == "GetTranscript" else None
    if not has_sent and isinstance(reply, dict) and reply.get("Transcript"):
        replay.resources.add("message_id")
        replay.chats = max(replay.chats, 1)


def _hands_out_socket(exchange: Entry) -> bool:
    reply = body_of(exchange["response"])
    socket = reply.get("Websocket") if isinstance(reply, dict) else None
    return isinstance(socket, dict) and isinstance(socket.get("Url"), str)


def _call(
    exchange: Entry,
    captures: tuple[tuple[str, tuple[str | int, ...]], ...],
    alike: tuple[tuple[str, str, bool], ...],
    *,
    listens: bool,
) -> Call:
    request, known = exchange["request"], operations().get(exchange["operation"])
    participant = known is None or not known.signed
    whole_url = not request["path"].startswith("/")
    credentials = [value for name, value in request["headers"] if name.lower() == "authorization"]
    signed = any(not value.startswith(BEARER_SCHEME) for value in credentials)
    return Call(
        method=request["method"],
        base="" if whole_url else "participant" if participant else "connect",
        path=request["path"],
        headers=tuple(
            (n, v) for n, v in request["headers"] if n.lower() not in _TRANSPORT_HEADERS or v.startswith(BEARER_SCHEME)
        ),
        body=request["body"] if known is None or known.has_body else None,
        signing=None if not signed else "execute-api" if participant else "connect",
        captures=captures,
        alike=alike,
        starts=exchange["operation"] in STARTING,
        listens=listens,
    )


def _request_text(exchange: Entry) -> str:
    request = exchange["request"]
    return "\n".join((request["path"], *(value for _, value in request["headers"]), request["body"]))


def _captures(
    replay: Replay, exchange: Entry, sent: Sequence[str], index: int
) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """The values of the reply to `exchange` that a later request holds and that nobody had before.

    `sent` are the texts of all requests, of which that of `exchange` is the one at `index`.
    """
    before, after = "\n".join(sent[: index + 1]), "\n".join(sent[index + 1 :])
    for way, text in _leaves(body_of(exchange["response"]), ()):
        if len(text) >= SHORTEST_NAME and text[:-1] in after and text not in before and text not in replay.names:
            key = next(step for step in reversed(way) if isinstance(step, str))
            yield replay.variable(text, f"found_{_snake(key)}"), way


def _alike(replay: Replay, captured: Sequence[str], later: Sequence[str]) -> Iterator[tuple[str, str, bool]]:
    """Variables for parts of `later` requests that are a captured text but for its last character, or without it."""
    if not captured:
        return
    after = "\n".join(later)
    values = {name: text for text, name in replay.names.items()}
    for name in captured:
        text = values[name]
        found = {match[0] for match in re.finditer(re.escape(text[:-1]) + r"[0-9a-zA-Z]?", after)} - {text}
        for other in sorted(found):
            changed = len(other) == len(text)
            yield replay.variable(other, f"{name}_{'changed' if changed else 'cut'}"), name, changed


def _leaves(document: Any, way: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(document, str) and any(isinstance(step, str) for step in way):
        yield way, document
    elif isinstance(document, dict):
        for key, value in document.items():
            yield from _leaves(value, (*way, key))
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from _leaves(value, (*way, index))


def _snake(name: str) -> str:
    """`name` as a variable: only its letters and digits, since an endpoint chose it."""
    return "_".join(part.lower() for part in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name))


def _name_resources(replay: Replay, exchange: Entry, requirement: Requirement) -> None:
    """Things that no reply gave are made anew, unless the member that names them is what is wrong."""
    facets = requirement.id.split(".")
    for resource in resources_of(exchange):
        if len(resource.value) < SHORTEST_NAME or resource.value in replay.names or resource.member in facets:
            continue
        if resource.variable == "contact_id":
            replay.open_chat_for(replay.variable(resource.value, "contact_id"))
        else:
            replay.names[resource.value] = resource.variable
            replay.resources.add(resource.variable)
            replay.chats = max(replay.chats, 1)


def _name_client_token(replay: Replay, exchange: Entry) -> None:
    body = body_of(exchange["request"])
    token = body.get("ClientToken") if isinstance(body, dict) else None
    if not isinstance(token, str) or len(token) < SHORTEST_NAME or json.dumps(token, ensure_ascii=False)[1:-1] != token:
        return
    written = (form for form in (token, json.dumps(token)[1:-1]) if form in exchange["request"]["body"])
    replay.fresh[replay.variable(next(written), "client_token")] = token


def _starts(exchanges: Sequence[Entry]) -> bool:
    return any(exchange["operation"] in STARTING for exchange in exchanges)


def _name_marks(replay: Replay, exchange: Entry, requirement: Requirement, *, own_tokens: bool) -> None:
    """With `own_tokens` the scenario told where its tokens came from, so any other was made up by the test."""
    operation, request = operations().get(exchange["operation"]), exchange["request"]
    for member in operation.input.members if operation else ():
        texts = [value for name, value in request["headers"] if name.lower() == member.wire_name.lower()]
        for text in texts if member.location is Location.HEADER else [request["path"]]:
            for found in MARK.finditer(text) if member.location is not Location.BODY else ():
                _name_mark(replay, member, found, requirement, own_tokens=own_tokens)


def _name_mark(
    replay: Replay, member: Member, found: re.Match[str], requirement: Requirement, *, own_tokens: bool
) -> None:
    """A redacted value of `member`: made up where the value itself is what is wrong, else asked for or made anew."""
    if found[0] in replay.names:
        return
    too_long = member.maximum is not None and int(found[1]) > member.maximum
    made_up = own_tokens and member.location is Location.HEADER
    if too_long or made_up or (requirement.constraint and requirement.constraint.member is member):
        replay.made_up[replay.variable(found[0], "made_up")] = int(found[1])
    elif member.location is Location.URI:
        replay.asked[replay.variable(found[0], f"{_snake(member.name)}_encoded")] = _snake(member.name).upper()
    else:
        replay.open_chat_for(replay.variable(found[0], _snake(member.name)))
        replay.note("Tokens are redacted in the record: fresh ones of the documented kind stand in their place.")


def _note_losses(replay: Replay, exchange: Entry) -> None:
    request: Mapping[str, Any] = exchange["request"]
    if request["cut"]:
        kept, size = len(request["body"]), request["body_bytes"]
        replay.note(f"The record keeps {kept:,} code points of a body of {size:,} bytes: this sends only those.")
    elif len(request["body"].encode("utf-8", "surrogatepass")) != request["body_bytes"]:
        replay.note("The body held bytes that are no UTF-8: they stand as escapes and are not sent exactly.")
