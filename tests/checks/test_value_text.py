"""Values in a report: JSON or words, whole or where they differ, never as Python writes them."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conformance.checks.value_text import actual_text, difference, json_text, some_of, value_text
from conformance.checks.violation import ContractViolation
from conformance.scenario.claim import Claim

ROOT = Path(__file__).parents[2]
PYTHON = re.compile(r"set\(|\bNone\b|\bTrue\b|\bFalse\b|\\u|\\x|b'|\['|\{'|': |datetime|<[\w.]+ object")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing"),
        (True, "true"),
        (set(), "[]"),
        (frozenset({"b", "a"}), '["a", "b"]'),
        (["\u3000l", None], '["\u3000l", null]'),
        (("a", 1.5), '["a", 1.5]'),
        ({"a": {"b": False}, 1: b"\xc3\xa4"}, '{"a": {"b": false}, "1": "ä"}'),
        (datetime(2026, 11, 29, tzinfo=UTC), '"2026-11-29T00:00:00+00:00"'),
        ('it\'s "so"', '"it\'s \\"so\\""'),
    ],
)
def test_a_value_is_json_or_a_word(value: Any, text: str) -> None:
    assert value_text(value) == text
    assert not PYTHON.search(value_text(value))


def test_null_is_a_value_of_a_reply_and_a_sentence_is_none() -> None:
    assert (json_text(None), actual_text("403"), actual_text(set())) == ("null", "403", "[]")


def test_a_very_long_value_shows_both_ends_and_its_length() -> None:
    text = json_text("a" * 5_000 + "END")
    assert text.endswith('aEND" (5,005 code points)')
    assert len(text) < 500


LONG = "".join(f"word{n} " for n in range(400))
MEMBERS = {f"k{n}": "v" * 20 for n in range(100)}
MESSAGES = [f"message-{n:03}" for n in range(60)]


@pytest.mark.parametrize(
    ("actual", "expected", "wanted", "seen"),
    [
        ({"b"}, {"a"}, '["a"]', '["b"]'),
        (
            LONG.replace("word200", "w0rd200"),
            LONG,
            "word200 ",
            "w0rd200 ",
        ),
        ({**MEMBERS, "k57": "w"}, MEMBERS, f'"k57": "{"v" * 20}" beside 99 equal members', '"k57": "w"'),
        (
            {name: value for name, value in MEMBERS.items() if name != "k99"},
            MEMBERS,
            '"k99": "vvvvvvvvvvvvvvvvvvvv" beside 99 equal members',
            'no "k99"',
        ),
        (MESSAGES[:41] + MESSAGES[42:], MESSAGES, '60 values, among them "message-041"', 'missing: "message-041"'),
        ([*MESSAGES, "foreign"], MESSAGES, "60 values", 'unexpected: "foreign"'),
        (["other"] * 60, ["own"] * 60, '"own" (60 times)', 'missing: "own" (60 times); unexpected: "other" (60 times)'),
        (
            [*MESSAGES[:50], MESSAGES[51], MESSAGES[50], *MESSAGES[52:]],
            MESSAGES,
            '"message-050" at place 51 of 60',
            '"message-051" at place 51 of 60',
        ),
    ],
    ids=["short", "text", "member", "member missing", "missing", "unexpected", "alike", "order"],
)
def test_the_part_that_differs_is_shown(actual: Any, expected: Any, wanted: str, seen: str) -> None:
    texts = difference(actual, expected)
    assert wanted in texts[0]
    assert seen in texts[1]
    assert max(map(len, texts)) < 300


def test_values_that_are_all_missing_are_not_counted_as_some_among_others() -> None:
    one, two = f"one {LONG[:300]}", f"two {LONG[:300]}"
    assert difference([], [one]) == (value_text(one), f"missing: {value_text(one)}")
    assert difference(["x" * 200], [one, two])[0] == f"{value_text(one)}, {value_text(two)}"


def test_texts_that_differ_far_inside_say_where() -> None:
    wanted, seen = difference(LONG[:-1], LONG)
    assert wanted.endswith(f"around code point {len(LONG):,} of {len(LONG):,}")
    assert seen.endswith(f"around code point {len(LONG):,} of {len(LONG) - 1:,}")


@pytest.mark.parametrize(
    ("actual", "expected", "said"),
    [
        (["message 12"], [], ("what is missing: none", '["message 12"]')),
        ({"a"}, None, ("what is missing: none", '["a"]')),
        (None, "Ann", ('what is missing is "Ann"', "nothing")),
        (True, False, ("what is missing is false", "true")),
    ],
)
def test_a_claim_says_what_it_expects_in_words(actual: Any, expected: Any, said: tuple[str, str]) -> None:
    with pytest.raises(ContractViolation) as violation:
        Claim("LifeCycle.a.b", ()).equal(actual, expected, "what is missing")
    assert (violation.value.expected, violation.value.actual) == said


def test_what_a_claim_saw_is_no_python() -> None:
    with pytest.raises(ContractViolation) as violation:
        Claim("LifeCycle.a.b", ()).holds([], "no message", {"a"} - {"a"})
    assert violation.value.actual == "[]"


JUDGING = (
    *(f"conformance/{part}" for part in ("checks", "engine", "scenario", "verification", "schema_oracle", "session")),
    *(f"conformance/{part}" for part in ("protocol", "operations", "journeys", "reproduction")),
    "reports",
)
# A key of a mapping, what a process said before the run began, and what the user typed.
KEYS = {
    "conformance/engine/search.py": 1,
    "conformance/session/configuration.py": 1,
    "conformance/session/options.py": 2,
    "conformance/session/reference_process.py": 1,
    "reports/reproduction.py": 1,
}


def _count_shown_values(text: str) -> int:
    tree = ast.walk(ast.parse(text))
    return sum(
        (isinstance(node, ast.FormattedValue) and node.conversion == ord("r"))
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "repr")
        for node in tree
    )


def test_no_text_that_judges_an_endpoint_holds_a_python_representation() -> None:
    found = {
        str(path.relative_to(ROOT)): number
        for part in JUDGING
        for path in sorted((ROOT / part).rglob("*.py"))
        if (number := _count_shown_values(path.read_text()))
    }
    assert found == KEYS
    assert _count_shown_values('f"{a!r} {b}" + repr(c) + str(d)') == 2


def test_of_many_values_that_should_not_be_there_the_first_are_whole() -> None:
    told = some_of([f"message {number:03} of a long chat" for number in range(60)])
    assert told.startswith('["message 000 of a long chat", "message 001')
    assert told.endswith('"] and 55 more')
    assert some_of(["a"]) == '["a"]'
    assert some_of("a" * 500).endswith("(502 code points)")
