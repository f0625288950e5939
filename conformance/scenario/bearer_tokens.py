"""Which operations take which bearer token, for the tests of tokens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from conformance.contract.model import PARTICIPANT, operation, operations
from conformance.contract.operation_traits import TRAITS
from conformance.contract.requirements import operation_of
from conformance.contract.wire import Exchange, Request
from conformance.endpoint.preconditions import SetupFailed
from conformance.scenario.participants import Participant, members_of, text_at
from conformance.scenario.scenario import Scenario

CONNECTING = "CreateParticipantConnection"
_NAMES = [name for name, covered in operations().items() if covered.service == PARTICIPANT]
NAMES = tuple(sorted(_NAMES, key=lambda name: TRAITS[name].ends))  # last those whose success ends what others need
WITH_CONNECTION = tuple(name for name in NAMES if name != CONNECTING)


def with_bearer(request: Request, token: str | None) -> Request:
    """`request` with another bearer token, or without one."""
    bearer = operation(request.operation).bearer
    return request.with_header(bearer.wire_name if bearer else "X-Amz-Bearer", token)


def bearer_of(request: Request) -> str:
    """The bearer token of a request."""
    bearer = operation(request.operation).bearer
    return request.header(bearer.wire_name if bearer else "X-Amz-Bearer") or ""


def token_of(connected: Exchange) -> str:
    """The connection token in a reply to CreateParticipantConnection. Raises SetupFailed where it has none."""
    return text_at(members_of(connected), "ConnectionCredentials", "ConnectionToken")


def plain_requests(
    scenario: Scenario, participant: Participant, requirements: Iterable[str]
) -> Iterator[tuple[str, Request]]:
    """For each of `requirements` whose operation works: its id and the plainest request of its operation.

    A missing resource is recorded for the operations that need it, not for the others.
    """
    own = participant.resources()
    for requirement in requirements:
        name = operation_of(requirement)
        with scenario.optional(requirement):
            scenario.working(name)
            yield requirement, own.plain(name)


def working_requests(participant: Participant, names: tuple[str, ...] = NAMES) -> Iterator[Request]:
    """The plainest request of each operation of `names` that works here; the others are passed over.

    Raises SetupFailed, with the reason of the first, where none does.
    """
    own, scenario = participant.resources(), participant.scenario
    working = [name for name in names if scenario.works(name)]
    if not working:
        scenario.working(names[0])
    for name in working:
        with suppress(SetupFailed):
            yield own.plain(name)
