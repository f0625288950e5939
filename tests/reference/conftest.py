"""The reference endpoint for tests without sockets."""

from __future__ import annotations

import pytest

from tests.reference.account import Account, Chat


@pytest.fixture
def account() -> Account:
    """A caller of an endpoint of its own."""
    return Account()


@pytest.fixture
def chat(account: Account) -> Chat:
    """A chat that its customer is connected to."""
    return account.chat()
