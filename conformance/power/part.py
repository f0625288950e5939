"""A part of the kill matrix: some of its faults and variants, for one night out of several."""

from __future__ import annotations

import re
from dataclasses import dataclass
from zlib import crc32

_FORM = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")


@dataclass(frozen=True, slots=True)
class Part:
    """Part `number` of `of`, counted from 1. All parts together hold everything, and each thing is in just one."""

    number: int = 1
    of: int = 1

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def holds(self, *names: str) -> bool:
        """Whether what is `names` together belongs to this part.

        The name alone decides. So a fault that is added meanwhile moves no other fault into a part that is over.
        """
        return crc32(" ".join(names).encode()) % self.of == self.number - 1


WHOLE = Part()


def part_of(text: str) -> Part:
    """The part that `text` names, such as 3/14. Raises ValueError with a sentence for the user where it is none."""
    form = _FORM.fullmatch(text)
    if form is None or int(form[1]) > int(form[2]):
        raise ValueError(f"{text!r} is no part: give one such as 3/14, the third of 14 parts")
    return Part(int(form[1]), int(form[2]))
