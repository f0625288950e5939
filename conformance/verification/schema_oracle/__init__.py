"""A second opinion on replies: schemathesis holds them against the exported OpenAPI document."""
