"""Tables of the penalties."""
