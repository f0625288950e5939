"""What every reply shows, whoever asked for it: its status, its error, its shape, its request id."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.diagnosis.bodies import not_an_object
from conformance.checks.errors import belongs, describe, is_json, is_throttled
from conformance.checks.outputs import judge_output
from conformance.checks.violation import ContractViolation
from conformance.contract.errors import statuses_of
from conformance.contract.model import Operation, operation
from conformance.contract.wire import Exchange, Response

CLIENT_ERROR, SERVER_ERROR = 400, 500  # where the statuses of errors begin
# The gateway before the Participant Service refuses a bearer with these and names no type (seen on the real service).
GATEWAY_REFUSALS = frozenset({401, 403})

Judgement = tuple[str, ContractViolation | None]


def judge_reply(exchange: Exchange) -> Iterator[Judgement]:
    """Judge a reply by every promise that holds for each reply of its operation.

    Yields requirement ids with None (kept) or the violation. Yields nothing where no whole reply came, and nothing of
    a browser's preflight, which asks about an operation without calling it.
    """
    response = exchange.response
    if response is None or exchange.request.method == "OPTIONS":
        return
    subject = operation(exchange.request.operation)
    if response.is_limiters:  # no reply of the operation
        return
    yield from judge_front(exchange)
    if response.truncated:
        return
    if response.succeeded:
        yield from _success(subject, response, exchange)
    elif response.status >= CLIENT_ERROR:
        yield from _error(subject, response, exchange)


def judge_front(exchange: Exchange) -> Iterator[Judgement]:
    """What holds even for a reply that the operation itself did not give (a web server's own refusal)."""
    response = exchange.response
    if response is None:
        return
    name = exchange.request.operation
    broken = response.status >= SERVER_ERROR and not is_throttled(response)
    yield _judgement(f"{name}.reply.no-server-error", "a status below 500", None if not broken else response, exchange)


def _judgement(requirement: str, expected: str, wrong: Response | str | None, exchange: Exchange) -> Judgement:
    if wrong is None:
        return requirement, None
    actual = wrong if isinstance(wrong, str) else describe(wrong)
    return requirement, ContractViolation(requirement, expected, actual, (exchange,))


def _request_id(subject: Operation, response: Response, exchange: Exchange) -> Judgement:
    absent = None if response.header("x-amzn-RequestId") else "no such header"
    return _judgement(f"{subject.name}.reply.request-id", "a header x-amzn-RequestId", absent, exchange)


def _success(subject: Operation, response: Response, exchange: Exchange) -> Iterator[Judgement]:
    name = subject.name
    other = None if response.status == subject.status else response
    yield _judgement(f"{name}.success.status", f"status {subject.status}", other, exchange)
    yield _request_id(subject, response, exchange)
    wrong = not_an_object(response)  # an empty body is as good as an empty object, and lacks every member
    yield _judgement(f"{name}.success.body", "a JSON object as body", wrong, exchange)
    if wrong is None:
        yield from judge_output(name, exchange)


def _error(subject: Operation, response: Response, exchange: Exchange) -> Iterator[Judgement]:
    name, types = subject.name, response.error_names
    yield _request_id(subject, response, exchange)
    content_type = None if is_json(response) else response.header("Content-Type") or "no content type"
    yield _judgement(f"{name}.error.content-type", "a JSON content type", content_type, exchange)
    yield from _naming(subject, response, exchange)
    if types:
        known = belongs(subject, types[0])
        yield _judgement(f"{name}.error.type", "a declared or common type", None if known else response, exchange)
    if types and known:
        lawful = statuses_of(subject, types[0])
        expected = f"{types[0]} with status {' or '.join(map(str, sorted(lawful)))}"
        yield _judgement(f"{name}.error.status", expected, None if response.status in lawful else response, exchange)


def _naming(subject: Operation, response: Response, exchange: Exchange) -> Iterator[Judgement]:
    """An error is a JSON object that names one type; a gateway's refusal of a bearer may leave the name out."""
    wrong = _body_of_error(response)
    if subject.bearer is not None and response.status in GATEWAY_REFUSALS:
        unnamed = None if response.error_name else response
        yield _judgement(f"{subject.name}.error.named-when-denied", "a named exception type", unnamed, exchange)
        wrong = wrong if wrong != _UNNAMED else None
    yield _judgement(f"{subject.name}.error.body", "a JSON object that names one exception type", wrong, exchange)


_UNNAMED = "no exception type in header, __type or code"


def _body_of_error(response: Response) -> str | None:
    wrong, names = not_an_object(response), response.error_names
    if wrong is not None:
        return wrong
    if not names:
        return _UNNAMED
    return None if len(names) == 1 else f"several types: {', '.join(names)}"
