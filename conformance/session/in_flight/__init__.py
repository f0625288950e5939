"""Several tests at work at once, each in a thread: which, when, and what came of them (--in-flight)."""
