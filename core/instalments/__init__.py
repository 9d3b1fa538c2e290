"""What is asked of each municipality, when, and what became of it."""
