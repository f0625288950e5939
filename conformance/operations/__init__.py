"""Tests of what the page of one operation says, one file for each operation."""
