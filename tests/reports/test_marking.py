"""The difference of two sentences in marks."""

from __future__ import annotations

from reports.marking import mark_differences


def test_what_one_sentence_says_and_the_other_does_not_is_marked() -> None:
    assert mark_differences('the Type is "EVENT"', 'the Type is "MESSAGE"', 100) == (
        "the Type is &#34;<mark>EVENT</mark>&#34;"
    )


def test_two_sentences_with_little_in_common_have_no_marks() -> None:
    assert mark_differences("400 ValidationException", "200", 100) == "400 ValidationException"


def test_markup_stays_text() -> None:
    assert "<b>" not in mark_differences("it is <b>", "it is <i>", 100)
