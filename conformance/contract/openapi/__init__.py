"""The contract as an OpenAPI document, for tools that read one."""
