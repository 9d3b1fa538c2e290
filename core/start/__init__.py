"""An azienda that starts: what an empty installation needs before its first contract, step by step."""
