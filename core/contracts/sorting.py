"""What contracts are sorted by: the name of the first municipality that signs, kept in the contract itself.

Asked of the parties at each visit, the first page of a million contracts would sort them all; kept, an index has it.
Who asks may not know that municipality: its name orders the rows and is not shown.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, event, func, inspect, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.ground.db import Base
from core.ground.order import DERIVED
from core.parties.model import Party

AZIENDA = 0  # its place among the parties: the municipalities follow


class Filed:
    """A contract: it stands in lists under the name of its first municipality, by its weight (``Weighed``)."""

    filed_under: Mapped[str] = mapped_column(Text, default="", info=DERIVED)


class SigningParty:
    """A party of a contract, at its place."""

    contract_id: Any
    order: Any


@event.listens_for(SigningParty, "after_insert", propagate=True)
@event.listens_for(SigningParty, "after_update", propagate=True)
@event.listens_for(SigningParty, "after_delete", propagate=True)
def _file(_mapper: object, connection: Connection, signing: SigningParty) -> None:
    contract = Base.metadata.tables["contract"].c
    _write(connection, contract.id == signing.contract_id)


@event.listens_for(Party, "after_update", propagate=True)
def _file_anew(_mapper: object, connection: Connection, party: Party) -> None:
    if inspect(party).attrs.name_weight.history.has_changes():
        contract, signing = (Base.metadata.tables[name].c for name in ("contract", "contract_party"))
        _write(connection, contract.id.in_(select(signing.contract_id).where(signing.party_id == party.id)))


def _write(connection: Connection, contracts: ColumnElement[bool]) -> None:
    contract, signing, party = (Base.metadata.tables[name] for name in ("contract", "contract_party", "party"))
    first = (select(party.c.name_weight).join(signing, signing.c.party_id == party.c.id)
             .where(signing.c.contract_id == contract.c.id, signing.c.order > AZIENDA)
             .order_by(signing.c.order).limit(1))
    connection.execute(update(contract).where(contracts).values(
        filed_under=func.coalesce(first.scalar_subquery(), "")))
