"""Allocation plans, shares and comparisons in the browser."""
