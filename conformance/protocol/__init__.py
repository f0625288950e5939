"""Tests of what is true of every operation, one pytest item for each derived requirement."""
