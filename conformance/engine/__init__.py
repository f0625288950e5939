"""The engine: it sends edges and drawn examples to one endpoint, polls, searches, and knows no test."""
