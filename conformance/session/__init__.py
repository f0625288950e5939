"""One run from its options to its report: activation, preflight, progress, interrupts, finish."""
