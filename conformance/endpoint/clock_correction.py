"""A clock of this machine that is wrong, noticed by what the endpoint says about signatures.

A signature is dated, and an endpoint refuses one that is some minutes off. SDKs then take the time from the Date header
and sign again; so does the suite, or a tester's clock would be judged as the endpoint.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance.contract.wire import Exchange

SIGNED_AT = "%Y%m%dT%H%M%SZ"
_OFF = 60.0  # seconds that no endpoint refuses a signature for
_MOST_TRIES = 3
_BAD_INPUT = 400
_REFUSED = (_BAD_INPUT, 401, 403)
# The names that SDKs take for the clock's doing.
_NAMES = (
    *("RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture", "SignatureExpired"),
    *("InvalidSignature", "SignatureDoesNotMatch", "AuthFailure"),
)


@dataclass(slots=True)
class ClockCorrection:
    """How many seconds this run signs ahead of this machine's clock because the endpoint asks for it."""

    seconds: float = 0.0
    _accepted: bool = False
    _tried: list[float] = field(default_factory=list)

    def note(self, exchange: Exchange) -> None:
        """Take note of a signed call: one that was accepted shows that the dating is right."""
        self._accepted = self._accepted or (exchange.response is not None and exchange.response.succeeded)

    def of(self, exchange: Exchange) -> float | None:
        """By how many seconds to sign later than `exchange` was, which was refused; None where that would not help.

        A refusal without a name is taken for one of the signature as long as nothing signed was accepted.
        """
        if not is_refused(exchange) or len(self._tried) >= _MOST_TRIES:
            return None
        named = exchange.response is not None and exchange.response.error_name is not None
        off = seconds_off(exchange)
        if off is None or abs(off) <= _OFF or (self._accepted and not named):
            return None
        self._tried.append(off)
        return off

    def sentence(self) -> str | None:
        """A sentence about the clocks for the report; None where this machine's was good enough."""
        if not self.seconds:
            return None
        minutes = f"{round(abs(self.seconds) / 60):,} minutes {'behind' if self.seconds > 0 else 'ahead of'}"
        return (
            f"This machine's clock is {minutes} the endpoint's, which refuses signatures by it: calls were signed by "
            "the time in the endpoint's Date header. Set this machine's clock right."
        )


def is_refused(exchange: Exchange) -> bool:
    """Whether a signed call may have been refused for its signature."""
    response = exchange.response
    if response is None or response.status not in _REFUSED:
        return False
    name = response.error_name
    return name.startswith(_NAMES) if name else response.status != _BAD_INPUT


def seconds_off(exchange: Exchange) -> float | None:
    """How many seconds after the time of its signature the Date header of a reply is; None where one is missing."""
    date = exchange.response.header("Date") if exchange.response is not None else None
    try:
        signed = datetime.strptime(exchange.request.header("X-Amz-Date") or "", SIGNED_AT).replace(tzinfo=UTC)
        answered = parsedate_to_datetime(date or "")
        return ((answered if answered.tzinfo else answered.replace(tzinfo=UTC)) - signed).total_seconds()
    except (ValueError, OverflowError, TypeError):
        return None
