"""What seeded faults are made of: declarations, hooks, middleware, text operators, and what rests on what is broken."""
