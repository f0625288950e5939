"""What seeded faults are made of: declarations, hooks, middleware, text operators, and what else may turn red."""
