"""The promise of each kind of constraint in one sentence, as people read it in reports.

A limit on a request has two sides: the endpoint accepts what is just inside and refuses what is just outside. Where
only particular values are accepted, such as the identifier of a chat that exists, the sentence names the refusal alone.
"""

from __future__ import annotations

from conformance.contract.requirements import Constraint, ConstraintKind, Direction

_BOTH_SIDES = {
    ConstraintKind.TYPE: "The endpoint accepts a JSON {limit} for {subject} and refuses other JSON types.",
    ConstraintKind.LENGTH_MIN: "The endpoint accepts {limit} in {subject} and refuses fewer.",
    ConstraintKind.LENGTH_MAX: "The endpoint accepts {limit} in {subject} and refuses more.",
    ConstraintKind.RANGE_MIN: "The endpoint accepts {limit} for {subject} and refuses less.",
    ConstraintKind.RANGE_MAX: "The endpoint accepts {limit} for {subject} and refuses more.",
    ConstraintKind.ENUM: "The endpoint accepts each of {limit} for {subject} and refuses any other text or case.",
    ConstraintKind.PATTERN: "The endpoint accepts text that matches {limit} for {subject} and refuses other text.",
    ConstraintKind.SIZE_MIN: "The endpoint accepts {limit} in {subject} and refuses fewer.",
    ConstraintKind.SIZE_MAX: "The endpoint accepts {limit} in {subject} and refuses more.",
}
_INPUT = {
    ConstraintKind.REQUIRED: "The endpoint refuses a request without {subject}.",
    ConstraintKind.TYPE: "The endpoint refuses any JSON type but {limit} for {subject}.",
    ConstraintKind.NULL: "The endpoint treats null for {subject} as its absence.",
    ConstraintKind.OPTIONAL: "The endpoint accepts a request without {subject}.",
    ConstraintKind.LENGTH_MIN: "The endpoint refuses fewer than {limit} in {subject}.",
    ConstraintKind.LENGTH_MAX: "The endpoint refuses more than {limit} in {subject}.",
    ConstraintKind.RANGE_MIN: "The endpoint refuses less than {limit} for {subject}.",
    ConstraintKind.RANGE_MAX: "The endpoint refuses more than {limit} for {subject}.",
    ConstraintKind.ENUM: "The endpoint refuses any text for {subject} but {limit}, also in another letter case.",
    ConstraintKind.PATTERN: "The endpoint refuses text for {subject} that does not match {limit}.",
    ConstraintKind.SIZE_MIN: "The endpoint refuses fewer than {limit} in {subject}.",
    ConstraintKind.SIZE_MAX: "The endpoint refuses more than {limit} in {subject}.",
    ConstraintKind.UNKNOWN_MEMBER: "The endpoint ignores a member that {subject} does not have.",
}
_OUTPUT = {
    ConstraintKind.PRESENT: "The reply contains {subject}.",
    ConstraintKind.TYPE: "The reply's {subject} is a JSON {limit}.",
    ConstraintKind.LENGTH_MIN: "The reply's {subject} has at least {limit}.",
    ConstraintKind.LENGTH_MAX: "The reply's {subject} has at most {limit}.",
    ConstraintKind.RANGE_MIN: "The reply's {subject} is at least {limit}.",
    ConstraintKind.RANGE_MAX: "The reply's {subject} is at most {limit}.",
    ConstraintKind.ENUM: "The reply's {subject} is one of {limit}.",
    ConstraintKind.PATTERN: "The reply's {subject} matches {limit}.",
    ConstraintKind.SIZE_MIN: "The reply's {subject} has at least {limit}.",
    ConstraintKind.SIZE_MAX: "The reply's {subject} has at most {limit}.",
    ConstraintKind.TIME: "The reply's {subject} is an ISO 8601 time with T and a UTC designator.",
    ConstraintKind.TIME_FRACTION: "The reply's {subject} has three digits of a second's fraction.",
}
_UNITS = {
    ConstraintKind.LENGTH_MIN: ("code point", "code points"),
    ConstraintKind.LENGTH_MAX: ("code point", "code points"),
    ConstraintKind.SIZE_MIN: ("entry", "entries"),
    ConstraintKind.SIZE_MAX: ("entry", "entries"),
}


def statement(constraint: Constraint) -> str:
    """The promise of `constraint` in one sentence with its actor first."""
    subject = constraint.member.dotted or "the input"
    if constraint.kind is ConstraintKind.LENGTH_MIN and constraint.limit == 0:
        return _of_empty_texts(constraint.direction, subject)
    texts = _INPUT if constraint.direction is Direction.INPUT else _OUTPUT
    if constraint.direction is Direction.INPUT and constraint.accepts is None:
        texts = texts | _BOTH_SIDES
    return texts[constraint.kind].format(subject=subject, limit=_limit(constraint))


def _of_empty_texts(direction: Direction, subject: str) -> str:
    if direction is Direction.INPUT:
        return f"The endpoint accepts an empty text for {subject}."
    return f"The reply's {subject} may be an empty text."


def _limit(constraint: Constraint) -> str:
    """The limit as text: `SHORT, LONG`, `16,384 code points`, `1 entry`."""
    limit = constraint.limit
    if isinstance(limit, tuple):
        return ", ".join(limit)
    if not isinstance(limit, int | float):
        return str(limit)
    if constraint.kind not in _UNITS:
        return f"{limit:,}"
    one, many = _UNITS[constraint.kind]
    return f"{limit:,} {one if limit == 1 else many}"
