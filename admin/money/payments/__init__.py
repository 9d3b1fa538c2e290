"""Payments, bank statements and accounts in the browser."""
