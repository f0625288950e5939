"""What tests in flight took is told apart: calls that may overlap, and calls that one test made alone."""

from __future__ import annotations

from conformance.session.in_flight.parts import Parts


class Sending:
    """A run that has sent some requests, and a clock."""

    requests = 3
    seconds = 100.0

    def send(self, requests: int, seconds: float) -> None:
        self.requests += requests
        self.seconds += seconds


def test_what_is_sent_alone_is_no_part_of_what_may_overlap() -> None:
    run = Sending()
    parts = Parts(lambda: run.requests, lambda: run.seconds)
    run.send(10, 2.0)
    with parts.alone():
        run.send(4, 0.5)
        with parts.alone():  # a test that runs alone asks for quiet
            run.send(1, 0.25)
    run.send(5, 1.0)
    overlapping, alone = {"requests": 15, "seconds": 3.0}, {"requests": 5, "seconds": 0.75}
    assert parts.plain() == {"overlapping": overlapping, "alone": alone}
