"""What is new to a part of an endpoint is waited for; what is not new, and lasting refusals, are not."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

from conformance.contract.model import operation
from conformance.contract.wire import Exchange, Response, to_request
from conformance.endpoint.consistency import Consistency
from conformance.endpoint.local_time import local_time

IDS = {"InstanceId": "instance", "ContactId": "contact"}


def exchange_of(
    name: str, asked: dict[str, Any], status: int, members: Any = None, error: str | None = None
) -> Exchange:
    headers = (("x-amzn-ErrorType", error),) if error else ()
    return Exchange(to_request(operation(name), asked), Response(status, headers, json.dumps(members or {}).encode()))


STARTED = exchange_of("StartChatContact", {"InstanceId": "instance"}, 200, {"ContactId": "contact"})
UNKNOWN = exchange_of("DescribeContact", IDS, 404, error="ResourceNotFoundException")
FOUND = exchange_of("DescribeContact", IDS, 200, {"Contact": {"Id": "contact"}})
AWAY = exchange_of("CompleteAttachmentUpload", {"AttachmentIds": ["file"]}, 409, error="ConflictException")
DONE = exchange_of("CompleteAttachmentUpload", {"AttachmentIds": ["file"]}, 200)
UPLOAD = exchange_of(
    "StartAttachmentUpload", {}, 200, {"AttachmentId": "file", "UploadMetadata": {"Url": "https://x/1"}}
)


def settle(known: Consistency, first: Exchange, *later: Exchange) -> tuple[Exchange, int]:
    """What comes of `first`, made now, where repetitions get `later`, and how many of these were made."""
    answers = list(later)
    last = known.settle(as_of_now(first), lambda: as_of_now(answers.pop(0)))
    return replace(last, started=0.0), len(later) - len(answers)


def as_of_now(exchange: Exchange) -> Exchange:
    """`exchange`, made now unless it says when."""
    return exchange if exchange.started else replace(exchange, started=local_time())


def test_a_contact_that_was_just_started_is_asked_for_again() -> None:
    known = Consistency(bound=5)
    known.learn(STARTED)
    assert settle(known, UNKNOWN, UNKNOWN, FOUND) == (FOUND, 2)


def test_a_contact_of_nobody_or_of_another_instance_is_not() -> None:
    known = Consistency(bound=5)
    assert settle(known, UNKNOWN, FOUND) == (UNKNOWN, 0)
    known.learn(STARTED)
    elsewhere = exchange_of("DescribeContact", {**IDS, "InstanceId": "other"}, 404, error="ResourceNotFoundException")
    assert settle(known, elsewhere, FOUND) == (elsewhere, 0)


def test_a_contact_as_old_as_the_bound_is_not() -> None:
    known = Consistency(bound=0)
    known.learn(STARTED)
    assert settle(known, UNKNOWN, FOUND) == (UNKNOWN, 0)


def test_a_file_that_was_just_sent_is_completed_again() -> None:
    known = Consistency(bound=5)
    known.learn(UPLOAD)
    assert settle(known, AWAY, DONE) == (AWAY, 0)
    known.note_upload("https://x/1")
    assert settle(known, AWAY, DONE) == (DONE, 1)
    known.learn(DONE)
    assert settle(known, AWAY, DONE) == (AWAY, 0)


def test_a_file_is_as_old_as_it_was_when_its_completion_was_asked_for() -> None:
    """The reply may have come late, or lain there while this process was stopped, until the file is older than that."""
    known = Consistency(bound=0.05)
    known.learn(UPLOAD)
    known.note_upload("https://x/1")
    asked = local_time()
    time.sleep(0.06)
    assert settle(known, replace(AWAY, started=asked), DONE)[1] == 1
    assert settle(known, AWAY, DONE)[1] == 0


def test_nothing_is_waited_for_where_no_wait_was_ever_rewarded() -> None:
    known = Consistency(bound=0.05)
    made = []
    for number in range(4):
        ids = {"InstanceId": "instance", "ContactId": f"contact-{number}"}
        known.learn(exchange_of("StartChatContact", {"InstanceId": "instance"}, 200, {"ContactId": ids["ContactId"]}))
        unknown = exchange_of("DescribeContact", ids, 404, error="ResourceNotFoundException")
        made.append(settle(known, unknown, *[unknown] * 50)[1])
    assert all(made[:3])
    assert made[3] == 0
