"""Seeded faults: the reference endpoint with one thing wrong, to prove that the suite sees it."""
