"""What services promise against what was measured (R33, R212)."""
