"""A badge: the verdict of a run with its scope, as an image and as data for shields.io."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anybadge

LABEL = "conformance"
COLORS = {"conformant": "#1a7f37", "non-conformant": "#cf222e", "incomplete": "#6e7781"}  # readable under white text


def message(report: Mapping[str, Any]) -> str:
    """What stands on the badge: the verdict with its scope, so that a narrowed run does not look like a whole one."""
    summary: str = report["summary"]
    return summary


def endpoint(report: Mapping[str, Any]) -> dict[str, Any]:
    """The badge as the JSON that a shields.io endpoint badge is made from."""
    color = COLORS[report["verdict"]].removeprefix("#")
    return {"schemaVersion": 1, "label": LABEL, "message": message(report), "color": color}


def svg(report: Mapping[str, Any]) -> str:
    """The badge as an SVG image."""
    drawn: str = anybadge.Badge(LABEL, message(report), default_color=COLORS[report["verdict"]]).badge_svg_text
    return drawn
