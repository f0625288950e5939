"""Conformance of an endpoint to what is documented of the APIs that start and carry Amazon Connect chats."""

from importlib import import_module


def setup_module() -> None:
    """Say so where the suite is run without its plugin. pytest calls this before the first test of the package."""
    import_module("conformance.session.without_plugin").refuse()
