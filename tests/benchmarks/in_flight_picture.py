"""A picture of seconds by calls in flight: a bar for each run, and beside it one for what the round trips take."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT, BASE, TOP, GROUP = 640, 320, 270, 60, 150  # in pixels; a group is the two bars of one run
TOOK, LIMIT = "#0b7285", "#adb5bd"


def picture(found: Sequence[tuple[int, float, float]]) -> str:
    """An SVG of `found`: the calls in flight of each run, its seconds, and the seconds that its round trips take."""
    most = max(seconds for _, *both in found for seconds in both)
    parts = [part for place, run in enumerate(found) for part in _group(30 + place * GROUP, run, (BASE - TOP) / most)]
    squares = zip((TOOK, LIMIT), ("seconds", "round trips"), strict=True)
    legend = " ".join(f'<tspan fill="{colour}">■</tspan> {words}' for colour, words in squares)
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="14"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        f'<text x="30" y="22">{legend}</text>{"".join(parts)}</svg>\n'
    )


def _group(left: int, run: tuple[int, float, float], scale: float) -> list[str]:
    number, took, limit = run
    bars = [_bar(left, took, scale, TOOK), _bar(left + 56, limit, scale, LIMIT)]
    return [*bars, f'<text x="{left + 54}" y="{BASE + 24}" text-anchor="middle">{number} in flight</text>']


def _bar(left: int, seconds: float, scale: float, colour: str) -> str:
    height = seconds * scale
    return (
        f'<rect x="{left}" y="{BASE - height:.0f}" width="52" height="{height:.0f}" fill="{colour}"/>'
        f'<text x="{left + 26}" y="{BASE - height - 5:.0f}" text-anchor="middle">{seconds:.1f}</text>'
    )
