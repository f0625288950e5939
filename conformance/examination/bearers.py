"""Which operations take which bearer token, for the tests of tokens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from conformance.contract.model import PARTICIPANT, operation, operations
from conformance.examination.chat import text_at
from conformance.examination.provisions import Provisions
from conformance.examination.story import Story
from conformance.target.conversation import SetupFailed
from conformance.target.probe import Standing
from conformance.wire import Exchange, Request

CONNECTING = "CreateParticipantConnection"
_ENDING = ("CancelParticipantAuthentication", "DisconnectParticipant")  # what their success ends, others need
_NAMES = [name for name, covered in operations().items() if covered.service == PARTICIPANT]
NAMES = (*(name for name in _NAMES if name not in _ENDING), *_ENDING)
WITH_CONNECTION = tuple(name for name in NAMES if name != CONNECTING)


def rule_ids(rule: str, names: tuple[str, ...] = NAMES) -> tuple[str, ...]:
    """The requirement ids of one bearer rule on the operations `names`."""
    return tuple(f"{name}.bearer.{rule}" for name in names)


def wrong_kind(name: str) -> str:
    """The id of the rule that operation `name` takes its own kind of token only."""
    return f"{name}.bearer.{'participant' if name == CONNECTING else 'connection'}-token-only"


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
    members = connected.response.members if connected.response else {}
    return text_at(members, "ConnectionCredentials", "ConnectionToken")


def plain_requests(story: Story, own: Provisions, ids: dict[str, str]) -> Iterator[tuple[str, Request]]:
    """For each operation of `ids` that works: its requirement id and its plainest request.

    What is missing for one operation is taken down behind its id alone.
    """
    for name, requirement in ids.items():
        with story.aside(requirement):
            story.working(requirement, name)
            yield requirement, own.plain(name)


def working_requests(own: Provisions, names: tuple[str, ...] = NAMES) -> Iterator[Request]:
    """The plainest request of each operation of `names` that works here; the others are passed over."""
    examiner = own.participant.story.examiner
    for name in names:
        if examiner.probe(operation(name)).standing is Standing.WORKS:
            with suppress(SetupFailed):
                yield own.plain(name)
