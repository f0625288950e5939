"""A stand-in for the real service: the reference within the service's limits, with its delays.

It is made of what was documented or seen of the service, so that a run against the service can be tried at home: rates
and quotas (domain facts S-70, S-71), replies and a transcript that take their time (S-05), a flow that speaks once
somebody listens, files on another host. ``/_admin/requests`` shows what its callers sent.
"""

from __future__ import annotations

import json
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlsplit

from conformance.contract.limits import ACTIVE_CHATS
from conformance.contract.model import CONNECT
from conformance.contract.service_rates import documented_rates
from conformance.contract.wire import Request, Response
from conformance.reference.choices import Choices, Quotas
from conformance.reference.clock import SECOND
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal
from conformance.reference.service import Handler, ReferenceService
from conformance.reference.serving import Wrap
from conformance.reference.signatures import KNOWN_KEYS, Keys
from conformance.reference.state import Item
from conformance.reference.variants.refusals import operation_of, stamp
from conformance.reference.variants.registry import VARIANTS, alter

REQUESTS = "/_admin/requests"
SHORTEST_REPLY, LONGEST_REPLY = 0.03, 0.12  # seconds
SHORTEST_LAG, LONGEST_LAG = 0.5 * SECOND, 2.0 * SECOND  # milliseconds until an item stands in the transcript
LIVELY = ("greeting-on-socket", "echoing-bot", "late-approval", "late-download")
_TOO_SOON = {True: "TooManyRequestsException", False: "ThrottlingException"}


@dataclass(slots=True)
class Bucket:
    """How many calls of one operation may be made now: `rate` a second, and `burst` at once."""

    rate: float
    burst: float
    left: float = field(init=False)
    at: float | None = None

    def __post_init__(self) -> None:
        self.left = self.burst

    def admits(self, now: float) -> bool:
        """Whether a call may be made at `now`, in seconds; it is counted."""
        self.left = min(self.burst, self.left + self.rate * (now - (now if self.at is None else self.at)))
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


@dataclass(slots=True)
class Seen:
    """What the stand-in has seen: requests and throttled ones by operation, the contacts that were open at once."""

    requests: Counter[str] = field(default_factory=Counter)
    throttled: Counter[str] = field(default_factory=Counter)
    most_open: int = 0
    since: float = field(default_factory=time.monotonic)

    def answer(self) -> Response:
        """It as JSON."""
        facts = {
            "requests": dict(sorted(self.requests.items())),
            "throttled": dict(sorted(self.throttled.items())),
            "most_open_at_once": self.most_open,
            "seconds": round(time.monotonic() - self.since, 3),
        }
        return Response(200, (("Content-Type", "application/json"),), json.dumps(facts).encode())


class StandIn:
    """Makes a reference into the stand-in. What is drawn by chance follows from `seed`.

    Signatures are verified with `keys`. `clock` is in seconds and paces the rates.
    """

    def __init__(self, seed: int, keys: Keys = KNOWN_KEYS, clock: Callable[[], float] = time.monotonic) -> None:
        self._seed, self._keys, self._clock = seed, keys, clock
        self._chance = Random(seed)  # noqa: S311 - nothing secret is drawn
        self._buckets: dict[str, Bucket] = {}
        self.seen = Seen()

    def context(self, origin: str, choices: Choices) -> Context:
        """What the service works on: the account's keys, the service's quotas, files on another host."""
        return Context(
            origin,
            choices=choices,
            quotas=Quotas(active_chats=ACTIVE_CHATS),
            keys=self._keys,
            files_origin=origin_of_files(origin),
        )

    def delay(self) -> float:
        """The seconds that a reply takes."""
        return self._chance.uniform(SHORTEST_REPLY, LONGEST_REPLY)

    def wrap(self, own: Wrap) -> Wrap:
        """What stands before the service that `own` has wrapped."""

        def wrap(service: ReferenceService) -> Handler:
            alter(service, *(VARIANTS[name] for name in LIVELY))
            self._make_late(service)
            return self._counting(own(service), service)

        return wrap

    def _counting(self, handle: Handler, service: ReferenceService) -> Handler:
        def handle_request(request: Request) -> Response:
            if request.path == REQUESTS:
                return self.seen.answer()
            operation = operation_of(request)
            if operation is None:
                return handle(request)
            self.seen.requests[operation.name] += 1
            if not self._admits(operation.name):
                self.seen.throttled[operation.name] += 1
                return stamp(Refusal(_TOO_SOON[operation.service == CONNECT], 429, "Rate exceeded."))
            response = handle(request)
            self.seen.most_open = max(self.seen.most_open, service.context.state.active.total())
            return response

        return handle_request

    def _admits(self, name: str) -> bool:
        """Whether a call of the operation `name` comes within its rate; of some the guide states none."""
        stated = documented_rates().get(name)
        if stated is None:
            return True
        return self._buckets.setdefault(name, Bucket(stated.rate, stated.burst)).admits(self._clock())

    def _make_late(self, service: ReferenceService) -> None:
        """An item stands in the transcript some time after it was sent, and never before an earlier one."""
        own = service.handlers["GetTranscript"]

        def get_transcript(context: Context, call: Call) -> Members:
            contact, everything = call.contact, call.contact.items
            contact.items = everything[: self._count_visible(everything, context.now())]
            try:
                return own(context, call)
            finally:
                contact.items = everything

        service.handlers["GetTranscript"] = get_transcript

    def _count_visible(self, items: list[Item], now: int) -> int:
        """How many of `items` stand in the transcript at `now`."""
        latest, moments = 0.0, list[float]()
        for item in items:
            lag = Random(f"{self._seed} {item.id}").uniform(SHORTEST_LAG, LONGEST_LAG)  # noqa: S311 - no secret
            latest = max(latest, item.at + lag)
            moments.append(latest)
        return bisect_right(moments, now)


def origin_of_files(origin: str) -> str | None:
    """Another name of the machine at `origin`, as files lie elsewhere on the real service; None where none is known."""
    parts = urlsplit(origin)
    if parts.hostname != "127.0.0.1":
        return None
    return parts._replace(netloc=f"localhost:{parts.port}" if parts.port else "localhost").geturl()
