"""Who is asked: the endpoint under test, reached over HTTP."""
