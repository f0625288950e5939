"""What may turn red besides what a fault breaks: whatever rests on it, by the contract's own relation."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.contract.rests_on import basis_of


def resting_on_promises(red: Iterable[str]) -> tuple[str, ...]:
    """Globs of the requirements that cannot be seen to be kept where each of `red` is broken.

    A fault declares by hand only what goes beyond them.
    """
    bases = filter(None, map(basis_of, red))
    return tuple(dict.fromkeys(glob for basis in bases for glob in basis.globs))
