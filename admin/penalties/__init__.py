"""Penalties in the browser, and the notices of default from which they come."""
