"""What decides is never cut away: replies are shown around it, and calls that show it are kept."""

from __future__ import annotations

from reports import compliance, page
from reports.evidence import CALLS_SHOWN, SpaceBudget
from reports.excerpt import deciding_values, excerpt
from tests.reports.ledgers import Catalogue, answer, entries_of, exchange, requirement, violate

RID = "LifeCycle.order.rule"
MISSING = "13caa0d4-7f1e-4a55-9d41-000000000012"


def test_what_a_sentence_quotes_decides() -> None:
    values = deciding_values('60 values, among them "message 12, it\'s \\"so\\""', f"missing: {MISSING}", None)
    assert set(values) == {MISSING, 'message 12, it\'s \\"so\\"'}


def test_a_long_text_is_shown_around_what_decides() -> None:
    text = "BEGIN" + "a " * 10_000 + MISSING + "b " * 10_000 + "END"
    shown = excerpt(text, 500, (MISSING, "not there"))
    assert shown.startswith("BEGIN")
    assert f"a {MISSING}b " in shown
    assert "END" not in shown
    assert len(shown) < 1_000
    assert shown.endswith(f"of {len(text):,} code points not shown]")


def test_a_short_text_is_shown_whole_and_a_place_at_the_cut_is_not_cut() -> None:
    assert excerpt("x" * 500, 500) == "x" * 500
    text = "x " * 249 + MISSING + " y" * 500
    assert MISSING in excerpt(text, 500, (MISSING,))


def test_the_reply_that_shows_a_missing_message_is_shown_around_it(only: Catalogue) -> None:
    """It is one of a hundred items, and twenty calls came after it."""
    only(requirement(RID))
    items = [{"Id": f"{n:08}-7f1e-4a55-9d41-{n:012}", "Content": f"word {n} " * 30} for n in range(100)]
    items[70]["Id"] = MISSING
    before = exchange("GetTranscript", {}, answer(200, {"Transcript": items}))
    after = [exchange("SendMessage", {"Content": f"{n}"}, answer(200, {"Id": str(n)})) for n in range(20)]
    seen = violate(RID, exchanges=(before, *after), actual=f'missing: "{MISSING}"', phase="scenario")
    built = compliance.build(entries_of([seen]))
    violation = built["requirements"][0]["violation"]
    assert MISSING in violation["exchanges"][0]["response"]["body"]
    calls = SpaceBudget.for_page(1, 1).calls(violation)
    assert [call["number"] for call in calls] == [1, *range(22 - CALLS_SHOWN, 22)]
    assert MISSING in calls[0]["response"]
    assert '"Content": "word 70 word' in calls[0]["response"]
    assert "8 of the 21 calls" in page.render(built)
