"""Accreditations, inspections, monitoring and requirement sets in the browser."""
