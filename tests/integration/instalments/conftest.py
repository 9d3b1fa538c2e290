"""The small azienda that asks for money."""

from tests.ledger import ledger

__all__ = ["ledger"]
