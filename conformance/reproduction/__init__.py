"""Trying what the report prints: each failure's very script is run while the endpoint is still there."""
