"""Migrations: one environment for every owner, one version table per owner, no branch labels."""
