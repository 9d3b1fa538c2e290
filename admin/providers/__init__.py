"""Providers, their units, the types of unit and the notices of operation in the browser."""
