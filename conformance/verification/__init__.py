"""Verification of derived requirements: constraints, valid and malformed requests, replies."""
