"""Finding the long repetitions in a text: a limit is tried with thousands of equal characters."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST_UNIT = 80  # code points that may repeat together
_SEED = 8  # code points by which a repetition is noticed


def parts(text: str, shortest: int) -> Iterator[tuple[str, int]]:
    """The parts of `text` in order, each with how many times it stands there.

    Only repetitions of `shortest` code points and more are named; units of up to LONGEST_UNIT code points are found
    where they stand at least three times. Takes time in proportion to the length of `text`, whatever it holds.
    """
    done = look = 0
    while look + shortest <= len(text):
        unit = _unit(text, look)
        start = _beginning(text, done, look, len(unit))
        start += _between_words(text[start : start + len(unit)])
        times = _times(text, start, text[start : start + len(unit)])
        if unit and times * len(unit) >= shortest and times > 2:  # noqa: PLR2004 - said above
            yield from _plain(text[done:start])
            yield text[start : start + len(unit)], times
            done = look = start + times * len(unit)
        else:
            look += shortest // 2
    yield from _plain(text[done:])


def _plain(text: str) -> Iterator[tuple[str, int]]:
    if text:
        yield text, 1


def _unit(text: str, at: int) -> str:
    """What may repeat from `at` on; empty when its first code points do not come again soon."""
    again = text.find(text[at : at + _SEED], at + 1, at + LONGEST_UNIT + _SEED)
    return text[at:again] if again > 0 else ""


def _beginning(text: str, earliest: int, at: int, period: int) -> int:
    """Where the repetition of `period` code points around `at` begins."""
    while period and at > earliest and text[at - 1] == text[at - 1 + period]:
        at -= 1
    return at


def _between_words(unit: str) -> int:
    """Where in `unit`, which repeats, a word begins or ends; 0 where it is one word."""
    places = (at for at in range(len(unit)) if not _inside_word(unit[at - 1], unit[at]))
    return next(places, 0)


def _inside_word(one: str, other: str) -> bool:
    return (one.isalnum() or one == "_") and (other.isalnum() or other == "_")


def _times(text: str, start: int, unit: str) -> int:
    """How often `unit` stands at `start`; possessive, for there is nothing to go back for.

    A last time is left out that a word goes on behind.
    """
    found = re.compile(f"(?:{re.escape(unit)})*+").match(text, start) if unit else None
    if not found:
        return 0
    end, times = found.end(), (found.end() - start) // len(unit)
    split = 0 < end < len(text) and _inside_word(text[end - 1], text[end]) and not _inside_word(unit[-1], unit[0])
    return times - split
