"""Running the endpoint: as a child process that is steered by lines on stdin, or in the foreground."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shlex
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from conformance.contract.wire import Request, Response
from conformance.reference.admin import answer_admin
from conformance.reference.choices import Choices
from conformance.reference.clock import iso
from conformance.reference.context import Context
from conformance.reference.instances import (
    AUTH_SESSION_ID,
    CONTACT_FLOW_ID,
    INSTANCE_ID,
    SECOND_CONTACT_FLOW_ID,
    SECOND_INSTANCE_ID,
    STREAMING_ENDPOINT_ARN,
    VIEW_TOKEN,
)
from conformance.reference.server import HOST, Server, application, listening_socket, origin_of
from conformance.reference.service import Handler, ReferenceService
from conformance.reference.signatures import ACCESS_KEY, SECRET_KEY
from conformance.reference.sockets import Sockets

# Changes the service or what stands before it: a seeded fault, or a variant that shows in the replies' form.
Wrap = Callable[[ReferenceService], Handler]
# What makes the reference into one with faults and in variants, by their names. Raises LookupError for a wrong one.
Compose = Callable[[list[str], list[str]], tuple[Wrap, Choices]]
# What a service works on, of its own address and its choices.
MakeContext = Callable[[str, Choices], Context]
CHOICES = Choices()


def _plain_context(origin: str, choices: Choices) -> Context:
    return Context(origin, choices=choices)


class ReplaceableService:
    """A service that can be replaced by a fresh one while the server runs.

    With `admin` it also answers what its owner asks (conformance.reference.admin). `context` makes what a fresh service
    works on.
    """

    def __init__(
        self,
        origin: str,
        wrap: Wrap | None = None,
        choices: Choices = CHOICES,
        *,
        admin: bool = False,
        context: MakeContext | None = None,
    ) -> None:
        self._origin, self._admin, self._context = origin, admin, context or _plain_context
        self.replace(wrap, choices)

    def replace(self, wrap: Wrap | None, choices: Choices) -> None:
        """Start a fresh service; what the one before it knew is gone."""
        self.service = ReferenceService(self._context(self._origin, choices))
        self._handle = wrap(self.service) if wrap else self.service.handle

    def handle(self, request: Request) -> Response:
        """The reply of the present service, to a program or to a page in a browser."""
        asked = answer_admin(self.service.context, request) if self._admin else None
        return asked or self.service.cross_origin.answer(request, self._handle)

    def sockets(self) -> Sockets:
        """The web sockets of the present service."""
        return self.service.sockets


def announcement(origin: str) -> dict[str, str]:
    """What a caller needs to know to use the endpoint at `origin`."""
    return {
        "url": origin,
        "instance_id": INSTANCE_ID,
        "contact_flow_id": CONTACT_FLOW_ID,
        "second_instance_id": SECOND_INSTANCE_ID,
        "second_contact_flow_id": SECOND_CONTACT_FLOW_ID,
        "view_token": VIEW_TOKEN,
        "auth_session_id": AUTH_SESSION_ID,
        "streaming_endpoint_arn": STREAMING_ENDPOINT_ARN,
    }


def serve_child(wrap: Wrap | None = None, compose: Compose | None = None) -> None:
    """Serves on a free port until stdin ends.

    Prints one JSON line with `announcement` first. A line ``advance SECONDS`` on stdin moves the clock and is
    answered by a JSON line with ``advanced`` and ``now``. With `compose` a line ``become FAULT,... VARIANT...`` puts a
    fresh service in its place, with these faults (``-`` for none) and in these variants, and is answered by a JSON line
    with ``became``. Any other line is answered by one with ``error``. SIGINT is ignored, as a terminal sends it to the
    parent too.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    listener = listening_socket()
    replaceable = ReplaceableService(origin_of(listener), wrap)
    server = Server(application(replaceable.handle, replaceable.sockets), leaves_signals=True)
    _print_line(announcement(origin_of(listener)))

    async def run() -> None:
        loop = asyncio.get_running_loop()
        threading.Thread(
            target=_follow_stdin, args=(loop, StdinCommands(replaceable, compose), server), daemon=True
        ).start()
        await server.serve(sockets=[listener])

    asyncio.run(run())


