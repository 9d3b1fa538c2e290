"""Notices of default in the browser: list, record, guided forms, steps, acts on findings."""
