"""What is promised, and the requests and replies that promises are about. It imports no other part.

Promises are read from the installed service models and from the rules in TOML.
"""
