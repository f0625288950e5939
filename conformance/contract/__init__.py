"""What is promised: read from the installed service models and from the rules beside them; nothing of ours above it."""
