"""The endpoint under test as a scenario sees it: its API, the URLs that it returns, and its clock."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from conformance.contract.model import operation
from conformance.contract.wire import WEB_SOCKET, Exchange, Request, Response
from conformance.endpoint.back_end import BackEnd, GivenChat
from conformance.endpoint.budget import BudgetSpent
from conformance.endpoint.client import HttpTarget
from conformance.endpoint.clocks import Clock
from conformance.endpoint.connections import HangUp
from conformance.endpoint.consistency import Consistency
from conformance.endpoint.line_faults import PASSING
from conformance.endpoint.preconditions import AbsentOperation, MissingOption, SetupFailed
from conformance.endpoint.quiet import Quiet
from conformance.endpoint.sockets import Socket, open_socket
from conformance.endpoint.transfers import Transfers


@dataclass(slots=True)
class Endpoint:
    """Every call of the endpoint, but for those of a service that it does not have by its user's word.

    `clock` is None where the run cannot move its clock, `back_end` where chats are started by StartChatContact.
    `joins` says that a chat begins with its customer's first web socket. `quiet` lets one test call alone for a while.
    """

    target: HttpTarget
    transfers: Transfers
    clock: Clock | None = None
    back_end: BackEnd | None = field(default=None, init=False)
    joins: bool = field(default=False, init=False)
    consistency: Consistency = field(init=False)
    quiet: Quiet = field(default_factory=Quiet, init=False)

    def __post_init__(self) -> None:
        self.consistency = Consistency(self.target.settings.poll_seconds)
        self.joins = self.target.settings.on_aws

    @property
    def participant_address(self) -> str:
        """The address of the Participant Service, from the options of the run."""
        return self.target.settings.participant_target

    def send(self, request: Request, *, signed: bool | None = None) -> Exchange:
        """Make one call of an operation, again while what it names is new to a part of the endpoint.

        Raises SetupFailed when the run may send no more, or has no such operation.
        """
        self._require_present(request)
        try:
            with self.quiet.call():
                exchange = self.target.send(request, signed=signed)
                settled = self.consistency.settle(exchange, lambda: self.target.send(request, signed=signed))
        except BudgetSpent as spent:
            raise SetupFailed(str(spent)) from spent
        self.consistency.learn(settled)
        return settled

    def _require_present(self, request: Request) -> None:
        """Raises AbsentOperation for an operation of a service that the endpoint does not have by its user's word."""
        if operation(request.operation).service == self.target.settings.absent:
            raise AbsentOperation(request.operation)

    def given_chat(self) -> GivenChat | None:
        """A new chat of the user's own back end; None without one. Raises SetupFailed where it gives none."""
        if self.back_end is None:
            return None
        try:
            with self.quiet.call():
                return self.back_end.start()
        except BudgetSpent as spent:
            raise SetupFailed(str(spent)) from spent

    def stop(self, request: Request) -> Exchange:
        """Stop a contact that the run opened; that may be sent whatever the run has spent."""
        with self.target.budget.closing():
            return self.target.send(request)

    def send_and_hang_up(self, request: Request, when: HangUp = HangUp.DURING_REPLY) -> Exchange:
        """Deliver a request and lose its reply. Raises SetupFailed when the run may send no more."""
        self._require_present(request)
        try:
            with self.quiet.call():
                return self.target.send_and_hang_up(request, when=when)
        except BudgetSpent as spent:
            raise SetupFailed(str(spent)) from spent

    def shrinking(self, *, active: bool) -> AbstractContextManager[None]:
        """While `active`, requests count as spent on making a find smaller."""
        return self.target.budget.shrinking() if active else nullcontext()

    def fetch(self, method: str, url: str, headers: Mapping[str, str], content: bytes = b"") -> Response:
        """The reply of a URL that the endpoint returned. Raises SetupFailed when the call is not allowed or fails."""
        try:
            answer = self.transfers.fetch(method, url, headers, content)
            self.consistency.note_upload(url)
            return self.transfers.fetch(method, url, headers, content) if answer.status in PASSING else answer
        except BudgetSpent as spent:
            raise SetupFailed(str(spent)) from spent

    def open_socket(self, url: str) -> Socket:
        """Open a web socket whose URL the endpoint returned. Raises SetupFailed where that is not allowed."""
        try:
            opened = open_socket(self.target.settings, url, lambda: self.target.budget.spend(WEB_SOCKET))
            if opened.status not in PASSING:
                return opened
            return open_socket(self.target.settings, url, lambda: self.target.budget.spend(WEB_SOCKET))
        except BudgetSpent as spent:
            raise SetupFailed(str(spent)) from spent

    def join(self, connected: Mapping[str, Any]) -> None:
        """Where a chat begins with that, open and close the web socket of `connected` once.

        `connected` are the members of a reply of CreateParticipantConnection. No document says that a flow waits: it
        was seen.
        """
        websocket = connected.get("Websocket")
        url = websocket.get("Url") if isinstance(websocket, dict) else None
        if self.joins and isinstance(url, str):
            self.open_socket(url).close()

    def advance_clock(self, seconds: int) -> None:
        """Move the endpoint's clock, and the time that signatures are dated by. Raises MissingOption without one."""
        if self.clock is None:
            raise MissingOption("--advance-clock")
        self.clock.advance(seconds)
        self.target.clock_offset += seconds
