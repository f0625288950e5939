"""Values that break exactly one constraint: fixed ones for the edges, drawn ones for the search."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st

from conformance.contract.derivation import NUMBERS
from conformance.contract.model import Kind, Member
from conformance.contract.requirements import Constraint, ConstraintKind
from strategies.text import ASCII, texts_between, tile

# One plain value of each JSON type, named as RFC 8259 names them.
_JSON_VALUES: dict[str, Any] = {
    "number": 7,
    "fraction": 60.5,
    "true": True,
    "text": "60",
    "object": {"a": "b"},
    "array": ["a"],
}
_RIGHT_TYPES = {
    Kind.STRING: {"text"},
    Kind.INTEGER: {"number"},
    Kind.LONG: {"number"},
    Kind.BOOLEAN: {"true"},
    Kind.STRUCTURE: {"object"},
    Kind.MAP: {"object"},
    Kind.LIST: {"array"},
}


def wrong_types(member: Member) -> dict[str, Any]:
    """For each JSON type that `member` is not, one value of it. A fraction is wrong for an integer."""
    values = {**_JSON_VALUES, "text": _nearest_text(member)}
    return {name: value for name, value in values.items() if name not in _RIGHT_TYPES[member.kind]}


def distinct_wrong_types(member: Member) -> dict[str, Any]:
    """`wrong_types` without those that no reader treats differently from another one of them.

    Who takes a fraction where no number belongs takes a whole number too. Who takes true where an object or an array
    belongs takes any scalar.
    """
    alike = {"fraction"} if member.kind not in NUMBERS else set()
    if member.kind in (Kind.STRUCTURE, Kind.MAP, Kind.LIST):
        alike.add("true")
    return {name: value for name, value in wrong_types(member).items() if name not in alike}


def _nearest_text(member: Member) -> str:
    """A text that a reader who is lax about types would take: the word of a boolean, an entry without its list."""
    if member.kind is Kind.BOOLEAN:
        return "true"
    words = member.members[0].enum if member.kind is Kind.LIST and member.members else ()
    return str(words[0]) if words else str(_JSON_VALUES["text"])


# Words of one kind, of which an enumeration may list some only.
_KINDS_OF_WORDS = (
    ("AGENT", "CUSTOMER", "SYSTEM", "CUSTOM_BOT", "SUPERVISOR"),
    ("WEBSOCKET", "CONNECTION_CREDENTIALS", "AUTHENTICATION_SESSION", "WEBRTC_CONNECTION"),
    ("SEND", "RECEIVE"),
    ("DESCENDING", "ASCENDING", "DESC", "ASC"),
)


def near_enum(values: tuple[str, ...]) -> dict[str, str]:
    """Texts that look like one of `values` and are none: unknown, in other case, of their kind, with a blank, empty."""
    first = values[0]
    near = {
        "unknown text": "CONFORMANCE_UNKNOWN",
        **{f"{value} in other case": value.swapcase() for value in values},
        **{kin: kin for kind in _KINDS_OF_WORDS if first in kind for kin in kind},
        "blank behind": f"{first} ",
        "empty": "",
    }
    return {name: text for name, text in near.items() if text not in values}


def off_pattern(constraint: Constraint) -> str:
    """A text of lawful length in which the constraint's pattern is found nowhere.

    Raises ValueError when no simple text is one; then the constraint needs an example of its own.
    """
    length = int(constraint.member.minimum or 1)
    for character in "_ é\n":
        text = tile(character, length)
        if not re.search(constraint.limit, text):
            return text
    raise ValueError(f"no simple text breaks the pattern of {constraint.id}")


def from_constraint(constraint: Constraint) -> st.SearchStrategy[Any] | None:
    """Drawn values that break `constraint` and nothing else; None where the fixed edges say all."""
    make = _DRAWN.get(constraint.kind)
    return make(constraint) if make else None


def _other_types(constraint: Constraint) -> st.SearchStrategy[Any]:
    wrong = wrong_types(constraint.member)
    drawn: dict[str, st.SearchStrategy[Any]] = {
        "number": st.integers(min_value=-(2**31), max_value=2**31),
        "fraction": st.floats(min_value=0.1, max_value=0.9),
        "true": st.booleans(),
        "text": st.text(alphabet=ASCII, max_size=8),
        "object": st.dictionaries(st.text(alphabet=ASCII, min_size=1, max_size=4), st.integers(), max_size=2),
        "array": st.lists(st.integers(), max_size=2),
    }
    return st.one_of([drawn[name] for name in wrong])


def _longer(constraint: Constraint) -> st.SearchStrategy[str]:
    limit = int(constraint.limit)
    return texts_between(limit + 1, limit + max(64, limit // 4), alphabet=ASCII)


def _above(constraint: Constraint) -> st.SearchStrategy[int]:
    return st.integers(min_value=int(constraint.limit) + 1, max_value=2**31 - 1)


def _below(constraint: Constraint) -> st.SearchStrategy[int]:
    return st.integers(min_value=-(2**31), max_value=int(constraint.limit) - 1)


def _no_value(constraint: Constraint) -> st.SearchStrategy[str]:
    values = constraint.limit
    upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_ "
    drawn = st.one_of(st.text(alphabet=upper, min_size=1, max_size=24), st.sampled_from(values).map(str.title))
    return drawn.filter(lambda text: text not in values)


_DRAWN = {
    ConstraintKind.TYPE: _other_types,
    ConstraintKind.LENGTH_MAX: _longer,
    ConstraintKind.RANGE_MAX: _above,
    ConstraintKind.RANGE_MIN: _below,
    ConstraintKind.ENUM: _no_value,
}
