"""The suite for other programs: judge an endpoint, draw requests for it, have one to try against.

Everything here is public and stays; everything else in this distribution may change. docs/own-project.md shows it in
use. Importing this module loads nothing of the suite: each function does so when it is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from conformance.application.aws_lambda import lambda_app
from conformance.application.hosting import NoApplication
from conformance.application.judge import IN_PROCESS, NotJudged, judge
from conformance.application.reference import ReferenceEndpoint, served_reference
from conformance.application.result import Finding, Judgement
from connect_conformance_pytest.activation import HOME, hider_of

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from conformance.contract.wire import Request
    from conformance.reference.in_process import ReferenceApplication
    from strategies.real_requests import BrokenRequest

__all__ = [
    "Finding",
    "Judgement",
    "NoApplication",
    "NotJudged",
    "ReferenceEndpoint",
    "http_request",
    "judge",
    "lambda_app",
    "reference_app",
    "requests_for",
    "served_reference",
    "violations_of",
]


def reference_app(
    base_url: str = IN_PROCESS, *, fault: str | None = None, variants: Sequence[str] = ()
) -> ReferenceApplication:
    """The reference endpoint as an ASGI application with a state of its own.

    `base_url` is the address that its URLs lead to. Its ``ids`` are the options that `judge` takes for it, ``advance``
    moves its clock. `fault` names a seeded fault, `variants` lawful variants; raises LookupError where one does not
    exist.
    """
    from conformance.reference.in_process import ReferenceApplication  # noqa: PLC0415 - a server's parts load slowly

    return ReferenceApplication(base_url, fault, variants)


def requests_for(operation: str, **ids: str) -> SearchStrategy[dict[str, Any]]:
    """Valid arguments of `operation`, by the names of its members, as boto3 takes them; for Hypothesis.

    An endpoint that keeps every promise accepts each of them. Every value is real: `ids` are the caller's, such as
    ``instance_id="..."``, ``contact_flow_id="..."``, ``connection_token="..."``. What needs an id that was not given is
    not drawn. Raises ValueError for an operation that does not exist, and where an id is missing that each needs.
    """
    drawn: SearchStrategy[dict[str, Any]] = _real_requests().requests_for(operation, ids)
    return drawn


def violations_of(what: str, **ids: str) -> SearchStrategy[BrokenRequest]:
    """Requests that each break one limit and keep all else, with `requirement`, `operation`, `edge` and `arguments`.

    `what` is an operation, the id of a requirement, or a glob of ids. `ids` are those of `requests_for`. Raises
    ValueError where a single request cannot break what is meant, and where an id is missing.
    """
    drawn: SearchStrategy[BrokenRequest] = _real_requests().violations_of(what, ids)
    return drawn


def http_request(operation: str, arguments: dict[str, Any]) -> Request:
    """The HTTP request that carries `arguments`: `method`, `path`, `headers` and `body`, not signed.

    Raises ValueError for an operation that does not exist.
    """
    from conformance.contract import wire  # noqa: PLC0415 - it loads the contract

    return wire.to_request(_real_requests().operation_of(operation), arguments)


def _real_requests() -> Any:
    """The module that draws. Raises ImportError where something else has the name of the package that it is in."""
    place = hider_of("strategies")
    if place is not None:
        raise ImportError(f"the package strategies of {place} hides that of the suite in {HOME}")
    return import_module("strategies.real_requests")
