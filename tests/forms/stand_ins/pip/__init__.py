"""Stands in for pip."""
