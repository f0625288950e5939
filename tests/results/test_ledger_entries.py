from conformance.contract.wire import Exchange, Request, Response
from conformance.results.ledger_entries import BODY_LIMIT, exchange_entry

REQUEST = Request("SendMessage", "POST", "/participant/message", (), b'{"Content": "x"}')


def test_a_long_body_is_cut_with_a_note_of_its_size() -> None:
    entry = exchange_entry(Exchange(REQUEST, Response(200, (), b"a" * (BODY_LIMIT + 1))))
    assert len(entry["response"]["body"]) == BODY_LIMIT
    assert (entry["response"]["body_bytes"], entry["response"]["cut"]) == (BODY_LIMIT + 1, True)
    whole = exchange_entry(Exchange(REQUEST, Response(200, (), b"a" * BODY_LIMIT)))
    assert whole["response"]["cut"] is False


def test_a_reply_that_was_cut_on_the_way_says_so() -> None:
    assert exchange_entry(Exchange(REQUEST, Response(200, (), b"a", truncated=True)))["response"]["cut"] is True


def test_a_missing_reply_is_none_with_the_reason() -> None:
    entry = exchange_entry(Exchange(REQUEST, None, failure="timed out"))
    assert (entry["response"], entry["failure"]) == (None, "timed out")
