"""The plugin's name in a clone that is not installed: the root conftest loads it, and with it the plugin proper."""

pytest_plugins = ["connect_conformance_pytest"]
