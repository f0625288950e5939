"""Loads the suite's pytest plugin, which an installed copy brings by its entry point."""

pytest_plugins = ["conformance.plugin"]
