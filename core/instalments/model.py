"""Tables of the instalments: what is asked, the round in which it is asked, the municipality's commitment, interest."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.contracts.model import Contract, InstalmentRule
from core.documents.model import Document, seen_through
from core.ground.access import OWN_MUNICIPALITIES, Role, Scoped
from core.ground.db import Base, Euro, Percent, Versioned, seldom
from core.ground.exercise import OF_EXERCISE
from core.ground.order import Weighed, weight_of
from core.ground.owners import case_of
from core.ground.search import Searched
from core.ground.walls import kept_by
from core.parties.model import Act, Municipality, OwnedByMunicipality

kept_by("instalment", "request_round", reads=(Role.ADMINISTRATOR,), writes=(Role.ACCOUNTING,),
        documents=("instalment_request",))


class Instalment(Base, OwnedByMunicipality, Versioned, Weighed):
    """An instalment of a year (R88-R93); amounts in euros, a negative one is a credit.

    ``kind``: advance, balance, correction, extra_project (R92), further_advance (R93) or opening (asked before the
    program came).
    ``base_kind``: previous, budget, chosen or final. ``paid`` is the sum of its settlements, kept by the payments.
    ``nominal`` and ``effective`` are empty until the event that fixes them; ``amount`` until its base is known. Of
    what is planned ``nominal`` is the day by which it is asked for; where the contract gives no term ``effective``
    stays empty until the office fixes one (X6).
    A correction asks, or gives back, what a final share has changed by after its balance was asked for: ``corrects_id``
    names the instalment whose request it replaces. The invoice has its number, its day and the identifier that the
    exchange system (SdI) gave it.
    """

    __tablename__ = "instalment"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        Index("ix_instalment_state_effective", "state", "effective"),
        Index("ix_instalment_municipality_state", "municipality_id", "state", "effective"),
        Index("ix_instalment_title_weight", "title_weight", "id"),
        seldom("instalment", "corrects_id"),
        seldom("instalment", "invoice_number"),
        seldom("instalment", "round_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True, info=OF_EXERCISE)
    number: Mapped[int]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("instalment_rule.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("request_round.id"))
    kind: Mapped[str]
    title: Mapped[str]
    title_weight: Mapped[str] = weight_of("title")
    state: Mapped[str] = mapped_column(default="planned")
    percent: Mapped[Decimal | None] = mapped_column(Percent)
    base_kind: Mapped[str | None]
    base: Mapped[Decimal | None] = mapped_column(Euro)
    amount: Mapped[Decimal | None] = mapped_column(Euro, index=True)
    paid: Mapped[Decimal] = mapped_column(Euro, default=Decimal(0))
    event: Mapped[str | None]
    nominal: Mapped[date | None]
    effective: Mapped[date | None] = mapped_column(index=True)
    requested_on: Mapped[date | None]
    settled_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"))
    checked_on: Mapped[date | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("instalment.id"))
    invoice_number: Mapped[str | None]
    invoice_on: Mapped[date | None]
    sdi_id: Mapped[str | None]

    contract: Mapped[Contract] = relationship()
    rule: Mapped[InstalmentRule | None] = relationship()
    corrects: Mapped[Instalment | None] = relationship(remote_side="Instalment.id")
    municipality: Mapped[Municipality] = relationship()
    round: Mapped[RequestRound | None] = relationship(back_populates="instalments")
    act: Mapped[Act | None] = relationship()
    document: Mapped[Document | None] = relationship()

    @property
    def code(self) -> str:
        """The number as people write it: 12/2026."""
        return f"{self.number}/{self.year}"

    @property
    def left(self) -> Decimal:
        """Euros still to pay; zero while the amount is not known, negative for a credit."""
        return (self.amount or Decimal(0)) - self.paid

    @property
    def invoice(self) -> str:
        """The invoice as people name it: ``n. 12/PA del 15/01/2026``; empty without one."""
        return f"n. {self.invoice_number} del {self.invoice_on:%d/%m/%Y}" if self.invoice_number else ""

    @property
    def fixed(self) -> bool:
        """True for what was asked, is being asked, or was invoiced: its figures stay."""
        return self.requested_on is not None or self.round_id is not None or self.invoice_number is not None

    @property
    def counts_from(self) -> str | None:
        """``receipt`` or ``invoice``, where the days for paying count from there; None for a day that is fixed."""
        return self.rule.counts_from if self.rule is not None else None

    @property
    def without_term(self) -> bool:
        """True where the contract asks for it after an event and gives no days for paying (R91, X6), and where the day
        that it gives comes before the contract begins."""
        return self.rule is not None and (self.rule.gives_no_term or self.before_contract)

    @property
    def before_contract(self) -> bool:
        """True where the plan would have it paid before the contract begins: nobody owes by a contract that is not
        there, so that day binds nobody (R88-R90)."""
        return (self.rule is not None and self.rule.counts_from is None and self.nominal is not None
                and self.nominal < self.contract.starts_on)

    def __str__(self) -> str:
        return f"Rata n. {self.code}"


@case_of("instalment")
def instalments_of(municipalities: Any) -> Select[tuple[int]]:
    """The ids of the instalments of ``municipalities``."""
    held = Instalment.__table__.c
    return select(held.id).where(held.municipality_id.in_(municipalities))


@seen_through
def own_requests() -> Select[tuple[int]]:
    """The request letters of one's own instalments."""
    held = Instalment.__table__.c
    return select(held.document_id).where(held.municipality_id.in_(OWN_MUNICIPALITIES))


class RequestRound(Base, Scoped, Versioned):
    """The requests of one due date, prepared, approved and sent together; the office's own business."""

    __tablename__ = "request_round"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True, info=OF_EXERCISE)
    title: Mapped[str]
    due: Mapped[date]
    state: Mapped[str] = mapped_column(default="prepared")

    instalments: Mapped[list[Instalment]] = relationship(back_populates="round", order_by="Instalment.number")

    def __str__(self) -> str:
        return self.title


class Commitment(Base, OwnedByMunicipality, Versioned, Searched):
    """What a municipality has committed for a year: number and act of the commitment, CIG where required."""

    __tablename__ = "commitment"
    KNOWN_BY = ("number", "act")
    __table_args__ = (UniqueConstraint("municipality_id", "year", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    number: Mapped[str]
    act: Mapped[str] = mapped_column(default="")
    cig: Mapped[str | None]
    amount: Mapped[Decimal | None] = mapped_column(Euro)

    municipality: Mapped[Municipality] = relationship()

    def __str__(self) -> str:
        return f"impegno n. {self.number}/{self.year}"


class InterestRate(Base):
    """A rate of interest in percent a year, of its own year only, with its first day and its source.

    ``kind``: legal (art. 1284 c.c.) or commercial (D.lgs. 231/2002).
    """

    __tablename__ = "interest_rate"
    __table_args__ = (UniqueConstraint("kind", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    valid_from: Mapped[date]
    percent: Mapped[Decimal] = mapped_column(Percent)
    source: Mapped[str] = mapped_column(Text)

