"""How a run reaches its endpoint: by HTTP and web sockets. Whoever judges something else replaces this."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from conformance.endpoint.client import HttpTarget
from conformance.endpoint.clocks import Clock
from conformance.endpoint.endpoint import Endpoint
from conformance.endpoint.settings import Settings
from conformance.endpoint.transfers import Transfers
from conformance.endpoint.transport import Transport


class Network:
    """The network between a run and its endpoint.

    `is_real` says that the endpoint has an address that other programs reach too: scripts of the report, for one.
    `left_out` is a sentence about what cannot be judged for want of a network.
    `clock` is that of the endpoint, where this knows how to move it.
    """

    is_real: ClassVar[bool] = True
    left_out: ClassVar[str | None] = None
    clock: Clock | None = None

    def transport(self, settings: Settings) -> Transport:
        """What carries the requests of operations."""
        return Transport(timeout=settings.timeout, ca_bundle=settings.ca_bundle)

    def transfers(self, settings: Settings, admit: Callable[[], None]) -> Transfers:
        """What puts and fetches files; `admit` is called before each request, and may raise."""
        return Transfers(settings, admit)

    def endpoint(self, target: HttpTarget, transfers: Transfers, clock: Clock | None) -> Endpoint:
        """The endpoint as scenarios see it."""
        return Endpoint(target, transfers, clock)
