"""The words of a verdict against the sentences of the design, over every combination that can occur."""

from itertools import combinations_with_replacement, product

import pytest

from conformance.contract.requirements import Level
from conformance.results.verdicts import (
    MEANINGS,
    RUN_MEANINGS,
    ExitCode,
    Judged,
    Outcome,
    Result,
    Seen,
    Tolerance,
    Verdict,
    exit_code,
    is_witnessed,
    run_verdict,
    verdict_of,
)

LOOKS = [Seen(outcome, edge) for outcome in Outcome for edge in (None, "low", "high")]
MANY = [seen for n in range(4) for seen in combinations_with_replacement(LOOKS, n)]


def outcomes(seen: tuple[Seen, ...]) -> set[str]:
    return {look.outcome.value for look in seen}


def an_edge_was_not_judged(seen: tuple[Seen, ...]) -> bool:
    """Whether some deterministic edge was only ever inconclusive."""
    for edge in ("low", "high"):
        at_edge = {look.outcome.value for look in seen if look.edge == edge}
        if "inconclusive" in at_edge and not at_edge & {"kept", "not-applicable"}:
            return True
    return False


def expected_verdict(level: str, seen: tuple[Seen, ...]) -> str:
    """The verdict by the design's sentences, the one that counts most first."""
    found, record = outcomes(seen), level == "record"
    ladder = [
        ("error", "error" in found),
        ("recorded", record and bool(found & {"recorded", "broken", "kept"})),
        ("fail", level == "must" and "broken" in found),
        ("warning", level == "should" and "broken" in found),
        ("unsupported", "unsupported" in found),
        ("inconclusive", an_edge_was_not_judged(seen)),
        ("pass", "kept" in found),
        ("inconclusive", "inconclusive" in found),
        ("recorded", "recorded" in found),
        ("not-applicable", "not-applicable" in found),
        ("untested", True),
    ]
    return next(verdict for verdict, holds in ladder if holds)


@pytest.mark.parametrize("level", list(Level))
def test_every_combination_of_up_to_three_looks_has_the_designs_verdict(level: Level) -> None:
    wrong = [seen for seen in MANY if verdict_of(level, seen) != expected_verdict(level.value, seen)]
    assert wrong == []


K, B, I, U = Outcome.KEPT, Outcome.BROKEN, Outcome.INCONCLUSIVE, Outcome.UNSUPPORTED  # noqa: E741 - columns of a table


@pytest.mark.parametrize(
    ("level", "seen", "verdict"),
    [
        (Level.MUST, [], "untested"),
        (Level.MUST, [Seen(K, "low")], "pass"),
        (Level.MUST, [Seen(K), Seen(K), Seen(B)], "fail"),
        (Level.MUST, [Seen(B), Seen(I), Seen(U)], "fail"),
        (Level.SHOULD, [Seen(K), Seen(B)], "warning"),
        (Level.RECORD, [Seen(B)], "recorded"),
        (Level.MUST, [Seen(K, "low"), Seen(I, "high")], "inconclusive"),
        (Level.MUST, [Seen(K, "low"), Seen(I, "low")], "pass"),
        (Level.MUST, [Seen(K, "low"), Seen(I)], "pass"),
        (Level.MUST, [Seen(I)], "inconclusive"),
        (Level.MUST, [Seen(U), Seen(I)], "unsupported"),
        (Level.MUST, [Seen(Outcome.NOT_APPLICABLE, "low"), Seen(I, "low")], "inconclusive"),
        (Level.MUST, [Seen(B), Seen(Outcome.ERROR)], "error"),
        (Level.RECORD, [Seen(Outcome.ERROR), Seen(Outcome.RECORDED)], "error"),
        (Level.MUST, [Seen(Outcome.NOT_APPLICABLE)], "not-applicable"),
        (Level.MUST, [Seen(Outcome.UNTESTED)], "untested"),
    ],
)
def test_a_verdict_is_what_its_observations_come_to(level: Level, seen: list[Seen], verdict: str) -> None:
    assert verdict_of(level, seen).value == verdict


def test_the_order_of_looks_does_not_matter() -> None:
    for one, other in product(LOOKS, LOOKS):
        assert verdict_of(Level.MUST, [one, other]) is verdict_of(Level.MUST, [other, one])


REQUIREMENTS = [Judged(level, verdict, excused) for level in Level for verdict in Verdict for excused in (False, True)]
RUNS = [run for n in range(4) for run in combinations_with_replacement(REQUIREMENTS, n)]


def is_open(judged: Judged) -> bool:
    """Whether an applicable must was neither witnessed nor left out for a written reason."""
    settled = {"pass", "fail", "expected-deviation", "unexpected-pass", "not-applicable"}
    excused = judged.verdict.value in ("untested", "unsupported", "inconclusive") and judged.excused
    return judged.level is Level.MUST and judged.verdict.value not in settled and not excused


def expected_run(run: tuple[Judged, ...]) -> str:
    """The run's word by the design: conformant only where every applicable must in scope was witnessed."""
    if any(j.verdict.value in ("fail", "unexpected-pass") for j in run):
        return "non-conformant"
    if any(is_open(j) for j in run) or any(j.verdict.value == "error" for j in run):
        return "incomplete"
    seen = (
        {"pass", "expected-deviation"} if any(j.level is Level.MUST for j in run) else {"pass", "warning", "recorded"}
    )
    levels = {Level.MUST} if any(j.level is Level.MUST for j in run) else set(Level)
    return "conformant" if any(j.verdict.value in seen and j.level in levels for j in run) else "incomplete"


