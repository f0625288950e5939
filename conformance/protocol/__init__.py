"""Tests of promises of every operation, one pytest item for each derived requirement."""
