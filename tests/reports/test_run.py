from __future__ import annotations

import pytest

from conformance.results.ledger_files import LedgerError
from reports.run import run_of
from tests.reports.ledgers import FOOTER, entries_of, violate


def test_a_run_whose_process_was_killed_did_not_finish() -> None:
    run = run_of(entries_of([violate()], footer=None))
    assert not run.finished
    assert run.contacts is None
    assert run.duration_seconds is None


def test_processes_that_shared_a_run_are_added_up() -> None:
    run = run_of([*entries_of([violate()]), *entries_of([violate()], footer={**FOOTER, "duration_seconds": 20.0})])
    assert run.finished
    assert run.contacts == {"opened": 6, "closed": 6, "leaked": 0, "unanswered": 0}
    assert run.duration_seconds == 20.0
    assert run.requests == {"SendEvent": 4, "StartChatContact": 2}
    assert run.shrinking == 2


def test_a_run_is_unfinished_when_one_of_its_processes_is() -> None:
    assert not run_of([*entries_of(), *entries_of(footer=None)]).finished


@pytest.mark.parametrize("word", ["interrupted", "suite_error"])
def test_what_one_process_met_holds_for_the_run(word: str) -> None:
    run = run_of([*entries_of(), *entries_of(footer={**FOOTER, word: True})])
    assert getattr(run, word)


def test_a_contact_count_of_zero_is_a_count() -> None:
    run = run_of(entries_of(footer={**FOOTER, "contacts": {"opened": 0, "closed": 0, "leaked": 0}}))
    assert run.contacts == {"opened": 0, "closed": 0, "leaked": 0}


def test_entries_without_a_header_are_refused() -> None:
    with pytest.raises(LedgerError, match="no header"):
        run_of(entries_of()[1:])


def test_a_note_of_two_processes_is_one_note() -> None:
    note = {"entry": "note", "text": "nothing answers"}
    assert run_of([*entries_of(notes=["said before"]), note, note]).notes == ("said before", "nothing answers")
