"""What was seen and what it comes to: recorder, ledger, verdicts, redaction, deviations."""
