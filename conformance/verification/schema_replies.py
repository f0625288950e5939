"""Verifying replies by the exported OpenAPI document, as a tool that is not ours reads it."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.checks.violation import ContractViolation
from conformance.contract.model import Operation
from conformance.contract.wire import Exchange
from conformance.endpoint.probe import is_own_refusal
from conformance.engine.verifier import NotVerified, Verifier
from conformance.results.verdicts import Outcome
from conformance.verification.replies import provoke_replies
from conformance.verification.schema_oracle.findings import judge


def verify_by_schema(verifier: Verifier, subject: Operation) -> None:
    """Make calls with telling successes and plain refusals, and have each reply judged once more.

    Each deviation of a reply is recorded under its requirement. Raises the first ContractViolation,
    or NotVerified where no reply of the operation itself came.
    """
    seen = provoke_replies(verifier, subject)
    own = [exchange for exchange in seen if _is_own(subject, exchange, works=verifier.profile.works(subject.name))]
    if not own:
        unjudged = verifier.rule.of_operation(subject.name)
        raise NotVerified(
            unjudged.outcome if unjudged else Outcome.INCONCLUSIVE, unjudged.reason if unjudged else "no reply came"
        )
    conclude(record_findings(verifier, own))


def _is_own(subject: Operation, exchange: Exchange, *, works: bool) -> bool:
    """Whether the operation itself replied, and no router, proxy or gateway in its place.

    Where its plain call `works`, every reply is its own: an error of a name that it does not declare is a finding.
    """
    response = exchange.response
    if response is None or exchange.request.operation != subject.name:
        return False
    return works or response.succeeded or is_own_refusal(subject, response)


def record_findings(verifier: Verifier, exchanges: Iterable[Exchange]) -> list[ContractViolation]:
    """Every deviation of the replies from the document, each recorded under its requirement."""
    found = [violation for exchange in exchanges for violation in judge(exchange)]
    for violation in found:
        verifier.recorder.record_broken(violation, "passive")
    return found


def conclude(found: list[ContractViolation]) -> None:
    """Raise the first violation, if there is one."""
    if found:
        raise found[0]
