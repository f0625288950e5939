"""What the installed service models say at the place that a requirement names as its source.

The text is read from botocore's data when it is asked for; the project stores none of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.contract.model import Member, Operation, operations
from conformance.contract.requirements import Requirement

MODEL = "model"  # the key of the service models in sources.toml
EXCERPT = 400  # code points: a longer text is cut down to the sentences that are about a promise
SENTENCES = 2  # of a longer text that are shown
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'(])")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9,/-]*[A-Za-z0-9]")
_SHORT_WORD = 3  # letters: words that are no longer say nothing of a sentence's subject
OMITTED = "[...]"


@dataclass(frozen=True, slots=True)
class Passage:
    """A place in a model, as locators name it ("SendMessage input Content"), and its documentation as plain text."""

    place: str
    text: str


def passage_of(requirement: Requirement) -> Passage | None:
    """The documentation at the requirement's locator, or at the closest place above it that has one.

    None where the source is no service model, where the locator names an older text, or no single place.
    """
    name, *rest = requirement.locator.split(" ")
    if requirement.source != MODEL or name not in operations():
        return None
    return next((passage for passage in _upwards(operations()[name], rest) if passage.text), None)


def excerpt(text: str, statement: str, phrase: str = "") -> str:
    """The sentences of a long `text` with `phrase` in them, or those that share most words with `statement`.

    A short text is returned as a whole.
    """
    sentences = _SENTENCE_END.split(text)
    if len(text) <= EXCERPT or len(sentences) <= SENTENCES:
        return text
    if phrase and (stating := [place for place, sentence in enumerate(sentences) if phrase in sentence]):
        return _join(sentences, stating)
    rarity = Counter(word for sentence in sentences for word in _words(sentence))
    wanted = _words(statement)
    weights = [sum(1 / rarity[word] for word in wanted & _words(sentence)) for sentence in sentences]
    best = sorted(range(len(sentences)), key=lambda place: (-weights[place], place))[:SENTENCES]
    return _join(sentences, sorted(place for place in best if weights[place]) or [0])


def _join(sentences: list[str], places: list[int]) -> str:
    """The sentences at `places`, with a mark wherever others were left out."""
    parts: list[str] = []
    for before, place in zip([-1, *places], places, strict=False):
        parts += [OMITTED] * (place > before + 1) + [sentences[place]]
    return " ".join(parts + [OMITTED] * (places[-1] < len(sentences) - 1))


def _words(text: str) -> set[str]:
    """The words of a text that show what it is about, without the ending of a plural."""
    return {word.lower().removesuffix("s") for word in _WORD.findall(text) if len(word) > _SHORT_WORD}


def _upwards(subject: Operation, rest: list[str]) -> Iterator[Passage]:
    """The place that the words behind an operation's name lead to, then those above it; nothing for other words."""
    match rest:
        case ["input" | "output" as part, dotted]:
            for member in reversed(_line_to(getattr(subject, part), dotted)):
                yield Passage(f"{subject.name} {part} {member.dotted}", member.documentation)
        case ["errors", name]:
            declared = (error for error in subject.errors if error.name == name)
            yield from (Passage(f"{subject.name} errors {name}", error.documentation) for error in declared)
            return
        case [] | ["text" | "input" | "output" | "errors"]:
            pass
        case _:
            return
    yield Passage(f"{subject.name} text", subject.documentation)


def _line_to(root: Member, dotted: str) -> list[Member]:
    """The members from below `root` down to the one at `dotted`. Raises KeyError where there is none."""
    line = [root]
    for name in dotted.split("."):
        line.append(line[-1].child(name))
    return line[1:]
