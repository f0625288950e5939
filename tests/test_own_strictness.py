"""The suite's own tests are held to what a run that judges an endpoint is not."""

from __future__ import annotations

import warnings

import pytest


def test_a_warning_is_an_error() -> None:
    with pytest.raises(UserWarning, match="odd"):
        warnings.warn("odd", stacklevel=1)


def test_an_unknown_marker_is_an_error() -> None:
    with pytest.raises(pytest.PytestUnknownMarkWarning):
        pytest.mark.of_nobody  # noqa: B018 - pytest looks it up
