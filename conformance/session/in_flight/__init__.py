"""Several tests at work at once, each in a thread: which, when, and with which result (--in-flight)."""
