"""Tables of the penalties: the notice of default with its findings, the penalty with its payments, damages apart."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    Text,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.cases.model import Sending
from core.catalogue.model import Service
from core.contracts.model import Contract
from core.ground.access import OWN_MUNICIPALITIES, InsertOnly, Role, Scoped
from core.ground.db import Base, Euro, Lines, Versioned
from core.ground.owners import case_of
from core.ground.search import Searched
from core.ground.states import PassageLog
from core.ground.walls import OfKind, kept_by
from core.parties.model import Municipality, OwnedByMunicipality
from core.providers.model import Provider

# accounting pays a penalty and keeps what proves it; of the notice it reads why there is something to pay
kept_by("penalty", reads=(Role.ADMINISTRATOR,), writes=(Role.ACCOUNTING,))
kept_by("default_notice", "damage_claim", "on_behalf", reads=(Role.ACCOUNTING, Role.ADMINISTRATOR))


class DefaultNotice(Base, OwnedByMunicipality, Versioned, Searched):
    """A notice of default of a municipality (R101-R103). Its number is taken with the draft and stays for good.

    Two terms (X26): ``compliance_by`` a day, or ``compliance_days`` from the receipt; ``reply_days`` as the contract's
    terms said when it was sent. Both run from ``received_on``, which is that of ``sending``. ``conflict_note`` says how
    the addressee avoids judging in its own cause (X24). ``answer``: rebuttal, compliance or silence.
    """

    __tablename__ = "default_notice"
    KNOWN_BY = ("facts",)
    __table_args__ = (
        UniqueConstraint("year", "number"),
        CheckConstraint("reply_days >= 0", name="reply_days"),
        CheckConstraint("compliance_days >= 0", name="compliance_days"),
        Index("ix_default_notice_municipality_state", "municipality_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    number: Mapped[int]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    state: Mapped[str] = mapped_column(default="draft", index=True)
    opened_on: Mapped[date]
    addressee: Mapped[str]
    conflict_note: Mapped[str] = mapped_column(Text, default="")
    facts: Mapped[str] = mapped_column(Text)
    compliance_by: Mapped[date | None]
    compliance_days: Mapped[int | None]
    reply_days: Mapped[int]
    sending_id: Mapped[int | None] = mapped_column(ForeignKey("sending.id"), unique=True)
    received_on: Mapped[date | None]
    reply_due_nominal: Mapped[date | None]
    reply_due_effective: Mapped[date | None]
    compliance_due_nominal: Mapped[date | None]
    compliance_due_effective: Mapped[date | None]
    answer: Mapped[str | None]
    answered_on: Mapped[date | None]
    answer_text: Mapped[str] = mapped_column(Text, default="")
    complied_on: Mapped[date | None]
    summoned_for: Mapped[date | None]
    summoned_at: Mapped[time | None]
    summoned_place: Mapped[str] = mapped_column(default="")
    held_on: Mapped[date | None]
    present: Mapped[tuple[str, ...]] = mapped_column(Lines, default=())
    minutes: Mapped[str] = mapped_column(Text, default="")
    decided_on: Mapped[date | None]
    override_why: Mapped[str] = mapped_column(Text, default="")
    closed_on: Mapped[date | None]

    contract: Mapped[Contract] = relationship()
    municipality: Mapped[Municipality] = relationship()
    sending: Mapped[Sending | None] = relationship()
    findings: Mapped[list[NoticeFinding]] = relationship(
        back_populates="notice", order_by="NoticeFinding.id", cascade="all, delete-orphan"
    )
    penalties: Mapped[list[Penalty]] = relationship(back_populates="notice", order_by="Penalty.id")
    damages: Mapped[list[DamageClaim]] = relationship(back_populates="notice", order_by="DamageClaim.id")

    @property
    def code(self) -> str:
        """The number as people write it: 3/2026."""
        return f"{self.number}/{self.year}"

    def __str__(self) -> str:
        return f"Diffida n. {self.code}"


@case_of("default_notice", writers=(Role.MUNICIPALITY,))
def notices_of(municipalities: Any) -> Select[tuple[int]]:
    """The ids of the notices of ``municipalities``."""
    held = DefaultNotice.__table__.c
    return select(held.id).where(held.municipality_id.in_(municipalities))


class NoticeFinding(Base, Scoped, Versioned):
    """One default that a notice contests: the service, the kind that decides the band (X8), the exact facts (R102).

    ``happened_on`` to ``happened_to`` are the days of the facts; empty ``happened_to`` is one day. ``outcome``: open,
    upheld or not_upheld; ``decided_kind`` is the kind that was found at the decision, where it is another of those that
    the notice contests. ``provider_id``: the provider that delivered the service, to which the azienda passed it on
    while it stays liable itself (R57).
    """

    __tablename__ = "notice_finding"
    __table_args__ = (CheckConstraint("happened_to IS NULL OR happened_to >= happened_on", name="days"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("default_notice.id"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    kind: Mapped[str]
    happened_on: Mapped[date]
    happened_to: Mapped[date | None]
    facts: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(default="open")
    decided_kind: Mapped[str | None]
    reasons: Mapped[str] = mapped_column(Text, default="")
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"), index=True)
    passed_on: Mapped[date | None]
    passed_note: Mapped[str] = mapped_column(Text, default="")

    notice: Mapped[DefaultNotice] = relationship(back_populates="findings")
    service: Mapped[Service] = relationship()
    provider: Mapped[Provider | None] = relationship()

    @property
    def found_kind(self) -> str:
        """The kind that decides the band of the penalty (X8): as it was decided, else as it was contested."""
        return self.decided_kind or self.kind

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The findings of one's own notices."""
        return cls.notice_id.in_(notices_of(OWN_MUNICIPALITIES))


