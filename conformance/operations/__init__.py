"""Tests of the documentation page of one operation, one file for each operation."""
