"""The azienda and its statute are there before the first contract that it signs."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.contracts.model import Contract
from core.ground.errors import RuleBroken
from core.parties import operations
from core.parties.model import Azienda
from tests.ledger import Ledger, ledger

__all__ = ["ledger"]
SIGNED = date(2025, 12, 1)
STATUTE = {"body_kind": "founding", "kind": "statuto", "title": "Statuto"}


@pytest.fixture
def azienda(ledger: Ledger) -> int:
    """The id of the azienda, whose first contract is signed."""
    with ledger.unit("firma") as session:
        session.get_one(Contract, ledger.contract).signed_on = SIGNED
        row = session.scalars(select(Azienda)).one()
        row.court, row.district, row.short_name, row.founding_date = "Milano", "Distretto", "A.S.", date(2010, 1, 1)
        row.founding_notary, row.postal_code, row.province = "dott. Verdi", "20097", "MI"
        return row.id


def test_a_statute_after_the_first_contract_is_refused(ledger: Ledger, azienda: int) -> None:
    with ledger.unit("statuto") as session:
        with pytest.raises(RuleBroken, match=r"n\. 1/2026 è firmato il 01/12/2025") as refused:
            operations.add_act(session, {**STATUTE, "party_id": azienda, "date": date(2025, 12, 2)})
        assert refused.value.field == "date"
    with ledger.unit("statuto") as session:
        assert operations.add_act(session, {**STATUTE, "party_id": azienda, "date": SIGNED}).title == "Statuto"


def test_so_is_an_azienda_founded_after_it(ledger: Ledger, azienda: int) -> None:
    with ledger.unit("dati") as session:
        version = session.get_one(Azienda, azienda).version
        with pytest.raises(RuleBroken, match="l'azienda e il suo statuto ci sono da prima") as refused:
            operations.edit_azienda(session, azienda, {"founding_date": date(2026, 1, 1)}, version=version)
        assert refused.value.field == "founding_date"
