"""Tables of the disputes."""
