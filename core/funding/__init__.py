"""Where the money comes from and where it goes: the sources, and the budget by year and service."""
