"""Instalments, their planning, rounds of requests and rates of interest in the browser."""
