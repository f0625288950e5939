from __future__ import annotations

from typing import Any

from conformance.contract.catalogue import catalogue
from reports.matrix import OTHER_RULES, matrix_of, worst_of
from tests.reports.ledgers import requirement


def entry_of(rid: str, verdict: str = "pass", **more: Any) -> dict[str, Any]:
    found = catalogue().get(rid) or requirement(rid)
    facts = {"id": rid, "operation": found.operation, "family": found.family, "derived": found.derived}
    return {**facts, "verdict": verdict, **more}


def test_each_requirement_stands_in_one_cell_of_its_operation() -> None:
    matrix = matrix_of([entry_of(rid) for rid in catalogue()])
    total = sum(cell.total for row in matrix.rows.values() for cell in row if cell)
    assert total == len(catalogue())
    assert set(matrix.area_of) == set(catalogue())


def test_a_cell_shows_the_gravest_verdict() -> None:
    requirements = [
        entry_of("SendEvent.Content.length-min"),
        entry_of("SendEvent.Content.length-max", "fail"),
        entry_of("SendEvent.ClientToken.length-max", "warning"),
    ]
    matrix = matrix_of(requirements)
    (cell,) = matrix.rows["SendEvent"]
    assert matrix.areas == ("Limits",)
    assert cell is not None
    assert cell.worst == "fail"
    assert cell.counts == {"pass": 1, "fail": 1, "warning": 1}


def test_an_area_without_requirements_has_no_column() -> None:
    areas = matrix_of([entry_of("SendEvent.Content.type"), entry_of("SendEvent.output.Id.present")]).areas
    assert areas == ("Type", "Reply")


def test_an_operation_without_requirements_in_an_area_has_an_empty_cell() -> None:
    matrix = matrix_of([entry_of("SendEvent.Content.type"), entry_of("SendMessage.Content.required")])
    assert [cell is None for cell in matrix.rows["SendEvent"]] == [True, False]


def test_tokens_have_a_column_of_their_own_and_the_rules_of_one_operation_are_together() -> None:
    matrix = matrix_of(
        [entry_of("SendEvent.bearer.a"), entry_of("SendMessage.bearer.a"), entry_of("SendMessage.own.b")]
    )
    assert matrix.areas == ("Tokens", OTHER_RULES)


def test_all_columns_fit_a_screen() -> None:
    assert len(matrix_of([entry_of(rid) for rid in catalogue()]).areas) <= 14


def test_rows_with_what_is_broken_come_first() -> None:
    rows = [
        entry_of("SendEvent.a.b", "untested"),
        entry_of("SendMessage.a.b", "warning"),
        entry_of("StopContact.a.b", "fail"),
    ]
    assert list(matrix_of(rows).rows) == ["StopContact", "SendMessage", "SendEvent"]


def test_verdicts_are_ranked_as_the_run_ranks_them() -> None:
    assert worst_of({"untested": 9, "pass": 1}) == "pass"
    assert worst_of({"warning": 1, "inconclusive": 1, "pass": 1}) == "inconclusive"
    assert worst_of({"fail": 1, "error": 1}) == "error"
