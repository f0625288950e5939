from __future__ import annotations

from reports.run_log import requirement_cell


def test_each_id_links_into_the_report() -> None:
    assert requirement_cell(["SendEvent.Content.length-max"]) == (
        '<td class="col-requirements">'
        '<a href="compliance.html#SendEvent.Content.length-max">SendEvent.Content.length-max</a></td>'
    )


def test_a_test_without_requirements_has_an_empty_cell() -> None:
    assert requirement_cell([]) == '<td class="col-requirements"></td>'


def test_of_many_ids_the_first_are_shown() -> None:
    cell = requirement_cell([f"A.b.c{n}" for n in range(20)])
    assert cell.count("<a ") == 12
    assert "and 8 more" in cell


def test_markup_in_an_id_is_text() -> None:
    cell = requirement_cell(['"><script>\u202e'])
    assert "<script>" not in cell
    assert "%22%3E%3Cscript%3E" in cell
    assert "\u202e" not in cell
