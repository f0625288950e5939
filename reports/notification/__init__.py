"""Tells people of a run, only where something has changed since the last message."""
