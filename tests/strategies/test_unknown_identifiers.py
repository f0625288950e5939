"""Identifiers that name nothing are no known one, and two of them are near it."""

import pytest

from strategies.unknown_identifiers import unknown_identifiers

KNOWN = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000000", "instance-1"]


@pytest.mark.parametrize("known", KNOWN)
def test_none_of_them_is_the_known_one_and_two_are_near_it(known: str) -> None:
    usual, altered, shortened = unknown_identifiers(known)
    assert len({known, usual, altered, shortened}) == 4
    assert (altered[:-1], len(altered)) == (known[:-1], len(known))
    assert known.startswith(shortened)
