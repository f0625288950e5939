"""Judging an ASGI or WSGI application, or a URL, from within another program.

The suite runs in a separate process, the judge's. An application stays in the caller's process. The two exchange
messages over the judge's standard input and output, so that no network is needed and nothing of the suite is loaded
in the caller's process.
"""
