"""Documents: plain data poured into Word files, and Word files read back."""
