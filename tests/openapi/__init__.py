"""The contract as an OpenAPI document, judged by readers that are not ours."""
