"""What schemathesis has against a reply, by requirement id.

It is imported at the first reply that it is asked about, as it takes most of a second to load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from conformance.checks.errors import describe
from conformance.checks.passive import judge_reply
from conformance.checks.violation import ContractViolation, response_of
from conformance.contract.catalogue import catalogue, constraints
from conformance.contract.model import Operation, operation, operations
from conformance.contract.openapi.limits import is_expressed
from conformance.contract.requirements import Direction
from conformance.contract.wire import Exchange, Response
from conformance.verification.schema_oracle.promises import of_broken_json, of_content_type, of_error, of_member
from conformance.verification.schema_oracle.replies import replies_document

if TYPE_CHECKING:
    import schemathesis
    from schemathesis.core.failures import Failure

CLIENT_ERROR = 400  # where the statuses of errors begin
_CHECKS = ("status_code_conformance", "content_type_conformance", "response_headers_conformance")
# Schemathesis tells how a failure is repeated by the request that it sent; here it sent none.
_NOT_SENT: Any = SimpleNamespace(url=None, headers={})


def reply_requirements(subject: Operation) -> tuple[str, ...]:
    """The requirement ids of `subject` alone that a reply of it can be found to break."""
    limits = [
        c.id for c in constraints(Direction.OUTPUT) if c.operation == subject and c.asked_by is None and is_expressed(c)
    ]
    rules = ("success.status", "success.body", "error.status", "error.type", "error.body", "error.content-type")
    return (*limits, *(f"{subject.name}.{rule}" for rule in rules))


def judge(exchange: Exchange) -> Iterator[ContractViolation]:
    """Everything that schemathesis has against a reply and the contract has a requirement for, each id once.

    Nothing of a reply that did not come whole, or that is neither a success nor an error.
    """
    response, subject = exchange.response, operation(exchange.request.operation)
    if response is None or response.truncated or response.is_limiters:
        return
    if not (response.succeeded or response.status >= CLIENT_ERROR):
        return
    seen: set[str] = set()
    for failure in _failures(subject, response):
        for requirement in _promises(subject, response, failure):
            if requirement not in seen:
                seen.add(requirement)
                yield _violation(requirement, exchange)


def _violation(requirement: str, exchange: Exchange) -> ContractViolation:
    """The violation in the words of the suite's own check, so that one fact has one sentence.

    Where that check has nothing against the reply, the promise's own sentence says what was expected.
    """
    own = next((v for rid, v in judge_reply(exchange) if rid == requirement and v is not None), None)
    if own is not None:
        return own
    promised = catalogue()[requirement].statement.removesuffix(".")
    expected = f"{promised} (a reply that fits the exported OpenAPI document)"
    return ContractViolation(requirement, expected, describe(response_of(exchange)), (exchange,))


def _failures(subject: Operation, response: Response) -> Iterator[Failure]:
    """Findings about the status and headers, and about the body as if these were right."""
    known = _load()[subject.name]
    headers = _as_lists(response)
    yield from _failures_of(
        lambda: known.case.validate_response(_reply(response.status, headers, response.body), checks=known.checks)
    )
    status = subject.status if response.succeeded else response.status
    body = response.body if response.body.strip() else b"{}"  # an empty body is as good as an empty object
    plain = _reply(status, {"content-type": ["application/json"]}, body)
    yield from _failures_of(lambda: known.case.operation.validate_response(plain))


def _as_lists(response: Response) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in response.headers:
        found.setdefault(name.lower(), []).append(value)
    return found


def _reply(status: int, headers: Mapping[str, list[str]], body: bytes) -> schemathesis.Response:
    import schemathesis  # noqa: PLC0415 - loads slowly

    return schemathesis.Response(status, headers, body, _NOT_SENT, elapsed=0.0, verify=False)


def _failures_of(validate: Callable[[], object]) -> Iterator[Failure]:
    from schemathesis.core.failures import Failure, FailureGroup  # noqa: PLC0415 - loads slowly

    try:
        validate()
    except Failure as failure:
        yield failure
    except FailureGroup as group:
        yield from (failure for failure in group.exceptions if isinstance(failure, Failure))


def _promises(subject: Operation, response: Response, failure: Failure) -> Iterator[str]:
    from schemathesis.openapi import checks  # noqa: PLC0415 - loads slowly

    if isinstance(failure, checks.JsonSchemaError):
        found = _of_schema(subject, response, failure)
        yield from () if found is None else (found,)
    elif isinstance(failure, checks.UndefinedStatusCode):
        wrong = f"{subject.name}.success.status" if response.succeeded else of_error(subject, response)
        yield from () if wrong is None else (wrong,)
    elif isinstance(failure, (checks.UndefinedContentType, checks.MissingContentType, checks.MalformedMediaType)):
        yield from of_content_type(subject, response)
    else:
        yield from of_broken_json(subject, response)


def _of_schema(subject: Operation, response: Response, failure: Any) -> str | None:
    path = [part for part in failure.schema_path if part != "allOf"]
    if not response.succeeded:
        return f"{subject.name}.error.body" if path == ["type"] else of_error(subject, response)
    missing = _clause(subject, failure.schema_path)[0] if path[-1] == "required" else ""
    return of_member(subject, path, failure.instance, missing)


def _clause(subject: Operation, path: list[str | int]) -> Any:
    """What stands at a place of the schema of a successful reply."""
    found = replies_document()["paths"][f"/{subject.name}"]["post"]["responses"][str(subject.status)]
    found = found["content"]["application/json"]["schema"]
    for part in path:
        found = found[part]
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """An operation as schemathesis has it, and the checks that look at more than the body."""

    case: schemathesis.Case[Any]
    checks: list[Any]


@cache
def _load() -> Mapping[str, _Known]:
    import schemathesis  # noqa: PLC0415 - loads slowly
    from schemathesis.checks import CHECKS, load_all_checks  # noqa: PLC0415 - loads slowly
    from schemathesis.config import SchemathesisConfig  # noqa: PLC0415 - loads slowly

    load_all_checks()
    chosen = CHECKS.get_by_names(list(_CHECKS))
    # Without a configuration it would take a schemathesis.toml of the directory that the run is called in.
    loaded = schemathesis.openapi.from_dict(replies_document(), config=SchemathesisConfig())
    return {name: _Known(loaded[f"/{name}"]["POST"].Case(), chosen) for name in operations()}
