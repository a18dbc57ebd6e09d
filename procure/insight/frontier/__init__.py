"""Cost and expected backorders against a limit, step by step."""
