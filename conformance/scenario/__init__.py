"""What written tests are told in: scenarios, claims, participants, transcripts, web sockets, idempotent calls."""
