"""Values of replies in words: no data structure reaches a reader, and an Id says what it names."""

from __future__ import annotations

import pytest

from reports.words import in_words
from tests.reports.ledgers import answer, entries_of, exchange, violate

ID = "13caa0f5-0c6e-4c3e-9d53-0d2f6b6d6a11"
OTHER = "23caa0f5-0c6e-4c3e-9d53-0d2f6b6d6a22"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "nothing"),
        ("[null, null]", "nothing and nothing"),
        ('the Type is ["EVENT", "typing"]', 'the Type is "EVENT" and "typing"'),
        ('{"Id": "x", "Type": null}', 'Id "x", Type nothing'),
        ("how often each is [1, 1, 1, 1, 1]", "how often each is 5 times 1"),
        ('["a", "b", "c", "d", "e"] and 7 more', '"a", "b", "c", "d" and "e" and 7 more'),
        ('["a", "b", "c", "d", "e", "f"]', '"a", "b", "c", "d" and 2 more'),
        ("messages [not JSON", "messages [not JSON"),
        ("400 ValidationException", "400 ValidationException"),
        (f"the Id {OTHER}", f"the Id {OTHER}"),
    ],
)
def test_lists_and_objects_are_told_in_words(text: str, words: str) -> None:
    assert in_words(text, ()) == words


def test_an_id_says_which_message_it_names_the_first_time() -> None:
    sent = exchange("SendMessage", {"Content": "Hello", "ContentType": "text/plain"}, answer(200, {"Id": ID}))
    (seen,) = [entry for entry in entries_of([violate(exchanges=(sent,))]) if entry["entry"] == "observation"]
    words = in_words(f'["{ID}"] and "{ID}"', seen["exchanges"])
    assert words == f'the message "Hello" of call 1 (Id {ID}) and "{ID}"'
