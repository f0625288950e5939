from __future__ import annotations

from typing import Any

import pytest

from conformance.contract.requirements import Level
from conformance.contract.wire import Exchange
from conformance.results.observation import Observation, Repetitions
from conformance.results.verdicts import Outcome, Verdict
from reports.gathered_evidence import evidence_of, unknown_requirements
from reports.requirement_result import RequirementResult
from reports.run import run_of
from reports.traceability import requirement_results
from tests.reports.ledgers import (
    Catalogue,
    answer,
    entries_of,
    exchange,
    kept_promise,
    repetition,
    requirement,
    violate,
)

RID = "SendEvent.facet.rule"


def result(*observations: Observation, **header: Any) -> RequirementResult:
    """What the only requirement in scope came to."""
    entries = entries_of(observations, **header)
    (found,) = requirement_results(entries, run_of(entries))
    return found


def call(size: int, count: int = 1) -> tuple[Exchange, ...]:
    return (exchange("SendEvent", {"Content": "a" * size}, answer(200)),) * count


def test_observations_are_counted_by_phase_and_outcome(only: Catalogue) -> None:
    only(requirement(RID))
    found = result(
        kept_promise(RID), kept_promise(RID), kept_promise(RID, None, "search"), violate(RID, phase="search", edge=None)
    )
    assert found.examples == {"edge": {"kept": 2}, "search": {"kept": 1, "broken": 1}}
    assert found.verdict is Verdict.FAIL
    assert found.violations == 1


def test_counted_observations_weigh_as_often_as_they_were_made(only: Catalogue) -> None:
    only(requirement(RID))
    tally = {"entry": "tally", "requirement": RID, "outcome": "broken", "phase": "search", "test": "t", "edge": None}
    entries = [*entries_of([violate(RID)]), {**tally, "count": 41}]
    (found,) = requirement_results(entries, run_of(entries))
    assert found.violations == 42


def test_the_edges_are_listed_with_outcomes_and_the_statuses_seen(only: Catalogue) -> None:
    only(requirement(RID))
    edges = {
        tried.edge: tried
        for tried in result(kept_promise(RID, "1"), kept_promise(RID, "1"), violate(RID, edge="2")).edges
    }
    assert edges["1"].outcomes == {"kept": 2}
    assert edges["2"].outcomes == {"broken": 1}
    assert edges["2"].statuses == (200,)


def test_edges_that_a_depth_leaves_out_are_named_once(only: Catalogue) -> None:
    only(requirement(RID))
    left = {"entry": "left-out", "requirement": RID, "test": "t", "edges": ["2", "3"]}
    entries = [*entries_of([kept_promise(RID, "1")]), left, {**left, "test": "u"}]
    (found,) = requirement_results(entries, run_of(entries))
    assert found.left_out == ("2", "3")


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        (violate(RID, phase="search", exchanges=call(1)), violate(RID, phase="edge", exchanges=call(9))),
        (violate(RID, exchanges=call(9)), violate(RID, exchanges=call(1))),
        (violate(RID, exchanges=call(1, 2)), violate(RID, exchanges=call(9))),
        (violate(RID, exchanges=()), violate(RID, phase="passive", exchanges=call(9, 3))),
    ],
    ids=["edge before search", "smaller body", "fewer calls", "evidence before none"],
)
def test_the_best_violation_is_shown_whichever_came_first(
    only: Catalogue, worse: Observation, better: Observation
) -> None:
    only(requirement(RID))
    for observations in ((worse, better), (better, worse)):
        violation = result(*observations).violation
        assert violation is not None
        assert [e["request"]["body_bytes"] for e in violation.exchanges] == [
            len(e.request.body) for e in better.exchanges
        ]


def test_how_often_a_violation_came_again_is_kept(only: Catalogue) -> None:
    only(requirement(RID))
    seen = violate(RID)
    entries = [*entries_of([seen]), repetition(seen, 2, 3), repetition(violate(RID, edge="other"), 0, 3)]
    (found,) = requirement_results(entries, run_of(entries))
    assert found.violation is not None
    assert (found.violation.by_test, found.violation.by_script) == (Repetitions(2, 3), None)


def test_the_repetitions_of_a_scenario_belong_to_its_violation(only: Catalogue) -> None:
    only(requirement(RID))
    seen = violate(RID, phase="scenario", test="t::scenario", edge=None)
    again = repetition(seen, 1, 2)
    entries = [*entries_of([seen]), again, {**again, "test": "t::other", "times": 0}]
    (found,) = requirement_results(entries, run_of(entries))
    assert found.violation is not None
    assert found.violation.by_test == Repetitions(1, 2)


