"""What is promised, and the requests and replies that it speaks of; nothing of ours is below it.

Promises are read from the installed service models and from the rules in TOML.
"""
