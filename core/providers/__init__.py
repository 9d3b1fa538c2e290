"""Who runs social units, which units they run, of which regional type, and the notices by which they operate."""