def test_a_broken_should_is_a_warning_with_its_evidence(only: Catalogue) -> None:
    only(requirement(RID, Level.SHOULD))
    found = result(violate(RID))
    assert found.verdict is Verdict.WARNING
    assert found.violation is not None


def test_what_is_recorded_says_which_answers_came_how_often(only: Catalogue) -> None:
    only(requirement(RID, Level.RECORD))
    answers = ("415", "400", "415")
    found = result(*(Observation(RID, Outcome.RECORDED, "edge", "t", "e", reason=text) for text in answers))
    assert found.verdict is Verdict.RECORDED
    assert found.observed == "415 (2 times); 400"
    assert found.violation is None


def test_many_different_answers_are_cut_with_a_note(only: Catalogue) -> None:
    only(requirement(RID, Level.RECORD))
    found = result(*(Observation(RID, Outcome.RECORDED, "edge", "t", "e", reason=str(n)) for n in range(13)))
    assert found.observed is not None
    assert found.observed.endswith("; and 3 more kinds")


def test_an_untested_requirement_says_its_written_reason(only: Catalogue) -> None:
    only(requirement(RID, untested="no plain endpoint shows it"))
    found = result()
    assert (found.verdict, found.excused) == (Verdict.UNTESTED, True)
    assert found.reason == "no plain endpoint shows it"


def test_a_missing_option_excuses_and_is_named(only: Catalogue) -> None:
    only(requirement(RID, needs="--view-token"))
    found = result(given=["--second-instance-id"])
    assert found.excused
    assert found.reason == "needs --view-token, which was not given"


def test_an_option_that_was_given_excuses_nothing(only: Catalogue) -> None:
    only(requirement(RID, needs="--view-token"))
    found = result(given=["--view-token"])
    assert not found.excused
    assert found.reason == "no test that ran claims it"


@pytest.mark.parametrize(("given", "excused"), [([], True), (["--view-token"], False)])
def test_a_test_that_lacked_an_option_excuses_its_requirement(
    only: Catalogue, given: list[str], *, excused: bool
) -> None:
    only(requirement(RID))
    lacking = Observation(RID, Outcome.UNTESTED, "edge", "t", reason="needs --view-token, which was not given")
    assert result(lacking, given=given).excused is excused


def test_a_superseded_requirement_names_the_one_that_is_judged(only: Catalogue) -> None:
    only(requirement(RID, superseded_by="SendEvent.Content.length-max"))
    found = result()
    assert found.excused
    assert found.reason == "superseded by SendEvent.Content.length-max, which is judged instead"


@pytest.mark.parametrize("footer", [None, {"interrupted": True}])
def test_what_a_stopped_run_did_not_reach_is_not_excused(only: Catalogue, footer: dict[str, bool] | None) -> None:
    only(requirement(RID))
    found = result(footer=footer)
    assert not found.excused
    assert found.reason == "the run ended before a test came to it"


@pytest.mark.parametrize("outcome", [Outcome.INCONCLUSIVE, Outcome.UNSUPPORTED, Outcome.ERROR, Outcome.NOT_APPLICABLE])
def test_why_there_is_no_judgement_is_said_in_the_words_of_the_observation(only: Catalogue, outcome: Outcome) -> None:
    only(requirement(RID))
    found = result(Observation(RID, outcome, "edge", "t", "e", reason="time-out"))
    assert found.verdict.value == outcome.value
    assert found.reason == "time-out"


def test_tests_that_asked_stand_before_those_whose_replies_were_judged_in_passing(only: Catalogue) -> None:
    only(requirement(RID))
    passing = Observation(RID, Outcome.KEPT, "passive", "bystander")
    assert result(passing).tests == ("bystander",)
    assert result(passing, kept_promise(RID)).tests == (f"conformance/test_it.py::test_it[{RID}]",)


def test_the_scope_is_the_headers(only: Catalogue) -> None:
    only(requirement(RID), requirement("SendEvent.facet.other"))
    assert result(kept_promise("SendEvent.facet.other"), scope=[RID]).requirement.id == RID


def test_ledgers_of_several_processes_are_one_run(only: Catalogue) -> None:
    only(requirement(RID))
    entries = [*entries_of([kept_promise(RID)]), *entries_of([kept_promise(RID), violate(RID)])]
    (found,) = requirement_results(entries, run_of(entries))
    assert found.verdict is Verdict.FAIL
    assert found.examples == {"edge": {"kept": 2, "broken": 1}}


def test_ids_that_the_catalogue_lacks_are_named(only: Catalogue) -> None:
    only(requirement(RID))
    assert unknown_requirements(evidence_of(entries_of([kept_promise(RID), kept_promise("SendEvent.gone.rule")]))) == [
        "SendEvent.gone.rule"
    ]
