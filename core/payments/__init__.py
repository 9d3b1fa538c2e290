"""The money that arrives: payments, what they settle, and the bank statements in which they are found."""
