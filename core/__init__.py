"""The domain of Patto. It knows no web framework and no plugin by name."""
