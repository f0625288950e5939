"""The bench: the reference as it is stays green, in this process and over a network, and each trial begins afresh."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator

import pytest

from conformance.contract.catalogue import select
from conformance.contract.model import operations
from conformance.contract.wire import Headers, Response
from conformance.engine.verifier import Verifier
from conformance.power import bench as benches
from conformance.power.bench import Bench, Trial
from conformance.power.direct import CRASHED, Direct
from conformance.power.scripts import collect

FAULT = "SendEvent.output.Id.present.absent"
# Web sockets, uploads, refusals, polling and pages, which the two ways differ in. .ci/run runs the whole suite in
# both: over a network before the reference as it is, in one process before each lawful variant.
ONE_OF_EACH = ("GetTranscript.*", "Protocol.*", "StartAttachmentUpload.*", "StopContact.*", "WebSocket.*")


def test_the_reference_as_it_is_stays_green_in_this_process_as_over_a_network(bench: Bench) -> None:
    """And the same is asked: what is left out of the way there changes no test."""
    claims = select(ONE_OF_EACH)
    direct, served = bench.judge(Trial(claims=claims)), bench.judge(Trial(claims=claims, over_network=True))
    assert direct.requests > 300
    assert (direct.reds, direct.errors) == (served.reds, served.errors) == ({}, ())
    assert direct.requests == pytest.approx(served.requests, abs=40)  # polling asks as often as it takes


def test_a_fault_is_found_in_this_process_as_over_a_network(bench: Bench) -> None:
    claims = frozenset({"SendEvent.output.Id.present", "SendEvent.reply.request-id"})
    direct = bench.judge(Trial((FAULT,), claims=claims))
    served = bench.judge(Trial((FAULT,), claims=claims, over_network=True))
    assert direct.reds.keys() == served.reds.keys() == {"SendEvent.output.Id.present"}
    assert [effort.requests for effort in direct.reds.values()] == [effort.requests for effort in served.reds.values()]


def test_a_trial_leaves_nothing_to_the_next(bench: Bench) -> None:
    claims = frozenset({"SendEvent.output.Id.present"})
    assert bench.judge(Trial((FAULT,), claims=claims)).reds
    assert not bench.judge(Trial(claims=claims)).reds


def test_faults_can_stand_together(bench: Bench) -> None:
    names = ("SendMessage.ClientToken.length-max.too-strict", "SendEvent.ClientToken.length-max.too-lax")
    claims = frozenset(name.rpartition(".")[0] for name in names)
    assert bench.judge(Trial(names, claims=claims)).reds.keys() == claims


def test_the_effort_of_a_find_is_counted(bench: Bench) -> None:
    findings = bench.judge(Trial((FAULT,), claims=frozenset({"SendEvent.output.Id.present"})))
    effort = findings.reds["SendEvent.output.Id.present"]
    assert 1 <= effort.requests_of_test <= effort.requests <= findings.requests
    assert 0 < effort.seconds < findings.seconds


def test_header_names_in_another_case_are_tried(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """No fault shows it over HTTP: the reference's server hands on header names in small letters."""
    answer = Direct.answer

    def by_case(self: Direct, method: str, path: str, headers: Headers, body: bytes) -> Response:
        small = any(name in ("content-type", "x-amz-bearer", "authorization") for name, _ in headers)
        return CRASHED if small else answer(self, method, path, headers, body)

    monkeypatch.setattr(Direct, "answer", by_case)
    named = [o for o in operations().values() if o.has_body or o.bearer is not None]  # others send no such header
    claims = frozenset(f"{o.name}.request.header-case" for o in named)
    assert bench.judge(Trial(claims=claims)).reds.keys() >= claims


def test_an_unknown_fault_is_refused_in_both_ways(bench: Bench) -> None:
    for over_network in (False, True):
        with pytest.raises(LookupError, match="there is no fault nonsense"):
            bench.judge(Trial(("nonsense",), claims=frozenset(), over_network=over_network))


def test_a_trial_that_does_not_end_is_given_up(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is the only thing that is bent: every test of the suite then sleeps."""

    def run(*_: object) -> Iterator[str]:
        for number in range(100):
            time.sleep(0.2)
            yield f"test {number}"

    monkeypatch.setattr(benches, "LONGEST", 0.1)
    monkeypatch.setattr(benches, "_run", run)
    assert bench.judge(Trial()).errors == ("it did not end within 0.1 s",)


@pytest.mark.slow
def test_settings_and_plugins_of_the_environment_do_not_change_what_is_played(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k nothing_that_there_is")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    assert len(collect()) > 1_000
    assert os.environ["PYTEST_ADDOPTS"] == "-k nothing_that_there_is"


def test_nothing_is_kept_of_a_trial_that_is_over(bench: Bench) -> None:
    """A process judges a thousand of them: what Hypothesis kept of each state machine filled the memory."""
    before = _verifiers()  # other tests of this process may hold theirs; held here, none of their ids is given anew
    bench.judge(Trial(claims=frozenset({"LifeCycle.order.any-lawful-sequence"})))
    assert _verifiers().keys() <= before.keys()


def _verifiers() -> dict[int, Verifier]:
    gc.collect()
    return {id(kept): kept for kept in gc.get_objects() if isinstance(kept, Verifier)}
