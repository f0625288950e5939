"""The stand-in for the real service keeps within the documented rates and quotas, and tells what it has seen."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest
from click.testing import CliRunner

from conformance.api import judge
from conformance.commands.cli import main
from conformance.contract.limits import ACTIVE_CHATS
from conformance.contract.model import CONNECT, operations
from conformance.contract.service_rates import documented_rates
from conformance.contract.wire import Request, Response
from conformance.reference.choices import Choices
from conformance.reference.clock import Clock
from conformance.reference.context import Context
from conformance.reference.instances import CONTACT_FLOW_ID, INSTANCE_ID
from conformance.reference.server import HttpEndpoint, application
from conformance.reference.service import ReferenceService
from conformance.reference.serving import ReplaceableService
from conformance.reference.signatures import Keys
from conformance.reference.stand_in import REQUESTS, Bucket, StandIn, origin_of_files
from tests.reference.account import Account, Chat, members_of, refusal_of

TOO_MANY, THROTTLED = (429, "TooManyRequestsException"), (429, "ThrottlingException")
ORIGIN = "http://127.0.0.1:4711"


class Caller(Account):
    """A caller of the stand-in whose pace stands still until `pace` moves, apart from the service's own clock."""

    def __init__(self, seed: int = 1) -> None:
        super().__init__()
        self.pace = 0.0
        self.stand_in = StandIn(seed, clock=lambda: self.pace)
        made = self.stand_in.context(ORIGIN, Choices())
        self.time = 1_772_366_400.0
        self.context = Context(
            ORIGIN, Clock(lambda: self.time), quotas=made.quotas, keys=made.keys, files_origin=made.files_origin
        )
        self.service = ReferenceService(self.context)
        self.handle = self.stand_in.wrap(lambda service: service.handle)(self.service)

    def send(self, request: Request) -> Response:
        return self.handle(request)

    def requests_so_far(self) -> Any:
        return json.loads(self.handle(Request("", "GET", REQUESTS)).body)

    def in_time(self) -> Chat:
        """A chat, and so much time that no call of it comes too soon."""
        self.pace += 60
        return self.chat()


@pytest.mark.parametrize("name", sorted(documented_rates()))
def test_a_burst_is_served_and_what_exceeds_it_is_throttled_by_the_services_name(name: str) -> None:
    caller = Caller()
    rate, burst = int(documented_rates()[name].rate), documented_rates()[name].burst
    wanted = TOO_MANY if operations()[name].service == CONNECT else THROTTLED
    replies = [refusal_of(caller.call(name, "no token", InstanceId="i", ContactId="c")) for _ in range(burst + 1)]
    assert replies[-1] == wanted
    assert wanted not in replies[:-1]
    caller.pace += 1
    again = [refusal_of(caller.call(name, "no token", InstanceId="i", ContactId="c")) for _ in range(rate + 1)]
    assert (wanted in again[:-1], again[-1]) == (False, wanted)
    assert caller.requests_so_far()["requests"] == {name: burst + rate + 2}
    assert caller.requests_so_far()["throttled"] == {name: 2}


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    bucket = Bucket(2, 5)
    assert [bucket.admits(1_000.0) for _ in range(6)] == [True] * 5 + [False]
    assert [bucket.admits(2_000.0) for _ in range(6)] == [True] * 5 + [False]


def test_a_hundred_chats_are_open_at_once_and_no_more() -> None:
    caller = Caller()
    for _ in range(ACTIVE_CHATS):
        caller.pace += 1
        members_of(caller.start())
    caller.pace += 1
    assert refusal_of(caller.start()) == (429, "LimitExceededException")
    assert caller.requests_so_far()["most_open_at_once"] == ACTIVE_CHATS == 100


