"""What a test needs before it can judge, and cannot have: never the fault of the request under test."""

from __future__ import annotations

from conformance.checks.diagnosis.replies import cause_of
from conformance.contract.wire import Exchange, Response, as_evidence


class SetupFailed(Exception):
    """A precondition could not be made. `reason` says which call failed and how."""

    def __init__(self, reason: str, exchange: Exchange | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.exchange = None if exchange is None else as_evidence(exchange)


def usable_reply(exchange: Exchange, what: str = "") -> Response:
    """The reply of a valid call that must succeed; `what` names the call in a refusal.

    Raises SetupFailed, naming the likely cause, for any other.
    """
    response = exchange.response
    if response is None or response.truncated or not response.succeeded:
        got = "got" if response else "got no reply:"
        raise SetupFailed(f"{what or exchange.request.operation} {got} {cause_of(exchange).brief}", exchange)
    return response


class NoRoom(BaseException):
    """A start was refused for a quota that other tests at work use up: this test is to run again without them.

    No `except Exception` of a test is to take it for an answer, nor is anything recorded of what it ends.
    """


class NotGiven(SetupFailed):
    """The run is without something by its user's own word: what takes it is untested, and no doubt of the endpoint."""


class MissingOption(NotGiven):
    """Something that only the endpoint's owner can give was not given. `option` is the option that gives it."""

    def __init__(self, option: str) -> None:
        super().__init__(f"needs {option}, which was not given")
        self.option = option


class AbsentOperation(NotGiven):
    """A call of operation `name`, of a service that the endpoint does not have by its user's word. It is not sent."""

    def __init__(self, name: str) -> None:
        super().__init__(f"takes {name}, which the endpoint does not have")
        self.name = name
