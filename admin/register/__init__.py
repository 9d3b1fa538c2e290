"""The register from inside, tariffs, and the municipalities' choices of a provider."""
