"""What seeded faults are made of: changes of texts, and what each declaration comes to."""

from __future__ import annotations

import pytest

from conformance.reference.faults_kit import operators
from conformance.reference.faults_kit.dependents import resting_on_promises
from conformance.reference.faults_kit.fault import Rows, Seed, declare, fault
from conformance.reference.faults_kit.operators import Change, Place, TextOperator, cut_after, cut_after_bytes
from conformance.reference.service import Handler, ReferenceService

OPERATORS = {name: value for name, value in vars(operators).items() if isinstance(value, TextOperator)}
SECRECY = "Tokens.refusal.reveals-nothing"
# A text that each operator changes: blanks, line ends, all kinds of characters, markup, JSON, digits.
RICH = (
    " A\r\nb\n  e\u0301 \u00e9\ufb01 \U0001f44d\U0001f3fd \u200b\ue000\u202a\ufdd0\x01\0 "
    "<b>&lt;&</b> %41 \\n \u201cq\u201d -- "
)
OTHERS = {"NO_BYTE_ORDER_MARK": "\ufeffa", "NUMBER": "007"}
JSON = '{"b": "\u00e9",  "a": 1}'


@pytest.mark.parametrize(
    ("name", "text", "changed"),
    [
        ("TRIMMED", " a b\n", "a b"),
        ("TRIMMED", "  ", "  "),
        ("TRIMMED_AT_THE_BEGINNING", " a ", "a "),
        ("TRIMMED_AT_THE_END", " a ", " a"),
        ("SINGLE_BLANKS", "a   b\n\nc", "a b\n\nc"),
        ("SINGLE_WHITE_SPACE", " a \n b ", "a b"),
        ("UNIX_LINES", "a\r\nb\nc", "a\nb\nc"),
        ("WINDOWS_LINES", "a\r\nb\nc", "a\r\nb\r\nc"),
        ("FIRST_LINE", "a\nb", "a"),
        ("NFC", "e\u0301", "\u00e9"),
        ("NFD", "\u00e9", "e\u0301"),
        ("NFKC", "\ufb01", "fi"),
        ("QUESTION_MARKS_BEYOND_BMP", "a\uffff\U0001f44d", "a\uffff?"),
        ("REPLACEMENTS_BEYOND_BMP", "a\U0001f44d", "a\ufffd"),
        ("BMP_ONLY", "a\u20ac\U0001f44d", "a\u20ac"),
        ("ASCII_ONLY", "a\u00e9b", "ab"),
        ("QUESTION_MARKS_BEYOND_ASCII", "a\u00e9\U0001f44d", "a??"),
        ("NO_CONTROLS", "a\x01\tb\n", "a\tb\n"),
        ("NO_NONCHARACTERS", "a\ufdd0b", "ab"),
        ("NO_BYTE_ORDER_MARK", "\ufeffa\ufeff", "a\ufeff"),
        ("ESCAPED_FOR_HTML", "<a&b>", "&lt;a&amp;b&gt;"),
        ("ESCAPED_AMPERSANDS", "<a&b>", "<a&amp;b>"),
        ("UNESCAPED_HTML", "&lt;&amp;", "<&"),
        ("NO_TAGS", "a <b>c</b>", "a c"),
        ("UNQUOTED", "%41+", "A+"),
        ("LINE_BREAKS_OF_ESCAPES", "a\\nb", "a\nb"),
        ("PRINTED_JSON", JSON, '{"b": "\u00e9", "a": 1}'),
        ("PRINTED_JSON", "{a", "{a"),
        ("PRINTED_ASCII_JSON", JSON, '{"b": "\\u00e9", "a": 1}'),
        ("SORTED_JSON", JSON, '{"a": 1, "b": "\u00e9"}'),
        ("NUMBER", "007", "7"),
        ("NUMBER", "\u0667", "\u0667"),
        ("STRAIGHT_QUOTES", "\u201ca\u2019", "\"a'"),
    ],
)
def test_an_operator_changes_a_text_as_it_says(name: str, text: str, changed: str) -> None:
    assert OPERATORS[name](text) == changed


@pytest.mark.parametrize("name", OPERATORS)
def test_each_operator_changes_some_text_and_keeps_a_plain_one(name: str) -> None:
    rich = JSON if "JSON" in name else OTHERS.get(name, RICH)
    assert OPERATORS[name](rich) != rich
    assert OPERATORS[name]("hello") == "hello"


def test_a_text_is_cut_after_code_points_or_bytes_and_never_within_a_character() -> None:
    assert cut_after(2)("\U0001f44da\u20ac") == "\U0001f44da"
    assert cut_after_bytes(5)("a\u20ac\u20ac") == "a\u20ac"


def store(change: Change) -> Seed:
    """Notes what is made of a text in the service's quotas, which nothing here reads."""

    def seed(service: ReferenceService) -> None:
        service.shapes = {change(" a "): service.shapes["SendMessage"]}

    return seed


def test_a_place_makes_a_fault_of_each_operator() -> None:
    place = Place("The endpoint stores a message", store, SECRECY, may=("SendMessage.*",))
    trimmed, cut = place.faults({"trims": operators.TRIMMED, "cuts": cut_after(1_024)}, "Tokens.refusal.no-effect")
    assert (trimmed.name, trimmed.says) == ("trims", "The endpoint stores a message without the blanks around it.")
    assert cut.says == "The endpoint stores a message up to its code point 1,024."
    assert trimmed.red == (SECRECY, "Tokens.refusal.no-effect")
    service = ReferenceService()
    trimmed.wrap(service)
    assert list(service.shapes) == ["a"]


def test_what_rests_on_a_broken_promise_may_turn_red_beside_what_is_stated() -> None:
    assert resting_on_promises([SECRECY, SECRECY]) == ("*.error.*",)
    assert resting_on_promises(["SendMessage.ContentType.undeclared-refused"]) == ()
    assert declare("a", "It is wrong.", lambda _: None, SECRECY, may=("SendMessage.*",)).may == (
        "SendMessage.*",
        "*.error.*",
    )


def test_a_row_adds_to_what_its_table_states() -> None:
    row = Rows(store, SECRECY, may=("SendMessage.*",))
    found = row("trims", "It trims.", str.strip, "Tokens.refusal.no-effect", may=("SendEvent.*",))
    assert found.red == (SECRECY, "Tokens.refusal.no-effect")
    assert found.may[:2] == ("SendMessage.*", "SendEvent.*")


def test_a_function_is_a_fault_by_its_name_and_docstring() -> None:
    @fault(SECRECY)
    def tells_all(service: ReferenceService) -> Handler:
        """The endpoint tells everything."""
        return service.handle

    assert (tells_all.name, tells_all.says) == ("tells-all", "The endpoint tells everything.")


@pytest.mark.parametrize(("says", "red"), [("", (SECRECY,)), ("It is wrong.", ())])
def test_a_fault_without_a_sentence_or_a_requirement_is_refused(says: str, red: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="needs a sentence and the id"):
        declare("a-fault", says, lambda _: None, *red)
