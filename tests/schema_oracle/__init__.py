"""What schemathesis has against replies, by requirement id: as much as is wrong, and nothing that is lawful."""
