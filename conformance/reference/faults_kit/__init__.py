"""What seeded faults are made of: the declaration, hooks, middleware, and what else depends on a broken member."""
