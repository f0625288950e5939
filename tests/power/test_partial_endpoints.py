"""Endpoints that implement a part of the operations, or stand behind something that refuses some of them.

What does not work is told once, by each operation's own reply, and nothing else is accused of it.
"""

from __future__ import annotations

from contextlib import suppress
from fnmatch import fnmatchcase

import pytest

from conformance.checks.violation import ContractViolation
from conformance.contract.catalogue import catalogue
from conformance.contract.model import CONNECT, operations
from conformance.contract.requirements import Level
from conformance.contract.wire import Response
from conformance.endpoint.probe import Standing
from conformance.endpoint.running_tests import RunningTest, running
from conformance.engine.verifier import NotVerified, Verifier
from conformance.power.bench import Bench, Trial, _Bound
from conformance.reference.composition import compose
from conformance.reference.contacts import end_contact
from conformance.reference.context import Call, Members
from conformance.reference.lifecycle import ContactEvent
from conformance.reference.service import Handler, ReferenceService
from conformance.reference.serving import CHOICES, Wrap
from conformance.results.recorder import RequirementRecord
from conformance.results.verdicts import Outcome
from conformance.scenario.markers import ENDING_SESSION
from tests.suite.partial_endpoints import (
    FORBIDDEN,
    FOUR,
    HTML,
    LACKING_THREE,
    MOVED,
    NOT_FOUND,
    NOT_IMPLEMENTED,
    OF_PARTICIPANTS,
    UNAUTHORIZED,
    lacking,
    only,
)

Records = dict[str, RequirementRecord]
KEPT, BROKEN, INCONCLUSIVE = Outcome.KEPT, Outcome.BROKEN, Outcome.INCONCLUSIVE
# Scenarios of many operations: each judges what it can without those that are not there.
ACROSS = (
    "CreateParticipantConnection.ConnectionToken.works",
    "DescribeContact.Contact.*",
    "DescribeContact.times.*",
    "LifeCycle.order.*",
    "SendMessage.Id.unique",
    "StartChatContact.ConnectionTypes.*",
    "StopContact.effect.*",
    "WebSocket.delivery.*",
    "Protocol.error.*",
)


def verifier_of(bench: Bench, wrap: Wrap) -> Verifier:
    """The verifier of a fresh endpoint that `wrap` makes of the reference, with all plain calls made."""
    bench.direct.replaceable.replace(wrap, CHOICES)
    verifier = _Bound(bench.direct, Trial()).verifier
    verifier.conversations.invented = frozenset({"--streaming-endpoint-arn"})
    verifier.profile.fill(name for name in operations() if name != ENDING_SESSION)
    return verifier


def records_of(bench: Bench, wrap: Wrap, *globs: str) -> Records:
    """What the tests that claim one of `globs` show of the endpoint, by requirement."""
    verifier = verifier_of(bench, wrap)
    for script in bench.scripts:
        if any(fnmatchcase(claim, glob) for claim in script.claims for glob in globs):
            with running(RunningTest(script.name)), suppress(ContractViolation, NotVerified):
                script.run(verifier)
    return verifier.recorder.records


def broken_ids(records: Records) -> list[str]:
    judged = (rid for rid, record in records.items() if record.outcomes[BROKEN])
    return sorted(rid for rid in judged if catalogue()[rid].level is not Level.RECORD)


def outcomes(records: Records, *requirements: str) -> set[Outcome]:
    return {outcome for rid in requirements for outcome in records[rid].outcomes}


@pytest.mark.parametrize(
    ("wrap", "implemented"),
    [
        (only(FOUR, NOT_FOUND), FOUR),
        (only(FOUR, NOT_IMPLEMENTED), FOUR),
        (only(OF_PARTICIPANTS, NOT_FOUND), OF_PARTICIPANTS),
        (only((), NOT_FOUND), ()),
        (only((), NOT_IMPLEMENTED), ()),
        (lacking(LACKING_THREE, NOT_IMPLEMENTED), set(operations()).difference(LACKING_THREE)),
    ],
    ids=["four", "four by 501", "participants", "nothing", "nothing by 501", "all but three"],
)
def test_each_operation_is_classified_by_its_own_reply(bench: Bench, wrap: Wrap, implemented: tuple[str, ...]) -> None:
    """Also one whose plain call cannot be made: a call with made-up ids shows whether the endpoint knows it."""
    profile = verifier_of(bench, wrap).profile
    found = {name for name in operations() if profile.of(name).implemented}
    assert found == set(implemented)
    assert {n for n in operations() if profile.of(n).standing is Standing.UNSUPPORTED} == set(operations()) - found


