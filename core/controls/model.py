"""Tables of the controls."""
