"""Conformance of an endpoint to what is documented of the APIs that start and carry Amazon Connect chats."""
