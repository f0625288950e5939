"""What to send: valid requests at the exact edges and inside, and violations that break exactly one promise.

Everything is derived from `conformance.contract`. Nothing here knows who is asked or how an answer is judged.
"""
