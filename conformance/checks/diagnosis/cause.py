"""One cause: what was seen, what it most likely means, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

_BEGINNING = 16  # code points
_LONGEST = 120  # code points of a text of the endpoint's that a sentence quotes


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a valid call failed.

    `seen` is what was seen and nothing more. `likely` is what most probably explains it, `remedy` the option or the
    setting that mends it; both are empty where nothing can be said.
    """

    seen: str
    likely: str = ""
    remedy: str = ""

    @property
    def brief(self) -> str:
        """What was seen and what it most likely means, for whoever has read elsewhere what to do."""
        return f"{self.seen}: {self.likely}" if self.likely else self.seen

    def __str__(self) -> str:
        """All three as one sentence without a full stop."""
        return f"{self.brief}; {self.remedy}" if self.remedy else self.brief


def beginning(url: str) -> str:
    """The beginning of a URL, or of what should have been one: all of it may be secret, a few characters suffice."""
    return quote(url if len(url) <= _BEGINNING else f"{url[:_BEGINNING]}...")


def quote(text: str) -> str:
    """`text` of the endpoint's on one line in quotation marks: printable characters only, cut where it is long."""
    line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split()))
    return f'"{line}"' if len(line) <= _LONGEST else f'"{line[:_LONGEST]}..."'
