"""Budgets and funding sources in the browser."""
