"""The small azienda that is controlled."""

from tests.ledger import ledger

__all__ = ["ledger"]
