"""Tables of the funding: the sources that art. 12 c. 4 names, and the budgets by year, stage and service."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Text, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.catalogue.model import Service
from core.ground.access import Role, Scoped
from core.ground.db import Base, Euro, Lines, Versioned
from core.ground.exercise import OF_EXERCISE
from core.ground.exercises import exercise_of
from core.ground.search import Searched
from core.ground.walls import kept_by
from core.parties.model import Act, Municipality

kept_by("budget", reads=(Role.ADMINISTRATOR,), writes=(Role.ACCOUNTING,))


class FundingSource(Base, Searched):
    """A source that funds the services (R66-R74), as the contract names it."""

    __tablename__ = "funding_source"
    KNOWN_BY = ("title", "code")

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(Text)
    laws: Mapped[tuple[str, ...]] = mapped_column(Lines, default=())
    studied: Mapped[bool] = mapped_column(default=False)
    order: Mapped[int]

    names: Mapped[list[SourceName]] = relationship(back_populates="source", order_by="SourceName.id")

    def __str__(self) -> str:
        return self.title


class SourceName(Base):
    """How another document (the sheets, the region's forms) calls a source (X23): its imports find it by this name."""

    __tablename__ = "source_name"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("funding_source.id"), index=True)
    name: Mapped[str] = mapped_column(unique=True)
    document: Mapped[str] = mapped_column(default="")

    source: Mapped[FundingSource] = relationship(back_populates="names")


class Budget(Base, Scoped, Versioned):
    """The figures of a year at one stage: forecast, budget, pre_closing or accounts; approved by an act with votes.

    Of a year and a stage one stands; those that were opened by mistake are cancelled beside it.

    The cash figures give the financial balance, the others the three indicators of the accounts (R63, R64); euros.
    """

    __tablename__ = "budget"
    __table_args__ = (
        Index("uq_budget_standing", "year", "stage", unique=True, sqlite_where=text("state <> 'cancelled'"),
              postgresql_where=text("state <> 'cancelled'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True, info=OF_EXERCISE)
    stage: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"))
    approved_on: Mapped[date | None]
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    votes_abstained: Mapped[int | None]
    cash_in: Mapped[Decimal | None] = mapped_column(Euro)
    cash_out: Mapped[Decimal | None] = mapped_column(Euro)
    current_assets: Mapped[Decimal | None] = mapped_column(Euro)
    current_debts: Mapped[Decimal | None] = mapped_column(Euro)
    equity: Mapped[Decimal | None] = mapped_column(Euro)
    total_assets: Mapped[Decimal | None] = mapped_column(Euro)

    act: Mapped[Act | None] = relationship()
    lines: Mapped[list[BudgetLine]] = relationship(
        back_populates="budget", order_by="BudgetLine.id", cascade="all, delete-orphan"
    )

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The approved ones: every member approves them and pays by them."""
        return cls.state == "approved"

    def __str__(self) -> str:
        return str(exercise_of(self))


class BudgetLine(Base, Scoped):
    """An amount of a budget: of one service, or of all (indirect costs without a service).

    ``kind``: direct_cost, indirect_cost, user_fee, revenue or source (with its funding source). A ``social`` cost
    names who funds it (R65): a municipality, or in words.
    """

    __tablename__ = "budget_line"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    budget_id: Mapped[int] = mapped_column(ForeignKey("budget.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    kind: Mapped[str]
    title: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(Euro)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("funding_source.id"))
    social: Mapped[bool] = mapped_column(default=False)
    funder_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    funder: Mapped[str] = mapped_column(default="")

    budget: Mapped[Budget] = relationship(back_populates="lines")
    service: Mapped[Service | None] = relationship()
    source: Mapped[FundingSource | None] = relationship()
    funding_municipality: Mapped[Municipality | None] = relationship()

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The lines of the budgets that are visible."""
        held = Budget.__table__.c
        return cls.budget_id.in_(select(held.id).where(held.state == "approved"))
