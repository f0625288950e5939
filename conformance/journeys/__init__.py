"""Scenarios where the order of calls matters."""
