"""The message about a change: as Markdown, as plain text, and as data for a webhook.

It says what the promises say, and nothing that the endpoint said: no token or header can be in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reports.judgement import quantity
from reports.markdown_text import code, plain
from reports.notification.changes import Cause, Change

SHOWN = 20  # causes of one kind


def markdown(change: Change, link: str | None) -> str:
    """The change, for a comment."""
    blocks = [f"## {plain(change.now.summary)}", plain(_before(change))]
    for title, _, causes in _kinds(change):
        blocks.extend(_list(title, causes))
    if still := _still(change):
        blocks.append(plain(still))
    blocks.append(_source(change, link))
    return "\n\n".join(blocks) + "\n"


def standing(change: Change, link: str | None) -> str:
    """How the endpoint stands now, for the text of an issue, as Markdown."""
    blocks = [f"## {plain(change.now.summary)}", *_list("Causes", change.now.causes), _source(change, link)]
    return "\n\n".join(blocks) + "\n"


def text(change: Change, link: str | None) -> str:
    """The change in a few lines without markup."""
    lines = [f"{change.now.target}: {change.now.summary}", _before(change)]
    for _, word, causes in _kinds(change):
        lines.extend(f"{word}: {_sentence(cause)}" for cause in causes[:SHOWN])
        lines.extend(_more(causes))
    lines.extend(filter(None, (_still(change), link)))
    return "\n".join(lines)


def payload(change: Change, link: str | None) -> dict[str, Any]:
    """What a webhook is sent: `text` is what chat services show, the rest is for programs."""
    before, now = change.before, change.now
    return {
        "text": text(change, link),
        "target": now.target,
        "verdict": now.verdict,
        "verdict_before": before.verdict if before else None,
        "summary": now.summary,
        "fails": now.fails,
        "new": [_row(cause) for cause in change.new],
        "gone": [_row(cause) for cause in change.gone],
        "unseen": [_row(cause) for cause in change.unseen],
        "link": link,
    }


def _kinds(change: Change) -> Iterator[tuple[str, str, Sequence[Cause]]]:
    """The title, the word and the causes of each kind of change."""
    yield "New causes", "new", change.new
    yield "Causes that are gone", "gone", change.gone
    yield "Causes that were not judged this time", "not judged this time", change.unseen


def _before(change: Change) -> str:
    return f"before: {change.before.summary}" if change.before else "nothing was told before"


def _still(change: Change) -> str:
    """How many of the causes were reported before and were seen again."""
    number = len(change.now.causes) - len(change.new) - len(change.unseen)
    return f"{quantity(number, 'known cause')} beside these" if number else ""


def _list(title: str, causes: Sequence[Cause]) -> Iterator[str]:
    if causes:
        yield f"### {title}"
        yield "\n".join([*map(_item, causes[:SHOWN]), *(f"- {line}" for line in _more(causes))])


def _more(causes: Sequence[Cause]) -> Iterator[str]:
    if (rest := len(causes) - SHOWN) > 0:
        yield f"and {rest:,} more"


def _item(cause: Cause) -> str:
    return f"- **{plain(cause.headline)}** {code(cause.requirement)} {cause.level}{_follows(cause)}"


def _sentence(cause: Cause) -> str:
    return f"{cause.headline} ({cause.requirement}, {cause.level}{_follows(cause)})"


def _follows(cause: Cause) -> str:
    number = len(cause.follows) - len(cause.alike)
    return f"; {number:,} {'follows' if number == 1 else 'follow'} from it" if number else ""


def _source(change: Change, link: str | None) -> str:
    run = f"run of {change.now.started}" if change.now.started else "no run"
    shown = f"[{run}]({link})" if link else run
    return f"{code(change.now.target)}, {shown}"


def _row(cause: Cause) -> dict[str, Any]:
    return {
        "requirement": cause.requirement,
        "headline": cause.headline,
        "level": cause.level,
        "follows": list(cause.follows),
    }
