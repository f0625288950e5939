"""Stands in for venv."""
