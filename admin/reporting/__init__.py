"""The pages of the account of a year."""
