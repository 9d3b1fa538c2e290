"""The duties of an exercise, what each municipality answers, and what is paid out of the funds (R153-R157)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.plugin_api import OWN_MUNICIPALITIES, Base, Euro, Municipality, OwnedByMunicipality, Scoped, Versioned
from plugins.fund_monitoring.duties import DutyKind, kinds


class Duty(Base, Scoped, Versioned):
    """A duty of ``duties.toml`` (``code``) in an exercise, at one of its moments.

    ``due``: the day that the office has said; None until then, and where the term is followed elsewhere. ``state``:
    to_do, asked (of the municipalities), received, sent, sent_back, acknowledged. A municipality sees those of which
    it was asked something.
    """

    __tablename__ = "fund_monitoring_duty"
    __table_args__ = (UniqueConstraint("year", "code", "moment", name="uq_fund_monitoring_duty_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    code: Mapped[str]
    moment: Mapped[str]
    due: Mapped[date | None]
    state: Mapped[str] = mapped_column(default="to_do")
    asked_on: Mapped[date | None]
    received_on: Mapped[date | None]
    sent_on: Mapped[date | None]
    sent_back_on: Mapped[date | None]
    receipt_on: Mapped[date | None]
    reference: Mapped[str] = mapped_column(default="")
    receipt: Mapped[str] = mapped_column(default="")
    why: Mapped[str] = mapped_column(Text, default="")

    returns: Mapped[list[MunicipalReturn]] = relationship(back_populates="duty", order_by="MunicipalReturn.id")

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """Those of which one's own municipalities were asked something."""
        asked = MunicipalReturn.__table__.c
        return cls.id.in_(select(asked.duty_id).where(asked.municipality_id.in_(OWN_MUNICIPALITIES)))

    @property
    def kind(self) -> DutyKind:
        """What the file says of it."""
        return kinds()[self.code]

    @property
    def is_sent(self) -> bool:
        """True if it was sent, and nobody has sent it back."""
        return self.state in ("sent", "acknowledged")

    @property
    def waits_for_its_day(self) -> bool:
        """True as long as the office has to say by when it is due."""
        return self.due is None and not self.kind.followed and not self.is_sent

    def __str__(self) -> str:
        return self.kind.title if len(self.kind.moments) == 1 else f"{self.kind.title}: {self.moment.lower()}"


class MunicipalReturn(Base, OwnedByMunicipality, Versioned):
    """What a municipality is asked for a duty, and answers. ``state``: asked, received, sent_back."""

    __tablename__ = "fund_monitoring_return"
    __table_args__ = (UniqueConstraint("duty_id", "municipality_id", name="uq_fund_monitoring_return_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("fund_monitoring_duty.id"), index=True)
    state: Mapped[str] = mapped_column(default="asked")
    asked_on: Mapped[date]
    by: Mapped[date]
    received_on: Mapped[date | None]
    sent_back_on: Mapped[date | None]
    why: Mapped[str] = mapped_column(Text, default="")

    duty: Mapped[Duty] = relationship(back_populates="returns")
    municipality: Mapped[Municipality] = relationship()
    figures: Mapped[list[ReturnFigure]] = relationship(order_by="ReturnFigure.id", cascade="all, delete-orphan")

    def __str__(self) -> str:
        return f"{self.municipality.name}: {self.duty.kind.title}, {self.duty.year}"


class ReturnFigure(Base, OwnedByMunicipality):
    """A row of what a municipality answers: an item of spending with its euros, or one with how many it counts."""

    __tablename__ = "fund_monitoring_figure"
    __table_args__ = (
        UniqueConstraint("return_id", "title", name="uq_fund_monitoring_figure_one"),
        CheckConstraint("amount >= 0 AND people >= 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    return_id: Mapped[int] = mapped_column(ForeignKey("fund_monitoring_return.id"), index=True)
    title: Mapped[str]
    amount: Mapped[Decimal | None] = mapped_column(Euro)
    people: Mapped[int | None]


class Grant(Base, Scoped, Versioned):
    """What is paid out of a fund to a body: by which act, by which criteria, how much, and the account it rendered.

    ``channel``: the source of the single budget that pays it. ``municipality_id``: where the body is a municipality,
    which then sees it. Amounts are euros.
    """

    __tablename__ = "fund_monitoring_grant"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"), CheckConstraint("spent >= 0", name="spent"))

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    channel: Mapped[str]
    act: Mapped[str]
    act_on: Mapped[date]
    criteria: Mapped[str] = mapped_column(Text)
    body: Mapped[str]
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Euro)
    paid_on: Mapped[date | None]
    account_on: Mapped[date | None]
    spent: Mapped[Decimal | None] = mapped_column(Euro)
    note: Mapped[str] = mapped_column(Text, default="")

    municipality: Mapped[Municipality | None] = relationship()

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """A municipality's own."""
        return cls.municipality_id.in_(OWN_MUNICIPALITIES)

    @property
    def to_give_back(self) -> Decimal | None:
        """What was paid and not spent; None until the account is rendered."""
        return None if self.spent is None else max(self.amount - self.spent, Decimal(0))

    def __str__(self) -> str:
        return f"{self.body}, {self.act}"
