"""The recognition of units in operation: requirements as data, examination, decree, pact, monitoring, measures."""
