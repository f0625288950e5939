"""Texts of an exact size, in code points or in UTF-8 bytes.

Hypothesis refuses ``st.text(min_size=n)`` for large n, so a short drawn seed is tiled to the size.
"""

from __future__ import annotations

from hypothesis import strategies as st

ASCII = "abcdefghijklmnopqrstuvwxyz0123456789"
# One character for each length that UTF-8 has, from 1 to 4 bytes.
BY_WIDTH = {1: "a", 2: "é", 3: "€", 4: "\U0001f600"}


def tile(seed: str, code_points: int) -> str:
    """`seed` repeated and cut to exactly `code_points` code points. Raises ValueError for an empty seed."""
    if not seed:
        raise ValueError("an empty seed cannot fill a text")
    return (seed * (code_points // len(seed) + 1))[:code_points]


def fill(width: int, utf8_bytes: int) -> str:
    """A text of exactly `utf8_bytes` bytes in UTF-8, of characters `width` bytes wide and ASCII for the rest."""
    count, rest = divmod(utf8_bytes, width)
    return BY_WIDTH[width] * count + "a" * rest


def texts(code_points: int, *, alphabet: str = ASCII) -> st.SearchStrategy[str]:
    """Texts of exactly `code_points` code points over `alphabet`."""
    seeds = st.text(alphabet=alphabet, min_size=1, max_size=8)
    return seeds.map(lambda seed: tile(seed, code_points))


def texts_between(lowest: int, highest: int, *, alphabet: str = ASCII) -> st.SearchStrategy[str]:
    """Texts of `lowest` to `highest` code points over `alphabet`."""
    return st.builds(
        tile, st.text(alphabet=alphabet, min_size=1, max_size=8), st.integers(min_value=lowest, max_value=highest)
    )


def texts_of_bytes(utf8_bytes: int) -> st.SearchStrategy[str]:
    """Texts of exactly `utf8_bytes` bytes in UTF-8, of narrow and wide characters."""
    return st.sampled_from(sorted(BY_WIDTH)).map(lambda width: fill(width, utf8_bytes))


def mixed_texts_of_bytes(utf8_bytes: int) -> st.SearchStrategy[str]:
    """Texts of exactly `utf8_bytes` bytes in UTF-8, of characters of every width in any order.

    ASCII characters, in front or behind, make up for what the others leave.
    """
    seeds = st.text(alphabet=[*BY_WIDTH.values(), "\u0301", "\n", '"', "\U00020000"], min_size=1, max_size=12)
    return st.builds(_tile_to_bytes, seeds, st.just(utf8_bytes), st.booleans())


def _tile_to_bytes(seed: str, utf8_bytes: int, front: bool) -> str:  # noqa: FBT001 - drawn, called nowhere else
    count, rest = divmod(utf8_bytes, len(seed.encode()))
    return "a" * rest + seed * count if front else seed * count + "a" * rest
