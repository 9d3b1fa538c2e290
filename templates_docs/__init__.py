"""Word templates of the acts, each beside its source text and the manifest of its fields."""
