"""Attribute maps of an exact size in UTF-8 bytes over all keys and values together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from conformance.contract.limits import ATTRIBUTE_BYTES
from strategies.text import fill

KEY_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
# One character of each sort that is neither alphanumeric nor a dash nor an underscore, also of similar looks.
OUTSIDE_KEY_ALPHABET = " .:$/\n+,\u20ac\U0001f600\u2013\u00a0"
# What is easily lost on the way: blanks, letter case, wide characters, line ends, and texts that look like something
# else, a number, a null or an escape for one, or like the name of a property that every JavaScript object has.
ODD: Mapping[str, str] = {
    "blanks": "  two before, one after ",
    "Case": "Upper",
    "case": "lower",
    "wide_and-more": "\U0001f600 e\u0301 \u00e9 \u20ac",
    "controls": 'tab\t "quoted" \\ line\nanother\r\nend',
    "0": "0",
    "number": "007",
    "nothing": "null",
    "escapes": "50%25+%C3%A9 &amp; \\u00e9",
    "__proto__": "an own one",
}
_KEY = 5  # bytes of each key of `spread`

Attributes = Mapping[str, str]


def spread(pairs: int, width: int, total: int) -> Attributes:
    """`pairs` pairs of exactly `total` UTF-8 bytes together, their values of characters `width` bytes wide.

    The values are equally long but for the last one, which has the rest.
    """
    each, rest = divmod(total - _KEY * pairs, pairs)
    sizes = [each] * (pairs - 1) + [each + rest]
    return {f"k{number:04}": fill(width, size) for number, size in enumerate(sizes)}


def long_keys(total: int) -> Attributes:
    """Two pairs of exactly `total` UTF-8 bytes together, nearly all of them in the keys."""
    return {"k" * 20_000: "v", "l" * (total - 20_002): "v"}


# As many bytes as are accepted, shared by keys and values in several ways.
AT_LIMIT: Sequence[Attributes] = (
    *(spread(pairs, width, ATTRIBUTE_BYTES) for pairs, width in ((1, 1), (1, 2), (2, 3), (3, 4), (100, 4), (3_000, 1))),
    long_keys(ATTRIBUTE_BYTES),
)
DECISIVE_AT_LIMIT = (AT_LIMIT[2], AT_LIMIT[-2], AT_LIMIT[-1])  # wide characters, many pairs, and bytes in the keys
OF_THE_ALPHABET: Attributes = dict.fromkeys((*KEY_ALPHABET, KEY_ALPHABET, "-a_0-", "__Z", "k" * 1_000), "v")


def utf8_bytes(attributes: Attributes) -> int:
    """The UTF-8 bytes of all keys and values together."""
    return sum(len(text.encode()) for pair in attributes.items() for text in pair)


def attributes_of_bytes(total: int) -> st.SearchStrategy[Attributes]:
    """Attribute maps of exactly `total` UTF-8 bytes: few or many pairs, narrow and wide characters, one longer pair."""
    keys = st.text(alphabet=KEY_ALPHABET, min_size=1, max_size=40)
    values = st.text(alphabet="a\u00e9\u20ac\U0001f600 ", max_size=40)
    some = st.dictionaries(keys, values, max_size=30)
    return st.builds(_complete, some, st.sampled_from((1, 2, 3, 4)), st.just(total))


def _complete(some: dict[str, str], width: int, total: int) -> Attributes:
    """`some` and two more pairs that bring it to exactly `total` UTF-8 bytes; a single value could be too long."""
    more = {name: text for name, text in some.items() if name not in ("rest", "half")}
    room = total - utf8_bytes(more) - len("rest") - len("half")
    return {**more, "half": fill(width, room // 2), "rest": fill(width, room - room // 2)}
