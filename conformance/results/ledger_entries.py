"""Entries of a ledger, as JSON objects: what was seen is redacted, and bodies are cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields, replace
from typing import Any

from conformance.checks.violation import Breach
from conformance.contract.wire import Exchange, Headers, as_evidence
from conformance.results.observation import Effort, Observation
from conformance.results.redaction import bearer_of, hide, redact, redact_text
from conformance.results.verdicts import Outcome

BODY_LIMIT = 100_000  # code points of a body that are kept as evidence: 32,768 bytes of attributes, each escaped
_BYTES_OF_CHARACTER = 4  # at most, in UTF-8


def tally_entry(
    requirement: str, outcome: Outcome, phase: str, test: str | None, edge: str | None, count: int
) -> dict[str, Any]:
    """`count` observations that were counted together."""
    return {
        "entry": "tally",
        "requirement": requirement,
        "outcome": outcome.value,
        "phase": phase,
        "test": test,
        "edge": edge,
        "count": count,
    }


def observation_entry(observation: Observation, room: int, secrets: tuple[str, ...]) -> dict[str, Any]:
    """One observation. No exchange of it contains one of the `secrets`, and bodies are cut at `room` code points."""
    bearers = {bearer_of(exchange) for exchange in observation.exchanges}
    return {
        "entry": "observation",
        "requirement": observation.requirement,
        "outcome": observation.outcome.value,
        "phase": observation.phase,
        "test": observation.test,
        "edge": observation.edge,
        "reason": without_secrets(observation.reason, bearers),
        **_breach_entry(observation.breach, bearers),
        "after": _effort_entry(observation.after) if observation.after else None,
        "lacking": observation.lacking,
        "exchanges": [exchange_entry(exchange, room, secrets) for exchange in observation.exchanges],
    }


def _breach_entry(breach: Breach | None, bearers: Iterable[str | None]) -> dict[str, Any]:
    if breach is None:
        return dict.fromkeys(each.name for each in fields(Breach))
    return asdict(breach.with_texts(lambda text: hide(redact_text(text), *bearers)))


def _effort_entry(effort: Effort) -> dict[str, Any]:
    return {
        "requests": effort.requests,
        "requests_of_test": effort.requests_of_test,
        "seconds": round(effort.seconds, 3),
    }


def without_secrets(text: str | None, bearers: Iterable[str | None] = ()) -> str | None:
    """`text` redacted, without the tokens `bearers`."""
    return None if text is None else hide(redact_text(text), *bearers)


def exchange_entry(exchange: Exchange, room: int = BODY_LIMIT, secrets: tuple[str, ...] = ()) -> dict[str, Any]:
    """One exchange: redacted, bodies as text and cut at `room` code points."""
    clean = redact(_readable(exchange, room), secrets)
    response = clean.response
    return {
        "operation": clean.request.operation,
        "request": {
            "method": clean.request.method,
            "path": clean.request.path,
            "headers": _header_entry(clean.request.headers),
            **_body_entry(clean.request.body, len(exchange.request.body), room),
        },
        "response": None
        if response is None
        else {
            "status": response.status,
            "headers": _header_entry(response.headers),
            **_body_entry(response.body, response.size or len(response.body), room, truncated=response.truncated),
        },
        "failure": clean.failure,
        "dropped": clean.dropped,
        "attempt": clean.attempt,
        "started": round(clean.started, 3),
        "elapsed_seconds": round(clean.elapsed, 6),
    }


def _header_entry(headers: Headers) -> list[list[str]]:
    return [[name, value[:2_000]] for name, value in headers]


def _readable(exchange: Exchange, room: int) -> Exchange:
    """`exchange` with enough of its bodies to look for secrets in what is kept of them, which takes time and room."""
    enough = _BYTES_OF_CHARACTER * room
    request = exchange.request
    if len(request.body) > enough:
        exchange = replace(exchange, request=replace(request, body=request.body[:enough]))
    return as_evidence(exchange, enough)


def _body_entry(body: bytes, size: int, room: int, *, truncated: bool = False) -> dict[str, Any]:
    text = body.decode("utf-8", "backslashreplace")
    return {"body": text[:room], "body_bytes": size, "cut": truncated or len(text) > room}
