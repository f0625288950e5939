"""Schemathesis as a tool of its own, with the exported document and the settings that suit it best.

It runs twice, as no one schema says both what is surely accepted and what is surely refused: with the narrowest
document for data that must be accepted, and with the widest for data that must be refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import schemathesis
from schemathesis.checks import CHECKS as CHECKS_BY_NAME
from schemathesis.checks import load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.engine import from_schema
from schemathesis.engine.events import NonFatalError, ScenarioFinished

from conformance.contract.openapi.document import document
from conformance.contract.openapi.shapes import Bound
from conformance.power.bench import Trial, _Bound
from conformance.power.direct import Direct
from tests.benchmarks.generic_front import BEARER, KNOWN, SIGNED, Front

load_all_checks()
REPLIES = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance"),
)
CHECKS = {
    Bound.NARROWEST: ("positive_data_acceptance", *REPLIES),
    Bound.WIDEST: ("negative_data_rejection", "missing_required_header", *REPLIES),
}
MODES = {Bound.NARROWEST: "positive", Bound.WIDEST: "negative"}
EXAMPLES = 20  # drawn for each operation and direction, beside those of the coverage phase


@dataclass(frozen=True, slots=True)
class Shown:
    """What the tool showed: each failure by what it says, with the number of the request that showed it."""

    failures: Mapping[str, int]
    requests: int


@dataclass(frozen=True, slots=True)
class _Sent:
    """A request that the tool made up, and the checks that it had for the reply."""

    case: Any
    checks: list[Any]


class Tool:
    """The tool, with the requests that it makes up for the reference as it is.

    Making them up costs ten times as much as sending them and hardly depends on the replies, so that each endpoint gets
    the same ones, in the same order, and the tool's own checks judge the replies.
    """

    def __init__(self, direct: Direct, seed: int) -> None:
        self._direct, self._front = direct, Front(_Bound(direct, Trial()))
        self.errors: list[str] = []
        self._sent = [sent for bound in (Bound.WIDEST, Bound.NARROWEST) for sent in self._make_up(bound, seed)]

    def run(self, trial: Trial) -> Shown:
        """Let the tool judge the endpoint that `trial` describes."""
        self._direct.reconfigure(trial.faults, trial.variants)
        self._front.bound = _Bound(self._direct, trial)
        failures: dict[str, Any] = {}
        for number, sent in enumerate(self._sent, 1):
            for failure in _failures(sent):
                failures.setdefault(_identity_of(failure), number)
        self._front.bound.target.close()
        return Shown(failures, len(self._sent))

    def _make_up(self, bound: Bound, seed: int) -> Iterator[_Sent]:
        schema, checks = self._schema(bound, seed), CHECKS_BY_NAME.get_by_names(list(CHECKS[bound]))
        self._direct.reconfigure()
        self._front.order.clear()
        cases: dict[str, Any] = {}
        for event in from_schema(schema).execute():
            if isinstance(event, NonFatalError):
                self.errors.append(f"{event.label}: {event.value!r}"[:200])
            if isinstance(event, ScenarioFinished):
                cases |= {case: node.value for case, node in event.recorder.cases.items()}
        for name in self._front.order:
            if (case := cases.get(name)) is not None:
                if bound is Bound.NARROWEST:
                    case.body = _whole(case.body)
                yield _Sent(case, checks)

    def _schema(self, bound: Bound, seed: int) -> Any:
        config = SchemathesisConfig(seed=seed)
        project = config.projects.default
        project.update(continue_on_failure=True, workers=1)
        modes = [schemathesis.GenerationMode(MODES[bound])]
        project.generation.update(modes=modes, max_examples=EXAMPLES, no_shrink=True, database="none")
        project.phases.update(phases=["examples", "coverage", "fuzzing"])
        project.phases.coverage.unexpected_methods = set()
        project.checks.update(included_check_names=list(CHECKS[bound]))
        project.checks.positive_data_acceptance.expected_statuses = ["2xx"]
        project.checks.missing_required_header.expected_statuses = ["4xx"]
        schema = schemathesis.openapi.from_dict(document(bound, known=KNOWN), config=config)
        schema.app = self._front
        schema.auth(refresh_interval=None)(_Credentials)
        return schema


def _failures(sent: _Sent) -> Iterator[Failure]:
    try:
        sent.case.validate_response(sent.case.call(), checks=sent.checks)
    except FailureGroup as group:
        yield from (failure for failure in group.exceptions if isinstance(failure, Failure))


def _whole(value: Any) -> Any:
    """`value` with 5 for 5.0, which JSON Schema takes for the same and a typed reader need not."""
    if isinstance(value, dict):
        return {key: _whole(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_whole(below) for below in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


class _Credentials:
    """A signature or a token, except where the tool means to send a wrong one."""

    def get(self, case: Any, context: Any) -> str:  # noqa: ARG002 - the tool's form
        """What is sent: the front puts in the real one."""
        return SIGNED if case.operation.definition.raw["security"] == [{"sigv4": []}] else BEARER

    def set(self, case: Any, data: str, context: Any) -> None:  # noqa: ARG002 - the tool's form
        """Put it where it belongs."""
        if data == SIGNED:
            case.headers["Authorization"] = SIGNED
        elif case.meta is None or not case.meta.is_negative_at(ParameterLocation.HEADER):
            case.headers["X-Amz-Bearer"] = BEARER


def _identity_of(failure: Failure) -> str:
    """What tells one failure from another: the operation, the check, and where in the schema or which status."""
    where = getattr(failure, "schema_path", None) or getattr(failure, "status_code", "")
    return f"{failure.operation}: {failure.title} {where} {_component(failure.message)}"


def _component(message: str) -> str:
    _, found, component = message.partition("Invalid component:")
    return component.strip().splitlines()[0][:120] if found else ""
