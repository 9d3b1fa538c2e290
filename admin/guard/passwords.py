"""Hashing passwords with argon2id, for whoever makes users: the web, the command line, the demo."""

from __future__ import annotations

from typing import Any

# The library's recommended cost; a test suite that logs in a thousand times lowers it.
COST: dict[str, Any] = {"time_cost": 3, "memory_cost": 65536, "parallelism": 4}


def hash_password(text: str) -> str:
    """The argon2id hash of a password, as the log-in page will check it."""
    from argon2 import PasswordHasher

    return PasswordHasher(**COST).hash(text)
