"""What citizens read without an account."""
