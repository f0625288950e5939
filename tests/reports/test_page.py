from __future__ import annotations

import re
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from conformance.checks.violation import Breach
from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.contract.wire import Exchange, Request, Response
from conformance.results.observation import Observation
from conformance.results.verdicts import MEANINGS, Outcome
from reports import compliance, page
from tests.benchmarks.bench_page import failures
from tests.reports.ledgers import (
    FAILED,
    Catalogue,
    all_promises,
    answer,
    entries_of,
    exchange,
    kept_promise,
    requirement,
    violate,
)

SCRIPT = "<script>alert(1)</script>"
HOSTILE = f"{SCRIPT}\"'>&\u202egnol\u0000\x1b[31m\ud800"
RID = "SendEvent.facet.rule"


class Outline(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.ids: list[str] = []
        self.references: list[tuple[str, str]] = []
        self.handlers: list[str] = []
        self.said: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag; cells and definitions stand apart from what is before them."""
        self.tags[tag] += 1
        if tag in {"td", "th", "dt", "dd"}:
            self.said.append(" ")
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src", "action", "data"):
                self.references.append((tag, value or ""))
            if name.startswith("on") or name == "style":
                self.handlers.append(f"{tag} {name}")

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.said.append(data)

    @property
    def text(self) -> str:
        """All texts, with one blank between words."""
        return " ".join("".join(self.said).split())


def render_page(*observations: Observation, **more: Any) -> Outline:
    """The page of a run that saw `observations`."""
    return Outline(page.render(compliance.build(entries_of(observations, **more))))


def hostile_exchange() -> Exchange:
    body = HOSTILE.encode("utf-8", "surrogatepass") + b"\xff"
    request = Request("SendEvent", "POST", f"/participant/event?{SCRIPT}", ((SCRIPT, HOSTILE),), body)
    return Exchange(request, Response(200, ((SCRIPT, HOSTILE),), body), failure=HOSTILE)


@pytest.fixture(scope="module")
def whole() -> Outline:
    """The page of a run that judged every requirement and found one broken."""
    return render_page(*all_promises(), violate())


def test_every_requirement_in_scope_can_be_linked_to(whole: Outline) -> None:
    ids = Counter(whole.ids)
    assert all(ids[rid] == 1 for rid in catalogue())


def test_no_id_occurs_twice_and_every_link_inside_the_page_leads_somewhere(whole: Outline) -> None:
    assert max(Counter(whole.ids).values()) == 1
    inside = {value.removeprefix("#") for tag, value in whole.references if tag == "a" and value.startswith("#")}
    assert inside <= set(whole.ids)


def test_the_page_needs_no_network(whole: Outline) -> None:
    loaded = [(tag, value) for tag, value in whole.references if tag != "a"]
    assert loaded == [("link", "data:,")]
    assert whole.tags["script"] == 1


def test_the_security_policy_admits_only_the_pages_own_script_and_style() -> None:
    text = page.render(compliance.build(entries_of()))
    assert "unsafe" not in text.split("</head>")[0]
    assert text.count("'sha256-") == 2


@pytest.mark.parametrize(
    "observation",
    [
        violate(RID, expected=HOSTILE, actual=HOSTILE, edge=HOSTILE, test=HOSTILE, exchanges=(hostile_exchange(),)),
        Observation(RID, Outcome.RECORDED, "edge", HOSTILE, HOSTILE, breach=Breach(HOSTILE, HOSTILE)),
        Observation(RID, Outcome.INCONCLUSIVE, "edge", HOSTILE, HOSTILE, reason=HOSTILE),
        Observation(RID, Outcome.UNSUPPORTED, "edge", HOSTILE, HOSTILE, reason=HOSTILE),
    ],
    ids=["broken", "recorded", "inconclusive", "unsupported"],
)
@pytest.mark.parametrize("level", Level)
def test_what_an_endpoint_says_is_text_and_nothing_else(
    only: Catalogue, observation: Observation, level: Level
) -> None:
    only(requirement(RID, level))
    text = page.render(compliance.build(entries_of([observation], target=HOSTILE, notes=[HOSTILE], command=HOSTILE)))
    outline = Outline(text)
    assert outline.tags["script"] == 1
    assert outline.handlers == []
    assert SCRIPT in outline.text
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x1b\ud800-\udfff]", text)
    assert "\u27e8U+202E\u27e9gnol\u2400\u241b[31m" in outline.text
    text.encode()


def test_a_failure_shows_expected_actual_and_how_to_see_it_again(only: Catalogue) -> None:
    only(catalogue()[FAILED])
    outline = render_page(violate())
    for words in (
        "400 ValidationException",
        "POST /participant/event",
        "HTTP 200",
        "curl",
        "Python",
        "16385 code points",
    ):
        assert words in outline.text


def test_long_inputs_are_named_not_spelled_out(only: Catalogue) -> None:
    only(catalogue()[FAILED])
    outline = render_page(violate())
    assert 'a…["a" 16,385 times]' in outline.text
    assert "a" * 200 not in outline.text


def test_a_scenario_is_told_call_by_call(only: Catalogue) -> None:
    only(requirement(RID))
    names = ("SendMessage", "SendEvent", "GetTranscript")
    calls = tuple(exchange(name, {}, answer(200)) for name in names)
    text = render_page(violate(RID, phase="scenario", edge=None, exchanges=calls)).text
    assert [text.index(f"{number}. {name} → 200") for number, name in enumerate(names, 1)] == sorted(
        text.index(f"{number}. {name} → 200") for number, name in enumerate(names, 1)
    )


def test_a_long_scenario_says_what_is_left_out(only: Catalogue) -> None:
    only(requirement(RID))
    calls = (exchange("SendMessage", {}, answer(200)),) * 100
    text = render_page(violate(RID, phase="scenario", edge=None, exchanges=calls)).text
    assert "88 of the 100 calls of the scenario are left out here." in text
    assert "100. SendMessage" in text


def test_megabytes_are_cut_with_a_note(only: Catalogue) -> None:
    only(requirement(RID))
    noise = "".join(chr(0x4E00 + n % 20_000) for n in range(1_000_000))
    flood = exchange("SendEvent", {"Content": noise}, answer(200, {"Id": noise}))
    text = page.render(compliance.build(entries_of([violate(RID, actual=noise, exchanges=(flood,))])))
    assert len(text.encode()) < 200_000
    assert "code points not shown]" in text
    assert "too long for this page" in text


@pytest.mark.parametrize(
    ("footer", "says"),
    [(None, "This run did not finish."), ({"interrupted": True}, "This run was interrupted.")],
    ids=["killed", "interrupted"],
)
def test_a_run_that_was_cut_short_says_so(only: Catalogue, footer: dict[str, bool] | None, says: str) -> None:
    only(requirement(RID))
    assert says in render_page(kept_promise(RID), footer=footer).text


def test_a_whole_run_has_no_such_warning(whole: Outline) -> None:
    assert "did not finish" not in whole.text
    assert "was interrupted" not in whole.text


def test_an_unsupported_operation_is_named_once_among_the_findings(only: Catalogue) -> None:
    rules = [requirement(f"SendEvent.facet.rule-{n}") for n in range(3)]
    only(*rules)
    outline = render_page(*(Observation(r.id, Outcome.UNSUPPORTED, "edge", "t", "e", reason="501") for r in rules))
    assert outline.text.count("(3 requirements): 501") == 1


def test_what_was_not_verified_stands_under_its_reason(only: Catalogue) -> None:
    only(requirement(RID, untested="because"), requirement("SendEvent.facet.open"))
    text = render_page(kept_promise("SendEvent.facet.none")).text
    assert "1 untested because" in text
    assert "1 untested no test that ran claims it (1 must: this keeps the run from being conformant)" in text


def test_what_documents_leave_open_is_asked_once_for_all_who_answer_alike(only: Catalogue) -> None:
    rules = [requirement(f"{name}.facet.rule", Level.RECORD, statement="What now?") for name in ("SendEvent", "X", "Y")]
    only(*rules)
    answers = ("400", "400", "415")
    seen = [
        Observation(r.id, Outcome.RECORDED, "edge", "t", "e", reason=answer)
        for r, answer in zip(rules, answers, strict=True)
    ]
    text = render_page(*seen).text
    table = text[text.index("This endpoint") : text.index("Requests and contacts")]
    assert table.count("What now?") == 2
    assert "400 SendEvent, X" in table
    assert "415 Y.facet.rule" in table


def test_another_contracts_ledger_is_noticed() -> None:
    assert "SendEvent.gone.rule" in render_page(kept_promise("SendEvent.gone.rule")).text


def test_the_legend_explains_every_verdict() -> None:
    outline = render_page()
    legend = outline.text[outline.text.index("What the words mean") :]
    assert all(f"{verdict} {meaning}." in legend for verdict, meaning in MEANINGS.items())


@pytest.mark.slow
def test_all_requirements_failing_still_make_a_page_of_bounded_size() -> None:
    text = page.render(compliance.build(entries_of([violate(rid) for rid in catalogue()])))
    assert len(text.encode()) < 2_000 * len(catalogue())
    assert FAILED in text


@pytest.mark.slow
def test_a_hundred_failures_fit_two_megabytes() -> None:
    report = compliance.build(entries_of((*all_promises(), *failures(100))))
    assert len(page.render(report).encode()) <= 2_000_000


def test_headers_without_end_are_counted_not_shown(only: Catalogue) -> None:
    only(requirement(RID))
    reply = Response(200, tuple((f"X-{n}", "v" * 190) for n in range(500)), b"{}")
    text = render_page(violate(RID, exchanges=(exchange("SendEvent", {}, reply),))).text
    assert re.search(r"\[4\d\d more headers not shown\]", text)


def test_a_program_that_does_not_fit_is_printed_by_a_command(only: Catalogue) -> None:
    only(requirement(RID))
    calls = tuple(
        exchange("SendMessage", {"Content": " ".join(map(str, range(n, n + 250)))}, answer(200)) for n in range(40)
    )
    seen = entries_of([violate(RID, phase="scenario", edge=None, exchanges=calls)])
    text = page.render(compliance.build(seen), "my reports")
    assert f"connect-conformance reproduce 'my reports' {RID}" in unescape(text)
    assert f"reproduce 'my reports' {RID} --curl" not in unescape(text)


def test_one_reason_for_many_requirements_is_told_by_operation(only: Catalogue) -> None:
    many = [requirement(f"SendEvent.facet.rule-{n}", untested="because") for n in range(41)]
    only(*many)
    section = page.render(compliance.build(entries_of([]))).partition('id="unverified"')[2].partition("</section>")[0]
    assert '<a href="#operation-SendEvent">SendEvent</a>: 41' in section
    assert many[0].id not in section


def test_a_violation_stands_beside_the_documents_sentence_and_the_operations_page() -> None:
    text = page.render(compliance.build(entries_of([violate("SendMessage.Content.bytes-max")])))
    entry = text.partition('<details class="q" id="SendMessage.Content.bytes-max"')[2].partition("</blockquote>")[0]
    assert "16,384" in entry.partition("<blockquote>")[2]
    assert "https://docs.aws.amazon.com/goto/WebAPI/connectparticipant-2018-09-07/SendMessage" in entry


def test_causes_of_warnings_are_counted_apart_wherever_causes_are_counted() -> None:
    found = [violate("SendEvent.Content.length-min"), violate("SendMessage.reply.request-id", phase="passive")]
    report = compliance.build(entries_of(found))
    text = page.render(report)
    assert len(report["causes"]) == 2
    assert report["summary"].startswith("non-conformant: 1 cause, ")
    assert "Causes (1)<" in text
    assert "Causes of warnings (1): these fail no run<" in text


def test_causes_head_the_page_with_what_follows_from_them() -> None:
    outline = render_page(violate(), violate("SendEvent.Content.length-min"))
    assert "+1 that follows from it" in outline.text
    assert outline.text.index("1 cause, 2 of") < outline.text.index("Operations and promises")
