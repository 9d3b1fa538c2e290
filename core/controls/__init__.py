"""What comes before a notice of default: the municipality's requests, visits and inspections; damaging events."""
