"""Contracts in the browser: list, record, guided form, passages, amendments, what a contract contains."""
