"""The templates' environment: markup is escaped, and no character stays hidden."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from reports.cause_entries import beside, title
from reports.compiled_templates import CompiledTemplates
from reports.literals import shell_quote
from reports.marking import mark_differences
from reports.safe_text import brief, cut, safe_text, within

TENTHS = 10  # milliseconds up to which tenths are shown
TEXT_SHOWN = 1_500  # code points of a sentence on the page


def _finalize(value: Any) -> Any:
    """What a template prints: text with its hidden characters made visible; markup of our own as it is."""
    return safe_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def content(text: str) -> Markup:
    """`text` between two tags, where quotation marks need no escape: evidence is full of them."""
    shown = safe_text(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Markup(shown)  # noqa: S704 - escaped for this place


def breakable(name: str) -> Markup:
    """A name of several words without blanks between them, which may be broken between them and after dots."""
    return Markup("<wbr>").join(re.split(r"(?<=[a-z])(?=[A-Z])|(?<=\.)", name))


def minute(time: str) -> str:
    """An ISO 8601 time in UTC to the minute, as people read it."""
    return f"{time[:16].replace('T', ' ')} UTC" if time.endswith("+00:00") else time


@cache
def environment() -> Environment:
    """The environment of ``reports/templates``. Only programs (``.py.j2``, ``.sh.j2``) are not escaped as markup."""
    found = Environment(
        loader=PackageLoader("reports"),
        bytecode_cache=CompiledTemplates(Path(__file__).read_bytes()),
        autoescape=select_autoescape(disabled_extensions=("py.j2", "sh.j2"), default=True),
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters.update(
        ascii=ascii,
        quoted=shell_quote,
        brief=brief,
        within=within,
        shortened=lambda text: cut(text, TEXT_SHOWN),
        number=lambda value: f"{value:,}",
        content=content,
        minute=minute,
        breakable=breakable,
        marked=mark_differences,
        rounded=lambda value: f"{value:,.0f}" if value >= TENTHS else f"{value:.1f}",
        title=title,
        beside=beside,
        known=lambda value: "unknown" if value is None else f"{value:,}",
    )
    return found
