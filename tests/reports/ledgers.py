"""Ledgers of runs that never were, written by the suite's own Ledger and read back as a report reads them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from typing import Any

from conformance.checks.violation import Breach
from conformance.contract.catalogue import catalogue
from conformance.contract.model import operation
from conformance.contract.requirements import Level, Requirement
from conformance.contract.wire import Exchange, Request, Response
from conformance.results.ledger import Ledger
from conformance.results.ledger_files import whole_exchanges
from conformance.results.observation import Observation
from conformance.results.verdicts import Outcome

ENDPOINT = "http://127.0.0.1:8123"
INSTANCE = "11111111-2222-4333-8444-555555555555"
CONTACT = "99999999-8888-4777-8666-555555555555"
TOKEN = "QVFJREFIaGJHc2VjcmV0"
SIGNATURE = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/us-west-2/connect/aws4_request"
FAILED, CLEAN = "SendEvent.Content.length-max", "SendEvent.Content.length-min"

Catalogue = Callable[..., None]

HEADER: dict[str, Any] = {
    "target": "reference",
    "endpoint": ENDPOINT,
    "participant_endpoint": ENDPOINT,
    "region": "us-west-2",
    "instance_id": INSTANCE,
    "contact_flow_id": "flow-1",
    "credentials": "test",
    "sources": [{"service": "connect", "api_version": "2017-08-08", "botocore": "1.44.5", "sha256": "0" * 64}],
    "seed": 7,
    "depth": "default",
    "scope": [],
    "given": [],
    "command": "pytest conformance --target reference",
    "started": "2026-11-21T10:00:00+00:00",
    "platform": "Linux",
    "versions": {"python": "3.11.7", "botocore": "1.44.5"},
}
FOOTER: dict[str, Any] = {
    "interrupted": False,
    "suite_error": False,
    "duration_seconds": 12.5,
    "contacts": {"opened": 3, "closed": 3, "leaked": 0, "unanswered": 0, "left_open": []},
}


def requirement(rid: str, level: Level = Level.MUST, **more: Any) -> Requirement:
    """A prose requirement."""
    facts = {"statement": f"{rid} holds.", "source": "model", "family": rid.split(".")[1]}
    return Requirement(**{"id": rid, "operation": rid.split(".", maxsplit=1)[0], "level": level, **facts, **more})


def exchange(name: str, members: dict[str, Any] | bytes, response: Response | None = None, **more: Any) -> Exchange:
    """A call of the operation `name` with `members` as its body, carrying the credentials it needs."""
    called = operation(name)
    secret = ("Authorization", SIGNATURE) if called.signed else ("X-Amz-Bearer", more.pop("token", TOKEN))
    body = members if isinstance(members, bytes) else json.dumps(members).encode()
    path = more.pop("path", called.uri)
    request = Request(name, called.method, path, (secret, ("Content-Type", "application/json")), body)
    return Exchange(request, response, 1_795_255_200.0, 0.0123, **more)


def answer(status: int, members: dict[str, Any] | None = None) -> Response:
    """A JSON reply."""
    return Response(status, (("Content-Type", "application/json"),), json.dumps(members or {}).encode())


def violate(requirement: str = FAILED, **more: Any) -> Observation:
    """A violation of `requirement`, by default with one call as its evidence."""
    event = {"ContentType": "application/vnd.amazonaws.connect.event.typing", "Content": "a" * 16_385}
    facts = {
        "phase": "edge",
        "test": f"conformance/protocol/test_limits.py::test_a_limit[{requirement}]",
        "edge": "16385 code points",
        "exchanges": (exchange("SendEvent", event, answer(200, {"Id": "i"})),),
    }
    evidence = {"expected": "400 ValidationException", "actual": "200", **more}
    breach = Breach(evidence.pop("expected"), evidence.pop("actual"))
    return Observation(requirement, Outcome.BROKEN, breach=breach, **{**facts, **evidence})


def repetition(seen: Observation, times: int, of: int, by: str = "test", **more: Any) -> dict[str, Any]:
    """The entry that says that `times` of `of` repetitions showed the violation that was `seen`."""
    example = {"requirement": seen.requirement, "test": seen.test, "edge": seen.edge, "by": by}
    return {"entry": "repetition", **example, "times": times, "of": of, "difference": None, **more}


def kept_promise(requirement: str = CLEAN, edge: str | None = "1 code point", phase: str = "edge") -> Observation:
    """A kept promise."""
    return Observation(requirement, Outcome.KEPT, phase, f"conformance/test_it.py::test_it[{requirement}]", edge)


def all_promises() -> Iterable[Observation]:
    """One kept edge for each must and should, one answer for each record."""
    for requirement in catalogue().values():
        if requirement.level is Level.RECORD:
            yield Observation(requirement.id, Outcome.RECORDED, "edge", "t::records", "asked", reason="400 so-and-so")
        else:
            yield kept_promise(requirement.id)


def entries_of(
    observations: Iterable[Observation] = (), *, footer: dict[str, Any] | None = FOOTER, **header: Any
) -> list[dict[str, Any]]:
    """The entries of one process that saw `observations`; `footer` None is a process that was killed."""
    file = io.StringIO()
    ledger = Ledger(file)
    ledger.header(**{**HEADER, **header})
    for observation in observations:
        ledger.observe(observation)
        if observation.test and footer is not None:
            ledger.flush()
            ledger.traffic({"SendEvent": 2, "StartChatContact": 1}, 1)
            ledger.test(observation.test, "A limit holds.", "passed", 0.25)
    ledger.flush()
    if footer is not None:
        ledger.footer(**footer)
    return list(whole_exchanges(json.loads(line) for line in file.getvalue().splitlines()))


def selection(*claimed: str, partly: Iterable[str] = (), tests: int = 0, **more: Any) -> dict[str, Any]:
    """A ledger's word of a run that some tests were left out of; those that remain claim `claimed`."""
    known = {"tests": tests or len(claimed), "all_tests": 2_008, "narrowed_by": ["-k typing"], "stops_after": 0}
    return {**known, "claimed": list(claimed), "partly": list(partly), **more}
