"""Tests: sentences about the office (unit, integration, e2e, plugins), about the code (house), and proofs."""
