"""What is delivered: areas, sectors, services, coverage and operational sheets."""
