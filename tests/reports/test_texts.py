"""Texts made fit to be shown: hidden characters, long repetitions, literals of two languages."""

from __future__ import annotations

import shutil
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.literals import python_text, shell_text
from reports.run_lengths import parts
from reports.safe_text import brief, cut, name_runs, one_line, safe_text

REPEATING = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.builds(lambda unit, times: unit * times, st.text(min_size=1, max_size=90), st.integers(1, 400)),
    ),
    max_size=4,
).map("".join)


HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# Format characters with a shape of their own: they enclose a number.
ENCLOSING_SIGNS = set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")


def test_nothing_invisible_is_left_of_all_of_unicode() -> None:
    shown = safe_text("".join(map(chr, range(sys.maxunicode + 1))))
    left = {character for character in shown if unicodedata.category(character) in HIDDEN}
    assert left == {"\t", "\n"} | ENCLOSING_SIGNS
    shown.encode()


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [("\x00", "␀"), ("\x1b[31m", "␛[31m"), ("\r", "␍"), ("\x7f", "␡"), ("\u202e", "⟨U+202E⟩"), ("\ud800", "⟨U+D800⟩")],
)
def test_a_hidden_character_is_named(hidden: str, shown: str) -> None:
    assert safe_text(hidden) == shown


def test_ordinary_text_of_any_script_stays() -> None:
    text = "Zażółć שלום 日本語 😀\tone\ntwo"
    assert safe_text(text) == text


def test_a_cut_says_how_much_is_missing() -> None:
    assert cut("x" * 10, 10) == "x" * 10
    assert cut("x" * 1_500, 10) == "x" * 10 + "… [cut: 1,490 of 1,500 code points not shown]"


def test_one_line_is_one_line() -> None:
    assert one_line(" a\r\n\tb\u2028c ") == "a b c"


def test_a_repetition_is_named_by_its_unit() -> None:
    assert name_runs("<" + "ab" * 500 + ">") == '<ab…["ab" 500 times]>'
    assert brief("x" * 5_000_000, 100).startswith('x…["x" 100,000 times]')


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Create" + "Message > Send" * 12 + "Message", 'CreateMessage > SendMessage…[" > SendMessage" 12 times]'),
        ("con" + "Lorem ipsum dolor, " * 20, 'conLorem ipsum dolor, …["Lorem ipsum dolor, " 20 times]'),
        ("see " + "over and " * 30 + "overhead", 'see over and…[" over and" 30 times] overhead'),
        ("x" + " > Send" * 20 + "Message", 'x > Send…[" > Send" 19 times] > SendMessage'),
        ('["' + 'ten", "' * 40 + 'ten"]', '["ten", …["\\"ten\\", " 40 times]"ten"]'),
        ("a" * 90 + " b", 'a…["a" 90 times] b'),
    ],
)
def test_a_mark_stands_between_words(text: str, named: str) -> None:
    assert name_runs(text) == named


@pytest.mark.slow
@given(REPEATING, st.sampled_from([60, 200]))
def test_the_parts_make_the_whole(text: str, shortest: int) -> None:
    assert "".join(part * times for part, times in parts(text, shortest)) == text


@given(st.text(min_size=1, max_size=80), st.integers(10, 400), st.text(max_size=30), st.text(max_size=30))
def test_a_long_repetition_is_found_wherever_it_stands(unit: str, times: int, before: str, after: str) -> None:
    found = list(parts(before + unit * (200 + times) + after, 200))
    assert sum(len(part) for part, _ in found) < len(before) + len(after) + 4 * len(unit) + 400


@given(REPEATING)
def test_a_python_literal_is_the_text(text: str) -> None:
    expression = python_text(text, {})
    assert expression.isascii()
    assert eval(expression, {}) == text  # noqa: S307 - our own expression is what is tested


@settings(max_examples=15, deadline=None)
@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=60))
def test_a_shell_word_is_the_text(text: str) -> None:
    word = shell_text(text, {})
    assert word.isascii()
    program = "import sys; sys.stdout.buffer.write(sys.argv[1].encode())"
    command = f"\"$0\" -c '{program}' {word}"
    shell = shutil.which("bash") or ""
    done = subprocess.run([shell, "-c", command, sys.executable], capture_output=True, check=True)
    assert done.stdout.decode() == text


def test_a_name_stands_for_its_text_in_both_languages() -> None:
    assert python_text("a-SECRET-b", {"SECRET": "token"}) == "'a-' + token + '-b'"
    assert shell_text("a-SECRET-b", {"SECRET": "token"}) == 'a-"${TOKEN}"-b'


def test_the_longer_of_two_names_wins() -> None:
    assert python_text("abcabc", {"abc": "short", "abcabc": "long"}) == "long"
