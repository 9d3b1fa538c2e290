"""Table of the policies that cover contracts (R97)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Text, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.contracts.model import Contract
from core.contracts.scope import left_contracts
from core.ground.access import OWN_MUNICIPALITIES, Scoped
from core.ground.db import Base, Euro, Versioned
from core.ground.search import Searched


class InsurancePolicy(Base, Scoped, Versioned, Searched):
    """A policy of the azienda (R97): what it covers, up to how much, in which period; of one contract or of all."""

    __tablename__ = "insurance_policy"
    KNOWN_BY = ("insurer", "number", "cover")
    __table_args__ = (CheckConstraint("valid_to >= valid_from", name="period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    insurer: Mapped[str]
    number: Mapped[str]
    cover: Mapped[str] = mapped_column(Text)
    amount: Mapped[Decimal | None] = mapped_column(Euro)
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date]
    by_municipality: Mapped[bool] = mapped_column(default=False)

    contract: Mapped[Contract | None] = relationship()

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The policies of all contracts, and those of one's own; of one that one has left those that began by then."""
        stands, leaving = left_contracts(cls.contract_id, OWN_MUNICIPALITIES)
        return or_(cls.contract_id.is_(None), stands,
                   leaving.of(cls.valid_from <= leaving.day))

    def __str__(self) -> str:
        return f"{self.insurer}, n. {self.number}"
