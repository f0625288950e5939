"""How an answer is judged: exchanges in; nothing out, or a `ContractViolation` with the evidence inside."""