def test_scenarios_go_without_the_operations_that_are_not_there(bench: Bench) -> None:
    """Cross-operation promises are judged by the rest; what cannot be is left open for lack of a named operation."""
    records = records_of(bench, lacking(LACKING_THREE, NOT_IMPLEMENTED), *ACROSS)
    assert broken_ids(records) == []
    kept = (
        *("DescribeContact.Contact.id", "DescribeContact.Contact.channel-chat", "DescribeContact.Contact.after-end"),
        *("CreateParticipantConnection.ConnectionToken.works", "LifeCycle.order.any-lawful-sequence"),
        *("DescribeContact.times.epoch-seconds", "LifeCycle.order.dead-stays-dead", "SendMessage.Id.unique"),
        *("WebSocket.delivery.other-chats", "StartChatContact.ConnectionTypes.token-works"),
    )
    assert outcomes(records, *kept) == {KEPT}
    call = "it takes StartWebRTCContact: the plainest call got 501"
    assert records["DescribeContact.Contact.channel-voice"].reason == call
    topics = [rid for rid in records if rid.partition(".")[0] not in operations()]
    assert Outcome.UNSUPPORTED not in outcomes(records, *topics)


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("SendMessage", FORBIDDEN),
        ("GetTranscript", UNAUTHORIZED),
        ("StopContact", MOVED),
        ("CreateParticipant", Response(407)),
        ("CreateParticipantConnection", FORBIDDEN),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Response) else value,
)
def test_what_something_in_front_refuses_breaks_no_promise(bench: Bench, name: str, reply: Response) -> None:
    """Neither a scenario turns red nor what is promised of error bodies, of whatever operation."""
    records = records_of(bench, lacking([name], reply), *ACROSS, f"{name}.success.*", f"{name}.error.*")
    assert broken_ids(records) == []
    assert outcomes(records, f"{name}.success.valid-request", f"{name}.error.body") == {INCONCLUSIVE}


@pytest.mark.parametrize("name", ["SendMessage", "StopContact", "StartChatContact", "CreateParticipantConnection"])
def test_a_refused_plain_call_is_the_one_violation_of_its_operation(bench: Bench, name: str) -> None:
    """What else is promised of the operation, and of others whose scenarios take it, is inconclusive because of it."""
    refused = compose([f"{name}.success.valid-request.refused"])[0]
    records = records_of(bench, refused, *ACROSS, f"{name}.*")
    assert broken_ids(records) == [f"{name}.success.valid-request"]
    own = {rid for rid in records if rid.startswith(f"{name}.") and catalogue()[rid].family.startswith("request")}
    assert outcomes(records, *own) == {INCONCLUSIVE}


@pytest.mark.parametrize("reply", [FORBIDDEN, UNAUTHORIZED, MOVED, NOT_IMPLEMENTED])
def test_what_is_refused_in_front_of_a_whole_service_is_nobodys_fault(bench: Bench, reply: Response) -> None:
    connect = [name for name, covered in operations().items() if covered.service == CONNECT]
    records = records_of(bench, lacking(connect, reply), "*.success.valid-request", "*.bearer.unsigned-accepted")
    assert broken_ids(records) == []


@pytest.mark.parametrize(
    ("fault", "requirement"),
    [
        ("the-participant-service-wants-a-signature", "CreateParticipantConnection.bearer.unsigned-accepted"),
        ("the-participant-service-serves-sdks-only", "CreateParticipantConnection.success.valid-request"),
        ("no-participant-token-opens-a-connection", "CreateParticipantConnection.success.valid-request"),
    ],
)
def test_what_is_wrong_with_a_whole_service_alike_is_one_finding(bench: Bench, fault: str, requirement: str) -> None:
    globs = ("*.success.valid-request", "*.bearer.*", "LifeCycle.order.*")
    assert broken_ids(records_of(bench, compose([fault])[0], *globs)) == [requirement]


def refusal(status: int, name: str) -> Response:
    headers = (("Content-Type", "application/json"), ("x-amzn-ErrorType", name), ("x-amzn-RequestId", "0"))
    return Response(status, headers, b'{"Message": "no"}')


DENIED, UNKNOWN_TOPIC = refusal(403, "AccessDeniedException"), refusal(400, "InvalidParameterException")


def _flow_that_ends_at_once(service: ReferenceService) -> Handler:
    """The flow of each chat disconnects its customer as soon as the chat has started."""
    own = service.perform

    def perform(call: Call) -> Members:
        members = own(call)
        started = service.context.state.contacts.get(members.get("ContactId", ""))
        if started is not None and started.active:
            end_contact(service.context, started, ContactEvent.STOP)
        return members

    service.perform = perform
    return service.handle


@pytest.mark.parametrize(
    ("wrap", "name"),
    [
        (lacking(["StartAttachmentUpload"], DENIED), "StartAttachmentUpload"),
        (_flow_that_ends_at_once, "CreateParticipantConnection"),
        (lacking(["StartContactStreaming"], UNKNOWN_TOPIC), "StartContactStreaming"),
        (lacking(["StartWebRTCContact"], FORBIDDEN), "StartWebRTCContact"),
    ],
    ids=["attachments disabled", "flow ends chats", "a topic made up", "no permission"],
)
def test_a_refusal_that_may_be_the_owners_set_up_accuses_nobody(bench: Bench, wrap: Wrap, name: str) -> None:
    records = records_of(bench, wrap, "*.success.valid-request", f"{name}.*", "LifeCycle.order.*")
    assert broken_ids(records) == []
    assert outcomes(records, f"{name}.success.valid-request") == {INCONCLUSIVE}


def test_a_router_that_breaks_down_says_nothing_of_error_bodies(bench: Bench) -> None:
    """As moto answers a path that it takes for an object of a store: a web server's page of status 500."""
    page = Response(500, HTML, b"<!doctype html>\n<title>500 Internal Server Error</title>\n")
    records = records_of(bench, only((), page), "*.error.*", "*.success.valid-request", "*.reply.no-server-error")
    assert {rid.split(".")[1] for rid in broken_ids(records)} == {"reply"}
