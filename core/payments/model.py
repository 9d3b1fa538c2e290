"""Tables of the payments: what arrived, which instalments it settles, and the lines of the bank's statements."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, Select, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.documents.model import Document, seen_through
from core.ground.access import OWN_MUNICIPALITIES, InsertOnly, Role, Scoped
from core.ground.db import Base, Euro, UtcDateTime, Versioned, seldom
from core.ground.order import Weighed, weight_of
from core.ground.search import Searched
from core.ground.walls import OfOneKind, kept_by
from core.instalments.model import Instalment
from core.parties.model import Municipality, OwnedByMunicipality

# a statement tells who paid from which account, also people who have nothing to do with the azienda
kept_by("bank_statement", "statement_line", "payment", reads=(Role.ADMINISTRATOR,), writes=(Role.ACCOUNTING,),
        documents=("bank_statement",))


class Payment(Base, OwnedByMunicipality, InsertOnly, Searched):
    """Money that arrived, in euros; a reversal is a negative payment that names the one it takes back.

    A refund is negative too: a credit paid back to the municipality. It settles the negative instalment that gave the
    credit, or names in ``refunds_id`` the payment of which too much had arrived.
    ``method``: bank_transfer, treasury, post or pagopa: only ways that leave a trace (R112). ``number`` is yearly.
    """

    __tablename__ = "payment"
    KNOWN_BY = ("reference",)
    __table_args__ = (UniqueConstraint("year", "number"), seldom("payment", "refunds_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    number: Mapped[int]
    received_on: Mapped[date] = mapped_column(index=True)
    amount: Mapped[Decimal] = mapped_column(Euro, index=True)
    method: Mapped[str] = mapped_column(index=True)
    reference: Mapped[str] = mapped_column(Text, default="")
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), unique=True)
    refunds_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    why: Mapped[str] = mapped_column(Text, default="")
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))

    municipality: Mapped[Municipality] = relationship()
    receipt: Mapped[Document | None] = relationship()
    settlements: Mapped[list[Settlement]] = relationship(back_populates="payment", order_by="Settlement.id")

    @property
    def code(self) -> str:
        """The number as people write it: 12/2026."""
        return f"{self.number}/{self.year}"

    @property
    def refund(self) -> bool:
        """True for money that went back to the municipality."""
        return self.amount < 0 and self.reverses_id is None

    def __str__(self) -> str:
        return f"Pagamento n. {self.code}"


class Settlement(Base, InsertOnly, Scoped):
    """The part of a payment that settles one instalment, in euros; negative for a reversal.

    What a payment holds beyond its settlements is an over-payment, a credit of the municipality. One that takes the
    money off an instalment again names in ``undoes_id`` the one that gave it, and says why.
    """

    __tablename__ = "settlement"

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    instalment_id: Mapped[int] = mapped_column(ForeignKey("instalment.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Euro)
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("settlement.id"), unique=True)
    why: Mapped[str] = mapped_column(Text, default="")

    payment: Mapped[Payment] = relationship(back_populates="settlements")
    instalment: Mapped[Instalment] = relationship()

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The settlements of one's own payments."""
        held = Payment.__table__.c
        return cls.payment_id.in_(select(held.id).where(held.municipality_id.in_(OWN_MUNICIPALITIES)))


@seen_through
def own_receipts() -> Select[tuple[int]]:
    """The receipts of one's own payments."""
    held = Payment.__table__.c
    return select(held.receipt_id).where(held.municipality_id.in_(OWN_MUNICIPALITIES))


class BankStatement(Base, OfOneKind, InsertOnly):
    """A statement that was read in: its file, the account, the days. The office's own business.

    ``left_out``: the rows that are no credits, by why (``Why``), as people name them (``2-14, 17``).
    """

    __tablename__ = "bank_statement"
    KIND_OF_CASE = "bank_statement"

    id: Mapped[int] = mapped_column(primary_key=True)
    format: Mapped[str]
    iban: Mapped[str]
    from_day: Mapped[date | None]
    to_day: Mapped[date | None]
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_out: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)

    document: Mapped[Document] = relationship()
    lines: Mapped[list[StatementLine]] = relationship(back_populates="statement", order_by="StatementLine.id")


class StatementLine(Base, OfOneKind, Versioned, Searched, Weighed):
    """A credit of a statement. ``key`` names it for good, so that reading a statement twice changes nothing.

    ``batch`` names the entry of which it is a part (``whole`` has its euros), or which it is, told undivided.
    ``remark``: what is to be known before it is matched. ``other_readings``: its text, a line for each other way of
    joining the pieces in which the bank gave it; a number may hide in a seam.
    ``state``: open, matched (with its payment) or ignored.
    """

    __tablename__ = "statement_line"
    KIND_OF_CASE = "statement_line"
    KNOWN_BY = ("payer", "reference")
    __table_args__ = (Index("ix_statement_line_payer_weight", "payer_weight", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("bank_statement.id"), index=True)
    key: Mapped[str] = mapped_column(unique=True)
    booked_on: Mapped[date] = mapped_column(index=True)
    amount: Mapped[Decimal] = mapped_column(Euro, index=True)
    payer: Mapped[str] = mapped_column(default="")
    payer_weight: Mapped[str | None] = weight_of("payer")
    payer_iban: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(Text, default="")
    other_readings: Mapped[str] = mapped_column(Text, default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    batch: Mapped[str] = mapped_column(default="", index=True)
    whole: Mapped[Decimal | None] = mapped_column(Euro)
    state: Mapped[str] = mapped_column(default="open", index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), unique=True)

    statement: Mapped[BankStatement] = relationship(back_populates="lines")
    payment: Mapped[Payment | None] = relationship()