class Penalty(Base, OwnedByMunicipality, Versioned, Searched):
    """A penalty for one finding that was upheld (R104-R109); euros. Its number is taken with the decision.

    ``minimum`` and ``maximum`` are the band as it was. ``reduced_to`` is what is owed after a reduction; ``paid`` what
    its payments hold beyond the interest that they cover first (art. 1194 c.c.). A finding has one penalty, and another
    only once that is cancelled.
    ``contest``: arbitration or court; ``reduced_by``: agreement, arbitration or court (art. 1384 c.c.).
    """

    __tablename__ = "penalty"
    KNOWN_BY = ("gravity",)
    __table_args__ = (
        UniqueConstraint("year", "number"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("minimum <= maximum", name="limits"),
        Index("uq_penalty_standing", "finding_id", unique=True, sqlite_where=text("state <> 'cancelled'"),
              postgresql_where=text("state <> 'cancelled'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    number: Mapped[int]
    notice_id: Mapped[int] = mapped_column(ForeignKey("default_notice.id"), index=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("notice_finding.id"), index=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    state: Mapped[str] = mapped_column(default="decided", index=True)
    kind: Mapped[str]
    minimum: Mapped[Decimal] = mapped_column(Euro)
    maximum: Mapped[Decimal] = mapped_column(Euro)
    amount: Mapped[Decimal] = mapped_column(Euro)
    gravity: Mapped[str] = mapped_column(Text)
    decided_on: Mapped[date]
    override_why: Mapped[str] = mapped_column(Text, default="")
    payment_days: Mapped[int]
    request_id: Mapped[int | None] = mapped_column(ForeignKey("sending.id"), unique=True)
    requested_on: Mapped[date | None]
    request_received_on: Mapped[date | None]
    due_nominal: Mapped[date | None]
    due_effective: Mapped[date | None]
    paid: Mapped[Decimal] = mapped_column(Euro, default=Decimal(0))
    settled_on: Mapped[date | None]
    contest: Mapped[str | None]
    contested_on: Mapped[date | None]
    reduced_to: Mapped[Decimal | None] = mapped_column(Euro)
    reduced_on: Mapped[date | None]
    reduced_by: Mapped[str | None]

    notice: Mapped[DefaultNotice] = relationship(back_populates="penalties")
    finding: Mapped[NoticeFinding] = relationship()
    contract: Mapped[Contract] = relationship()
    municipality: Mapped[Municipality] = relationship()
    request: Mapped[Sending | None] = relationship()
    payments: Mapped[list[PenaltyPayment]] = relationship(back_populates="penalty", order_by="PenaltyPayment.id")

    @property
    def code(self) -> str:
        """The number as people write it: 2/2026."""
        return f"{self.number}/{self.year}"

    @property
    def owed(self) -> Decimal:
        """Euros owed without interest: what was decided, or what it was reduced to."""
        return self.amount if self.reduced_to is None else self.reduced_to

    @property
    def left(self) -> Decimal:
        """Euros still to pay without interest; negative if more was paid than is owed after a reduction."""
        return self.owed - self.paid

    def __str__(self) -> str:
        return f"Penale n. {self.code}"


@case_of("penalty", writers=(Role.MUNICIPALITY,))
def penalties_of(municipalities: Any) -> Select[tuple[int]]:
    """The ids of the penalties owed to ``municipalities``."""
    held = Penalty.__table__.c
    return select(held.id).where(held.municipality_id.in_(municipalities))


class PenaltyPayment(Base, Scoped, InsertOnly):
    """Money paid for a penalty, in euros; a reversal is a negative row that names the one it takes back.

    How much of it pays interest on delay follows from all of them (``penalties.interest_of``). ``method`` as for
    instalments (R112).
    """

    __tablename__ = "penalty_payment"

    id: Mapped[int] = mapped_column(primary_key=True)
    penalty_id: Mapped[int] = mapped_column(ForeignKey("penalty.id"), index=True)
    on: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Euro)
    method: Mapped[str]
    reference: Mapped[str] = mapped_column(Text, default="")
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("penalty_payment.id"), unique=True)
    why: Mapped[str] = mapped_column(Text, default="")

    penalty: Mapped[Penalty] = relationship(back_populates="payments")

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The payments of the penalties owed to one's own municipality."""
        return cls.penalty_id.in_(penalties_of(OWN_MUNICIPALITIES))


class DamageClaim(Base, OwnedByMunicipality, Versioned):
    """A damage beyond the penalty (R108; art. 1382 c.c.): claimed with a notice, settled or not on its own.

    ``amount`` is what is claimed in euros, empty while it is not known; ``settled_amount`` what was agreed or judged.
    """

    __tablename__ = "damage_claim"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("default_notice.id"), index=True)
    state: Mapped[str] = mapped_column(default="open", index=True)
    claimed_on: Mapped[date]
    description: Mapped[str] = mapped_column(Text)
    amount: Mapped[Decimal | None] = mapped_column(Euro)
    settled_amount: Mapped[Decimal | None] = mapped_column(Euro)
    settled_on: Mapped[date | None]

    notice: Mapped[DefaultNotice] = relationship(back_populates="damages")
    municipality: Mapped[Municipality] = relationship()

    def __str__(self) -> str:
        return f"Danno chiesto con la diffida n. {self.notice.code}"


@case_of("damage_claim")
def damages_of(municipalities: Any) -> Select[tuple[int]]:
    """The ids of the damages that ``municipalities`` claim."""
    held = DamageClaim.__table__.c
    return select(held.id).where(held.municipality_id.in_(municipalities))


class OnBehalf(Base, OwnedByMunicipality, OfKind, Versioned):
    """An act of the municipality that the azienda recorded for it: it is told, and may object.

    The azienda owes what the act is about, and does not judge itself. ``passage_id`` is the passage of the case
    (``subject``, ``subject_id``), with the municipality's document; ``said`` what the act would need to be done again,
    and what it replaced.
    """

    __tablename__ = "on_behalf"
    __table_args__ = (
        Index("ix_on_behalf_subject", "subject", "subject_id"),
        Index("ix_on_behalf_municipality_state", "municipality_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    subject_id: Mapped[int]
    passage_id: Mapped[int] = mapped_column(ForeignKey("passage_log.id"), unique=True)
    state: Mapped[str] = mapped_column(default="told")
    said: Mapped[dict[str, Any]] = mapped_column(JSON)

    municipality: Mapped[Municipality] = relationship()
    passage: Mapped[PassageLog] = relationship()


@case_of("on_behalf")
def acts_for(municipalities: Any) -> Select[tuple[int]]:
    """The ids of the acts that were recorded on behalf of ``municipalities``."""
    held = OnBehalf.__table__.c
    return select(held.id).where(held.municipality_id.in_(municipalities))
