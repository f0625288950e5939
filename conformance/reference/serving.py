"""Running the endpoint: as a child process that is steered by lines on stdin, or in the foreground."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
import threading
from collections.abc import Callable

from conformance.reference.choices import Choices
from conformance.reference.clock import iso
from conformance.reference.instances import (
    AUTH_SESSION_ID,
    CONTACT_FLOW_ID,
    INSTANCE_ID,
    SECOND_CONTACT_FLOW_ID,
    SECOND_INSTANCE_ID,
    STREAMING_ENDPOINT_ARN,
    VIEW_TOKEN,
)
from conformance.reference.server import Server, application, listening_socket, origin_of
from conformance.reference.service import Handler, ReferenceService
from conformance.reference.signatures import ACCESS_KEY, SECRET_KEY
from conformance.reference.world import World

# Changes the service or what stands before it: a seeded fault, or a reading that shows in the replies' form.
Wrap = Callable[[ReferenceService], Handler]
CHOICES = Choices()


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


def serve_child(wrap: Wrap | None = None, choices: Choices = CHOICES) -> None:
    """Serves on a free port until stdin ends.

    Prints one JSON line with `announcement` first. A line ``advance SECONDS`` on stdin moves the clock and is
    answered by a JSON line with ``advanced`` and ``now``; any other line by one with ``error``. SIGINT is ignored,
    as a terminal sends it to the parent too.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    listener = listening_socket()
    service = ReferenceService(World(origin_of(listener), choices=choices))
    server = Server(application(_handler(service, wrap), service.sockets), leaves_signals=True)
    _print_line(announcement(origin_of(listener)))

    async def run() -> None:
        loop = asyncio.get_running_loop()
        threading.Thread(target=_follow_stdin, args=(loop, service, server), daemon=True).start()
        await server.serve(sockets=[listener])

    asyncio.run(run())


def _handler(service: ReferenceService, wrap: Wrap | None) -> Handler:
    return wrap(service) if wrap else service.handle


def _follow_stdin(loop: asyncio.AbstractEventLoop, service: ReferenceService, server: Server) -> None:
    for line in sys.stdin:
        loop.call_soon_threadsafe(_obey, service, line)
    server.should_exit = True


def _obey(service: ReferenceService, line: str) -> None:
    command, _, argument = line.strip().partition(" ")
    if command != "advance":
        _print_line({"error": f"{command!r} is no command; the one there is: advance SECONDS"})
        return
    try:
        service.advance(float(argument))
    except (ValueError, OverflowError) as refused:
        _print_line({"error": str(refused)})
    else:
        _print_line({"advanced": float(argument), "now": iso(service.world.now())})


def _print_line(document: object) -> None:
    print(json.dumps(document), flush=True)  # noqa: T201 - the parent reads it


def serve(port: int = 0, wrap: Wrap | None = None, choices: Choices = CHOICES) -> None:
    """Serves in the foreground until interrupted, and says first what to do with it.

    Raises OSError when the port is in use.
    """
    listener = listening_socket(port)
    origin = origin_of(listener)
    service = ReferenceService(World(origin, choices=choices))
    print(_directions(origin), flush=True)  # noqa: T201 - the user reads it
    server = Server(application(_handler(service, wrap), service.sockets), leaves_signals=False)
    # An interrupt is the way to end it, which needs no traceback.
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])


def _directions(origin: str) -> str:
    known = announcement(origin)
    return f"""The reference endpoint listens on {origin} until Ctrl-C.

Judge it from another terminal:
  pytest --target {origin} --instance-id {known["instance_id"]} --contact-flow-id {known["contact_flow_id"]} \\
    --second-instance-id {known["second_instance_id"]} --second-contact-flow-id {known["second_contact_flow_id"]} \\
    --view-token {known["view_token"]} --auth-session-id {known["auth_session_id"]}

Or use it with any AWS SDK, for both services (connect, connectparticipant):
  endpoint {origin}, any Region, access key {ACCESS_KEY}, secret key {SECRET_KEY}
"""
