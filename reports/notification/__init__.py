"""Tells people of a run, only where something has changed since they were last told."""
