"""The municipality's controls in the browser."""
