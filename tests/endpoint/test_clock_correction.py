"""A clock of this machine that is wrong: noticed, told, and signed by the endpoint's."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import formatdate

import pytest

from conformance.endpoint.clock_correction import SIGNED_AT
from tests.endpoint.raw_endpoint import START, MakeTarget, Peer, Received, Script, StartEndpoint, answering

TWENTY_MINUTES, FIVE_MINUTES = 1_200, 300


def reply(status: int, body: bytes, seconds: float) -> bytes:
    """A reply whose Date header is `seconds` ahead of this machine's clock."""
    date = formatdate(time.time() + seconds, usegmt=True)
    return f"HTTP/1.1 {status} X\r\nDate: {date}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


class Strict:
    """An endpoint whose clock is `ahead` of this machine's, which refuses signatures that are five minutes off."""

    def __init__(
        self, ahead: float, refusal: bytes = b'{"__type": "InvalidSignatureException"}', status: int = 403
    ) -> None:
        self.ahead, self.refusal, self.status = ahead, refusal, status

    def answer(self, received: Received) -> bytes:
        now = time.time() + self.ahead
        stated = datetime.strptime(received.values("x-amz-date")[0], SIGNED_AT).replace(tzinfo=UTC).timestamp()
        if abs(stated - now) > FIVE_MINUTES:
            return reply(self.status, self.refusal, self.ahead)
        return reply(200, b"{}", self.ahead)

    @property
    def script(self) -> Script:
        """What it does with each connection."""

        def script(peer: Peer) -> None:
            while received := peer.request():
                peer.send(self.answer(received))

        return script


@pytest.mark.parametrize("ahead", [TWENTY_MINUTES, -TWENTY_MINUTES])
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, b'{"__type": "InvalidSignatureException"}'),
        (400, b'{"__type": "RequestExpired"}'),
        (401, b""),
        (403, b"no"),
    ],
)
def test_a_clock_that_is_off_is_corrected(
    endpoint: StartEndpoint, target_at: MakeTarget, ahead: int, status: int, body: bytes
) -> None:
    strict = endpoint(Strict(ahead, body, status).script)
    target = target_at(strict.url)
    answers = [target.send(START).response for _ in range(3)]
    assert [answer.status for answer in answers if answer] == [200, 200, 200]
    assert len(strict.received) == 4
    sentence = target.clock.sentence() or ""
    assert f"20 minutes {'behind' if ahead > 0 else 'ahead of'} the endpoint's" in sentence


@pytest.mark.parametrize("ahead", [0, 30])
def test_a_clock_that_is_right_is_left_alone(endpoint: StartEndpoint, target_at: MakeTarget, ahead: int) -> None:
    target = target_at(endpoint(Strict(ahead).script).url)
    target.send(START)
    assert (target.clock_offset, target.clock.sentence()) == (0, None)


def test_a_date_of_another_clock_is_not_signed_by(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    """A gateway that forbids everything and whose clock is wrong: one more try, and no word of clocks."""
    forbidding = endpoint(answering(reply(403, b"no", -3_600)))
    target = target_at(forbidding.url)
    for _ in range(3):
        target.send(START)
    assert len(forbidding.received) <= 6
    assert (target.clock_offset, target.clock.sentence()) == (0, None)


def test_a_date_is_not_looked_at_where_signatures_are_accepted(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    gateway = endpoint(answering(reply(200, b"{}", -3_600), reply(403, b"no", -3_600)))
    target = target_at(gateway.url)
    assert [target.send(START).response is not None for _ in range(2)] == [True, True]
    assert (len(gateway.received), target.clock_offset) == (2, 0)


def test_what_is_refused_for_its_members_is_not_signed_again(endpoint: StartEndpoint, target_at: MakeTarget) -> None:
    strict = endpoint(answering(reply(400, b'{"__type": "ValidationException"}', -3_600)))
    target_at(strict.url).send(START)
    assert len(strict.received) == 1
