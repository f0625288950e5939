"""A second judge of replies: schemathesis checks them against the exported OpenAPI document."""
