"""Commands of `connect-conformance` that need more than a few lines, and the options that commands share."""
