"""Deadlines in the browser: list, month, rules, and the private calendar feed."""
