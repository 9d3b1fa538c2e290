"""Tables of the terms of the contracts by version: instalments, percentages of single municipalities, penalty bands."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.ground.access import InsertOnly
from core.ground.db import Base, Euro, Lines, Percent
from core.ground.search import Searched
from core.parties.model import Municipality, OwnedByMunicipality


class ContractTerms(Base, InsertOnly, Searched):
    """One version of the terms; never changed, a new version is added. Units: months, days, euros, percent.

    ``coordinated`` says which paragraph of the article on funding the local accounting rules are fitted to (R94): the
    source names one and means another (X7), so the reference is a datum: instalments, projects or both. Without bands
    there are no penalties, and their limits and days are zero. The papers are the acts and documents that each party
    owes to a contract (R18, R119, X2), by title.
    """

    __tablename__ = "contract_terms"
    KNOWN_BY = ("title", "legal_source")
    __table_args__ = (UniqueConstraint("title", "edition"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    edition: Mapped[int]
    valid_from: Mapped[dt.date]
    legal_source: Mapped[str] = mapped_column(Text)

    duration_months: Mapped[int | None]
    tacit_renewal: Mapped[bool]
    tacit_renewal_months: Mapped[int | None]
    tacit_renewal_times: Mapped[int | None]
    notice_months: Mapped[int | None]
    renewal_assessment_months: Mapped[int]
    renewal_direction: Mapped[str]
    continuity_months: Mapped[int]
    share_criteria: Mapped[tuple[str, ...]] = mapped_column(Lines)
    municipality_papers: Mapped[tuple[str, ...]] = mapped_column(Lines, default=())
    azienda_papers: Mapped[tuple[str, ...]] = mapped_column(Lines, default=())
    public_papers: Mapped[tuple[str, ...]] = mapped_column(Lines, default=())
    third_sector_papers: Mapped[tuple[str, ...]] = mapped_column(Lines, default=())
    extra_projects_month: Mapped[int]
    coordinated: Mapped[str] = mapped_column(default="instalments")
    own_charter_months: Mapped[int]
    reply_days: Mapped[int]
    penalty_min: Mapped[Decimal] = mapped_column(Euro)
    penalty_max: Mapped[Decimal] = mapped_column(Euro)
    penalty_payment_days: Mapped[int]
    further_damages: Mapped[bool]
    account_notice_days: Mapped[int]
    arbitration: Mapped[bool]
    arbitrators: Mapped[int]
    court: Mapped[str]
    roll_policy: Mapped[str]
    registration_cost: Mapped[str]
    interest: Mapped[str] = mapped_column(default="none")
    interest_points: Mapped[Decimal | None] = mapped_column(Percent)

    instalments: Mapped[list[InstalmentRule]] = relationship(back_populates="terms", order_by="InstalmentRule.order")
    bands: Mapped[list[PenaltyBand]] = relationship(back_populates="terms", order_by="PenaltyBand.order")
    withdrawal: Mapped[TermsWithdrawal | None] = relationship(back_populates="terms", lazy="joined")

    def __str__(self) -> str:
        return f"{self.title} - versione {self.edition}"


class TermsWithdrawal(Base, InsertOnly):
    """A version of the terms that was written by mistake and that no contract takes: the row stays, nobody chooses it.
    """

    __tablename__ = "terms_withdrawal"

    id: Mapped[int] = mapped_column(primary_key=True)
    terms_id: Mapped[int] = mapped_column(ForeignKey("contract_terms.id"), unique=True)
    withdrawn_on: Mapped[dt.date]
    reason: Mapped[str] = mapped_column(Text)

    terms: Mapped[ContractTerms] = relationship(back_populates="withdrawal")


class InstalmentRule(Base, InsertOnly):
    """A row of the instalment plan (R88-R91): a percent of a base on a fixed day, or the balance on an event.

    ``due_days``: how many days after the event it falls due; 0 is the day of the event itself, None gives no term (X6).
    ``counts_from``: receipt or invoice, where the days for paying count from the receipt of the request or from the
    invoice; day or event then say when it is asked for.
    """

    __tablename__ = "instalment_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    terms_id: Mapped[int] = mapped_column(ForeignKey("contract_terms.id"), index=True)
    order: Mapped[int]
    title: Mapped[str]
    kind: Mapped[str]
    percent: Mapped[Decimal | None] = mapped_column(Percent)
    base: Mapped[str | None]
    due: Mapped[str | None]
    event: Mapped[str | None]
    due_days: Mapped[int | None]
    counts_from: Mapped[str | None]
    with_forecast: Mapped[bool] = mapped_column(default=False)

    terms: Mapped[ContractTerms] = relationship(back_populates="instalments")
    percents: Mapped[list[InstalmentPercent]] = relationship(back_populates="rule", order_by="InstalmentPercent.id")

    def percent_for(self, municipality_id: int) -> Decimal | None:
        """The percentage that one municipality is asked: its own where it has one, else that of the row."""
        return next((own.percent for own in self.percents if own.municipality_id == municipality_id), self.percent)

    @property
    def gives_no_term(self) -> bool:
        """True where it is asked for after an event, and nothing says within how many days it is paid (R91, X6)."""
        return self.event is not None and self.counts_from is None and self.due_days is None


class InstalmentPercent(Base, OwnedByMunicipality, InsertOnly):
    """The percentage of an advance that one municipality is asked, where it is not that of the others."""

    __tablename__ = "instalment_percent"
    __table_args__ = (UniqueConstraint("rule_id", "municipality_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("instalment_rule.id"), index=True)
    percent: Mapped[Decimal] = mapped_column(Percent)

    rule: Mapped[InstalmentRule] = relationship(back_populates="percents")
    municipality: Mapped[Municipality] = relationship()


class PenaltyBand(Base, InsertOnly):
    """A penalty band: its kind decides it, its limits are inclusive (R105-R107, X8)."""

    __tablename__ = "penalty_band"
    __table_args__ = (CheckConstraint("minimum <= maximum", name="limits"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    terms_id: Mapped[int] = mapped_column(ForeignKey("contract_terms.id"), index=True)
    order: Mapped[int]
    kind: Mapped[str]
    description: Mapped[str] = mapped_column(Text)
    minimum: Mapped[Decimal] = mapped_column(Euro)
    maximum: Mapped[Decimal] = mapped_column(Euro)

    terms: Mapped[ContractTerms] = relationship(back_populates="bands")
