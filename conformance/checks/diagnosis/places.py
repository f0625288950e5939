"""Where a call went, and which option of the run says so."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from conformance.contract.model import PARTICIPANT, Operation, operations
from conformance.contract.wire import Exchange


@dataclass(frozen=True, slots=True)
class Place:
    """The address of one call. `base` is the address of its service (empty where unknown), `path` what follows it."""

    base: str
    path: str
    method: str
    operation: Operation | None

    @property
    def url(self) -> str:
        """The whole address without a query."""
        return self.base + self.path

    @property
    def base_path(self) -> str:
        """The path of `base`, empty where it has none."""
        return urlsplit(self.base).path

    @property
    def full_path(self) -> str:
        """The path as the request line has it."""
        return self.base_path + self.path

    @property
    def host(self) -> str:
        """The host of `base`, with its port if that is named."""
        return urlsplit(self.base).netloc

    @property
    def option(self) -> str:
        """The option that gives `base`. The Participant Service may have one of its own."""
        of_participants = self.operation is not None and self.operation.service == PARTICIPANT
        return "--participant-target" if of_participants else "--target"

    @property
    def call(self) -> str:
        """Method and path as documented, the same for every call of an operation."""
        return f"{self.operation.method} {self.operation.uri}" if self.operation else f"{self.method} {self.path}"

    @property
    def advice(self) -> str:
        """What to do where another address is wanted."""
        return f"give the address that answers itself as {self.option}"


def place_of(exchange: Exchange) -> Place:
    """Where `exchange` went."""
    request = exchange.request
    path = request.path.partition("?")[0]
    return Place(exchange.base, path, request.method, operations().get(request.operation))
