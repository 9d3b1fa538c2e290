"""The pages of the use of the services."""
