"""The plainest valid call of an operation: made once, with resources of its own chat, or with made-up ids."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.contract.model import Operation
from conformance.diagnosis.gateways import seen_of
from conformance.endpoint.conversation import MissingOption, SetupFailed
from conformance.endpoint.probe import FORBIDDEN, Finding, Standing, finding
from strategies.examples import CONSUMING, plain_arguments

if TYPE_CHECKING:
    from conformance.engine.verifier import Verifier

_STARTING = "StartChatContact"
_TIME = "2026-01-01T00:00:00.000Z"


def plain_call(verifier: Verifier, operation: Operation) -> Finding:
    """What the plainest valid call of `operation` gets.

    Where it cannot be made, one with made-up ids is, which at least shows whether the endpoint knows the operation.
    """
    found = _in_fitting_chat(verifier, operation)
    return _with_made_up_ids(verifier, operation, found) if found.standing is Standing.NOT_READY else found


def _in_fitting_chat(verifier: Verifier, operation: Operation) -> Finding:
    # Another connection may void the one that the shared conversation uses: no document says that it does not.
    own = operation.name in CONSUMING or operation.name == "CreateParticipantConnection"
    found = _ask(verifier, operation, own=own and not _lacks_chats(verifier))
    answer = found.exchange.response if found.exchange is not None else None
    if own or answer is None or answer.status != FORBIDDEN:
        return found
    verifier.conversations.discard()  # its flow may have ended the shared chat
    return _ask(verifier, operation, own=False)


def _lacks_chats(verifier: Verifier) -> bool:
    """Whether no chat can be started, so that trying again in a chat of its own would only cost a request."""
    started = verifier.profile.known(_STARTING)
    return started is not None and started.standing is not Standing.WORKS


def _ask(verifier: Verifier, operation: Operation, *, own: bool) -> Finding:
    with verifier.conversations.fitting(own=own) as conversation:
        try:
            return finding(operation, verifier.send(operation, plain_arguments(operation), conversation))
        except MissingOption as missing:
            return Finding(Standing.NOT_READY, missing.reason, option=missing.option)
        except SetupFailed as failed:
            return Finding(Standing.NOT_READY, failed.reason, failed.exchange)


def _with_made_up_ids(verifier: Verifier, operation: Operation, lacking: Finding) -> Finding:
    """Whether the endpoint knows `operation`, whose plain call was `lacking` something.

    Only that is told from the reply: nothing else about the operation follows from a call with made-up ids.
    """
    made_up = MadeUp(verifier.conversations.given)
    try:
        exchange = verifier.send_made_up(operation, plain_arguments(operation), made_up)
    except SetupFailed:  # the run may send no more
        return lacking
    found, answer = finding(operation, exchange), exchange.response
    if answer is not None and found.standing is Standing.UNSUPPORTED:
        return replace(found, reason=f"a call with made-up ids got {seen_of(answer)}")
    return replace(lacking, reached=found.implemented is True)


@dataclass(frozen=True, slots=True)
class MadeUp(Mapping[str, str]):
    """Resources of which only those are real that the run's options gave."""

    given: Mapping[str, str | None]

    def __getitem__(self, name: str) -> str:
        return self.given.get(name) or (_TIME if name.endswith("_time") else str(uuid.uuid4()))

    def __iter__(self) -> Iterator[str]:
        return iter(self.given)

    def __len__(self) -> int:
        return len(self.given)
