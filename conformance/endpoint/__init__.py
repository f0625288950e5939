"""The endpoint under test, reached over HTTP."""
