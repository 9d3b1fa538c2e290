"""The penalty procedure: notice, reply, hearing, decision, payment."""
