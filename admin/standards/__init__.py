"""The pages of what services promise and what was measured."""
