"""Examining replies by the exported OpenAPI document, as a tool that is not ours reads it."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.checks.violation import ContractViolation
from conformance.contract.model import Operation
from conformance.examination.examiner import Examiner, Unwitnessed
from conformance.examination.replies import provoked
from conformance.opinion.opinion import judge
from conformance.target.probe import Standing
from conformance.verdicts import Outcome
from conformance.wire import Exchange


def examine_by_schema(examiner: Examiner, subject: Operation) -> None:
    """Make calls with telling successes and plain refusals, and have each reply judged once more.

    All that is wrong with a reply is taken down, each under its own requirement. Raises the first ContractViolation,
    or Unwitnessed where no reply came or the endpoint lacks the operation.
    """
    if (found := examiner.probe(subject)).standing is Standing.UNSUPPORTED:
        raise Unwitnessed(Outcome.UNSUPPORTED, found.reason)
    answered = [exchange for exchange in provoked(examiner, subject) if exchange.response is not None]
    if not answered:
        raise Unwitnessed(Outcome.INCONCLUSIVE, "no reply came")
    conclude(take_down(examiner, answered))


def take_down(examiner: Examiner, exchanges: Iterable[Exchange]) -> list[ContractViolation]:
    """Everything that is wrong with the replies by the document; each is taken down under its requirement."""
    found = [violation for exchange in exchanges for violation in judge(exchange)]
    for violation in found:
        examiner.witness.broken(violation, "passive")
    return found


def conclude(found: list[ContractViolation]) -> None:
    """Raise the first violation, if there is one."""
    if found:
        raise found[0]
