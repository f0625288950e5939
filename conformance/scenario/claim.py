"""A claim: one requirement inside a scenario, judged by what the scenario saw so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized
from dataclasses import dataclass, field
from typing import Any

from conformance.checks.errors import describe
from conformance.checks.replies import (
    check_accepted,
    check_bad_input,
    check_bearer_refused,
    check_client_error,
    check_denied,
    judged_reply,
)
from conformance.checks.value_text import actual_text, difference, some_of
from conformance.checks.violation import ContractViolation
from conformance.contract.model import operation
from conformance.contract.wire import Exchange
from conformance.engine.plain_call_rule import taker_of_promise


@dataclass(slots=True)
class Claim:
    """Judges one requirement. Each method raises ContractViolation, with the scenario as evidence, where it is broken.

    A method that judges an exchange raises Inconclusive where no answer came. One of another operation that `fails`
    says never works here is left out: the claim is judged by the rest, and by nothing where there is no rest.
    """

    requirement: str
    exchanges: Sequence[Exchange]
    fails: Callable[[str], bool] = lambda _: False
    records: list[str] = field(default_factory=list)
    left_out: list[ContractViolation] = field(default_factory=list)
    judged: bool = False

    def success(self, exchange: Exchange, sent: str) -> None:
        """The call succeeded."""
        self._with_evidence(lambda: check_accepted(self.requirement, exchange, sent))

    def refusal(self, exchange: Exchange, sent: str, *, malformed: bool = False) -> None:
        """The call was refused as bad input: 400 with a type that its operation declares for that."""
        subject = operation(exchange.request.operation)
        self._with_evidence(lambda: check_bad_input(self.requirement, subject, exchange, sent, malformed=malformed))

    def any_refusal(self, exchange: Exchange, sent: str) -> None:
        """The call was refused with any status of the 400s; the documents leave open which."""
        self._with_evidence(lambda: check_client_error(self.requirement, exchange, sent))

    def denial(self, exchange: Exchange, sent: str) -> None:
        """The call was denied: AccessDeniedException 403 (a gateway may leave the name out)."""
        self._with_evidence(lambda: check_denied(self.requirement, exchange, sent))

    def bearer_refusal(self, exchange: Exchange, sent: str) -> None:
        """A bearer that cannot be a token was refused: 400, 401 or 403."""
        self._with_evidence(lambda: check_bearer_refused(self.requirement, exchange, sent))

    def failure(self, exchange: Exchange, sent: str, *, status: int, types: Sequence[str]) -> None:
        """The call failed with `status` and one of the exception `types`."""

        def check() -> None:
            response = judged_reply(exchange)
            if response.status != status or response.error_name not in types:
                expected = f"{sent} gets {status} {' or '.join(types)}"
                raise ContractViolation(self.requirement, expected, describe(response), (exchange,))

        self._with_evidence(check)

    def holds(self, condition: object, expected: str, actual: object) -> None:
        """`condition` is true; `expected` is the promise about this case, `actual` what was seen instead."""
        if not condition:
            raise ContractViolation(self.requirement, expected, actual_text(actual), tuple(self.exchanges))
        self.judged = True

    def equal(self, actual: Any, expected: Any, what: str) -> None:
        """`what` has the expected value. Where that is nothing, `what` names values of which there are none."""
        equal = actual == expected
        self.holds(equal, *(("", "") if equal else _unequal(actual, expected, what)))

    def record(self, observed: str) -> None:
        """Write down what the endpoint does where the documents leave it open."""
        self.records.append(observed)

    def _with_evidence(self, check: Callable[[], None]) -> None:
        """Run a check and put the whole scenario behind its violation, the judged exchange last."""
        try:
            check()
            self.judged = True
        except ContractViolation as violation:
            judged = violation.exchanges[-1]
            if self._is_of_failing(judged):
                self.left_out.append(violation)
                return
            before = tuple(e for e in self.exchanges if (e.request, e.started) != (judged.request, judged.started))
            raise violation.with_changes(exchanges=(*before, judged)) from None

    def _is_of_failing(self, judged: Exchange) -> bool:
        name = judged.request.operation
        if name in (self.requirement.partition(".")[0], taker_of_promise(self.requirement, judged)):
            return False
        return self.fails(name)


def _unequal(actual: Any, expected: Any, what: str) -> tuple[str, str]:
    """What was expected and what was seen, where these two differ."""
    if expected is None or (isinstance(expected, Sized) and not isinstance(expected, str) and not expected):
        return f"{what}: none", some_of(actual)
    wanted, seen = difference(actual, expected)
    return f"{what} is {wanted}", seen
