"""Diagnosis: from what was seen of a failing endpoint to its likely cause and the option or setting that mends it.

Every sentence follows from what was seen: status, headers, body and request of an exchange, or the failure that left it
without a reply. `docs/troubleshooting.md` lists the sentences. This package knows no test and sends nothing.
"""
