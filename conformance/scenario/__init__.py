"""The parts of written tests: scenarios, claims, participants, transcripts, web sockets, idempotent calls."""