def test_the_transcript_lags_behind_by_half_a_second_to_two() -> None:
    caller = Caller()
    chat = caller.in_time()
    sent = [chat.say(f"message {number}")["Id"] for number in range(6)]
    lags: dict[str, float] = {}
    for step in range(25):
        shown = [item["Id"] for item in chat.transcript(MaxResults=100, SortOrder="ASCENDING") if item["Id"] in sent]
        assert shown == sent[: len(shown)], "an item stands there before an earlier one"
        for item in shown:
            lags.setdefault(item, step / 10)
        caller.pace += 1
        caller.time += 0.1
    assert set(lags) == set(sent)
    assert 0.5 <= min(lags.values()) <= max(lags.values()) <= 2.1


def test_a_bot_answers_and_files_lie_on_another_host() -> None:
    caller = Caller()
    chat = caller.in_time()
    chat.say("Hello")
    caller.time += 3
    assert [item["Content"] for item in chat.transcript()] == ["Hello", "Hello"]
    upload = {"ContentType": "text/plain", "AttachmentSizeInBytes": 5, "AttachmentName": "note.txt"}
    started = members_of(chat.call("StartAttachmentUpload", **upload, ClientToken="u"))
    assert started["UploadMetadata"]["Url"].startswith("http://localhost:4711/uploads/")
    assert (origin_of_files("http://127.0.0.1"), origin_of_files("https://a.example")) == ("http://localhost", None)


def test_signatures_are_verified_with_the_keys_that_were_given() -> None:
    context = StandIn(1, Keys("AKIAOTHER", "secret")).context(ORIGIN, Choices())
    caller = Account()
    caller.service = ReferenceService(context)
    caller.context = context
    assert refusal_of(caller.start()) == (403, "UnrecognizedClientException")
    assert "secret" not in repr(context)


def test_delays_are_within_bounds_and_follow_from_the_seed() -> None:
    first, again, other = (StandIn(seed).delay() for seed in (7, 7, 8))
    assert first == again != other
    delays = [(service := StandIn(7)).delay(), *(service.delay() for _ in range(200))]
    assert 0.03 <= min(delays) < 0.04
    assert 0.11 < max(delays) <= 0.12


def test_a_reply_that_is_held_back_holds_no_other_back() -> None:
    async def reply() -> float:
        async def receive() -> Any:
            return {"type": "http.request", "body": b""}

        async def send(_: Any) -> None:
            """Nobody reads it."""

        scope = {"method": "GET", "raw_path": b"/", "query_string": b"", "headers": []}
        began = time.monotonic()
        endpoint = HttpEndpoint(lambda _: Response(200), lambda: 0.1)
        await asyncio.gather(*(endpoint(scope, receive, send) for _ in range(10)))
        return time.monotonic() - began

    assert 0.1 <= asyncio.run(reply()) < 0.9


@pytest.mark.slow
def test_the_suite_finds_nothing_wrong_with_it() -> None:
    """Ten times as fast as the service, so that a test can wait for it. Requests name messages that it shows late."""
    stand_in = StandIn(3, clock=lambda: 10 * time.monotonic())
    replaceable = ReplaceableService(
        "http://127.0.0.1:8080", stand_in.wrap(lambda service: service.handle), context=stand_in.context
    )
    served = application(replaceable.handle, replaceable.sockets)
    scope = ["GetTranscript.StartPosition.*", "StartAttachmentUpload.ClientToken.concurrent-duplicates"]
    judged = judge(served, scope, instance_id=INSTANCE_ID, contact_flow_id=CONTACT_FLOW_ID)
    judged.assert_conformant()
    assert stand_in.seen.throttled
    assert stand_in.seen.requests.total() > 50
    assert not replaceable.service.context.state.active.total()


def test_a_profile_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    done = CliRunner().invoke(main, ["serve", "--as-service", "--aws-profile", "missing"])
    assert done.exit_code == 4
    assert "--aws-profile 'missing' is not configured" in done.output


def test_requests_of_a_page_of_no_operation_are_not_throttled() -> None:
    caller = Caller()
    replies = {caller.send(Request("", "GET", "/nothing")).status for _ in range(20)}
    assert replies == {404}
    assert caller.requests_so_far()["requests"] == {}
