"""What of a contract a municipality sees: all of its own, and of one that it has left what was there until then.

A contract of several goes on when one leaves. Who left keeps reading the contract that it signed, its texts up to its
last day, its shares; what is made afterwards is between those who go on, unless it concerns who left.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import ColumnElement, ForeignKey, Select, and_, exists, false, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from core.ground.access import OWN_MUNICIPALITIES, Scoped
from core.ground.db import Base
from core.ground.owners import Leaving, case_of, left_by


@case_of("contract")
def contracts_of(municipalities: Any) -> Select[tuple[int]]:
    """The ids of the contracts to which ``municipalities`` are, or were, parties."""
    party = _parties()
    return select(party.contract_id).where(party.party_id.in_(municipalities))


def own_contracts() -> Select[tuple[int]]:
    """The ids of the contracts of one's own municipalities, for ``visible``."""
    return contracts_of(OWN_MUNICIPALITIES)


@left_by("contract")
def left_contracts(contract_id: Any, municipalities: Any) -> tuple[ColumnElement[bool], Leaving]:
    """True where ``municipalities`` are parties of a contract; and how they left one with which others go on."""
    party, gone = _parties(), _parties()
    stands = exists().where(party.contract_id == contract_id, party.party_id.in_(municipalities),
                            party.valid_to.is_(None)).correlate_except(party.contract_id.table)
    is_one = and_(gone.contract_id == contract_id, gone.party_id.in_(municipalities), gone.valid_to.is_not(None))
    return stands, Leaving(is_one, gone.valid_to, gone.left_at)


def _parties() -> Any:
    return Base.metadata.tables["contract_party"].alias().c


class OwnedByContract(Scoped):
    """A row that belongs to a contract and is seen with it.

    Of a contract that one has left one still reads the rows whose day, in the column ``READ_BY``, is not later than
    one's last day, and those that name oneself in the column ``OWN_BY``; a table that says neither shows none.
    """

    READ_BY: ClassVar[str] = ""
    OWN_BY: ClassVar[str] = ""

    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The rows of the contracts of one's own municipality: asked of each row, because one has many contracts."""
        return cls.own(cls)

    @classmethod
    def own(cls, columns: Any) -> ColumnElement[bool]:
        """The rows of one's own contracts among ``columns``, the table's own or this class."""
        stands, leaving = left_contracts(columns.contract_id, OWN_MUNICIPALITIES)
        return or_(stands, leaving.of(cls.still_read(columns, leaving)))

    @classmethod
    def still_read(cls, columns: Any, leaving: Leaving) -> ColumnElement[bool]:
        """The rows that who has left a contract may still read."""
        by_day = [getattr(columns, cls.READ_BY) <= leaving.day] if cls.READ_BY else []
        own = [getattr(columns, cls.OWN_BY).in_(OWN_MUNICIPALITIES)] if cls.OWN_BY else []
        return or_(false(), *by_day, *own)