def _follow_stdin(loop: asyncio.AbstractEventLoop, commands: StdinCommands, server: Server) -> None:
    for line in sys.stdin:
        loop.call_soon_threadsafe(commands.execute, line)
    server.should_exit = True


class StdinCommands:
    """Does what lines on stdin ask of the service, and answers each with a line."""

    def __init__(self, replaceable: ReplaceableService, compose: Compose | None) -> None:
        self._replaceable = replaceable
        self._commands: dict[str, Callable[[list[str]], dict[str, object]]] = {"advance": self._advance}
        if compose is not None:
            self._commands["become"] = partial(self._become, compose)

    def execute(self, line: str) -> None:
        """Does what `line` asks for, or says why not."""
        command, *words = line.split() or [""]
        if command not in self._commands:
            _print_line({"error": f"{command!r} is no command: give {' or '.join(self._commands)} and what they need"})
            return
        try:
            _print_line(self._commands[command](words))
        except (ValueError, OverflowError, LookupError) as refused:
            _print_line({"error": str(refused)})

    def _advance(self, words: list[str]) -> dict[str, object]:
        seconds = float(" ".join(words))
        self._replaceable.service.advance(seconds)
        return {"advanced": seconds, "now": iso(self._replaceable.service.context.now())}

    def _become(self, compose: Compose, words: list[str]) -> dict[str, object]:
        faults, *variants = words or ["-"]
        self._replaceable.replace(*compose([] if faults == "-" else faults.split(","), variants))
        return {"became": words}


def _print_line(document: object) -> None:
    print(json.dumps(document), flush=True)  # noqa: T201 - the parent reads it


@dataclass(frozen=True, slots=True)
class Place:
    """Where an endpoint is served: `host` is an IPv4 or IPv6 address of this machine, port 0 takes a free one.

    With `public_url`, the address of a gateway before it, the URLs that it hands out lead there. With `admin` it also
    answers what its owner asks (conformance.reference.admin). `context` makes what the service works on, and `delay`
    says how many seconds a reply takes.
    """

    port: int = 0
    host: str = HOST
    public_url: str | None = None
    admin: bool = False
    context: MakeContext | None = None
    delay: Callable[[], float] | None = None


def serve(place: Place = Place(), wrap: Wrap | None = None, choices: Choices = CHOICES) -> None:
    """Serves in the foreground until interrupted, and says first what to do with it.

    Raises OSError where nothing can listen there, as when the port is in use.
    """
    listener = listening_socket(place.port, place.host)
    origin = origin_of(listener)
    replaceable = ReplaceableService(
        place.public_url or origin, wrap, choices, admin=place.admin, context=place.context
    )
    print(_directions(origin, place.public_url or origin), flush=True)  # noqa: T201 - the user reads it
    server = Server(application(replaceable.handle, replaceable.sockets, place.delay), leaves_signals=False)
    # An interrupt is the way to end it, which needs no traceback.
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])


def _directions(listens: str, origin: str) -> str:
    known = announcement(origin)
    return f"""The reference endpoint listens on {listens} until Ctrl-C.

Judge it from another terminal:
  connect-conformance run --target {shlex.quote(origin)} \\
    --instance-id {known["instance_id"]} --contact-flow-id {known["contact_flow_id"]} \\
    --second-instance-id {known["second_instance_id"]} --second-contact-flow-id {known["second_contact_flow_id"]} \\
    --view-token {known["view_token"]} --auth-session-id {known["auth_session_id"]}

Or use it with any AWS SDK, for both services (connect, connectparticipant):
  endpoint {origin}, any Region, access key {ACCESS_KEY}, secret key {SECRET_KEY}
"""
