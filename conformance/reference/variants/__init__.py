"""Lawful variants: the reference endpoint, right in another way where the documents are silent or leave room."""