def test_every_run_of_up_to_three_requirements_has_the_designs_word() -> None:
    assert [run for run in RUNS if run_verdict(run) != expected_run(run)] == []


MUST = Level.MUST


@pytest.mark.parametrize(
    ("run", "word"),
    [
        ([], "incomplete"),
        ([Judged(MUST, Verdict.PASS)], "conformant"),
        ([Judged(MUST, Verdict.PASS), Judged(MUST, Verdict.UNTESTED, excused=True)], "conformant"),
        ([Judged(MUST, Verdict.UNTESTED, excused=True)], "incomplete"),
        ([Judged(MUST, Verdict.PASS), Judged(MUST, Verdict.UNTESTED)], "incomplete"),
        ([Judged(MUST, Verdict.PASS), Judged(Level.SHOULD, Verdict.WARNING)], "conformant"),
        ([Judged(MUST, Verdict.PASS), Judged(Level.SHOULD, Verdict.INCONCLUSIVE)], "conformant"),
        ([Judged(MUST, Verdict.PASS), Judged(Level.SHOULD, Verdict.ERROR)], "incomplete"),
        ([Judged(MUST, Verdict.PASS), Judged(MUST, Verdict.UNSUPPORTED)], "incomplete"),
        ([Judged(MUST, Verdict.PASS), Judged(MUST, Verdict.EXPECTED_DEVIATION)], "conformant"),
        ([Judged(MUST, Verdict.PASS), Judged(Level.SHOULD, Verdict.UNEXPECTED_PASS)], "non-conformant"),
        ([Judged(MUST, Verdict.FAIL), Judged(MUST, Verdict.INCONCLUSIVE)], "non-conformant"),
        ([Judged(MUST, Verdict.PASS), Judged(MUST, Verdict.UNSUPPORTED, excused=True)], "conformant"),
        ([Judged(MUST, Verdict.UNSUPPORTED, excused=True)], "incomplete"),
        ([Judged(MUST, Verdict.PASS), Judged(MUST, Verdict.RECORDED)], "incomplete"),
        ([Judged(Level.RECORD, Verdict.RECORDED)], "conformant"),
        ([Judged(Level.SHOULD, Verdict.INCONCLUSIVE)], "incomplete"),
    ],
)
def test_a_run_is_conformant_only_where_every_must_was_witnessed(run: list[Judged], word: str) -> None:
    assert run_verdict(run) == word


NOTHING, INCOMPLETE, NO_WARNINGS = Tolerance(), Tolerance(incomplete=True), Tolerance(warnings=False)


def test_only_musts_are_witnessed() -> None:
    seen = {(j.level, j.verdict.value) for j in REQUIREMENTS if is_witnessed(j)}
    assert seen == {(MUST, word) for word in ("pass", "fail", "expected-deviation", "unexpected-pass")}


@pytest.mark.parametrize(
    ("result", "tolerance", "code"),
    [
        (Result("conformant"), NOTHING, 0),
        (Result("conformant"), INCOMPLETE, 0),
        (Result("non-conformant"), NOTHING, 1),
        (Result("non-conformant"), INCOMPLETE, 1),
        (Result("incomplete"), NOTHING, 6),
        (Result("incomplete"), INCOMPLETE, 0),
        (Result("incomplete", asked=False), NOTHING, 6),
        (Result("incomplete", asked=False), INCOMPLETE, 6),
        (Result("conformant", warned=True), Tolerance(), 0),
        (Result("conformant", warned=True), NO_WARNINGS, 1),
        (Result("conformant"), NO_WARNINGS, 0),
        (Result("incomplete", warned=True), NO_WARNINGS, 1),
        (Result("incomplete", warned=True), Tolerance(incomplete=True, warnings=False), 1),
        (Result("incomplete"), NO_WARNINGS, 6),
        *(
            (Result(word, suite_error=True, warned=True), accepted, 7)
            for word in RUN_MEANINGS
            for accepted in (NOTHING, INCOMPLETE, NO_WARNINGS)
        ),
        *(
            (Result(word, interrupted=True, suite_error=error, warned=True), accepted, 2)
            for word in RUN_MEANINGS
            for error in (False, True)
            for accepted in (NOTHING, INCOMPLETE, NO_WARNINGS)
        ),
    ],
)
def test_a_run_ends_with_the_documented_exit_code(result: Result, tolerance: Tolerance, code: int) -> None:
    assert exit_code(result, tolerance) == code


def test_the_exit_codes_are_those_of_the_command_line() -> None:
    assert sorted(ExitCode) == [0, 1, 2, 4, 6, 7]


def test_every_word_has_a_meaning() -> None:
    assert list(MEANINGS) == list(Verdict)
    assert all(len(meaning) > 10 for meaning in MEANINGS.values())
    assert set(RUN_MEANINGS) == {"conformant", "non-conformant", "incomplete"}


def test_the_words_are_those_of_the_design() -> None:
    assert {v.value for v in Verdict} == {
        "untested",
        "not-applicable",
        "recorded",
        "pass",
        "warning",
        "inconclusive",
        "unsupported",
        "fail",
        "error",
        "expected-deviation",
        "unexpected-pass",
    }
