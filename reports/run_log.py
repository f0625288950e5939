"""Cells for the run log of pytest-html, from plain values. That plugin puts them into its page as they are."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from markupsafe import escape

from reports.visible import visible

IDS_SHOWN = 12


def requirement_cell(ids: Sequence[str]) -> str:
    """The cell with the requirements of a test, each a link into compliance.html, the first twelve of many."""
    links = [f'<a href="compliance.html#{quote(rid)}">{escape(visible(rid))}</a>' for rid in ids[:IDS_SHOWN]]
    if len(ids) > IDS_SHOWN:
        links.append(f"and {len(ids) - IDS_SHOWN} more")
    return f'<td class="col-requirements">{"<br>".join(links)}</td>'
