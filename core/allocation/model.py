"""Tables of the allocation plan: groups of services, keys with weights, and the frozen lines that explain a share."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Select, Text, UniqueConstraint, and_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.allocation.states import READABLE
from core.catalogue.model import Service
from core.documents.model import Document, seen_through
from core.funding.model import Budget
from core.ground.access import OWN_MUNICIPALITIES, InsertOnly, Role, Scoped
from core.ground.db import Base, Euro, Lines, Percent, Quantity, Versioned
from core.ground.exercise import OF_EXERCISE
from core.ground.walls import kept_by
from core.parties.model import Act, Municipality, OwnedByMunicipality

kept_by("allocation_plan", reads=(Role.ADMINISTRATOR,), writes=(Role.ACCOUNTING,), documents=("share_explanation",))


class OfApprovedPlan(Scoped):
    """A row of an allocation plan: everybody's who is a member, once the plan is approved."""

    plan_id: Mapped[int] = mapped_column(ForeignKey("allocation_plan.id"), index=True)

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The rows of approved plans."""
        return cls.plan_id.in_(approved_plans())


class AllocationPlan(Base, Scoped, Versioned):
    """How the costs of a budget are shared among the municipalities (R87).

    ``joining``: a municipality that joined during the year counts by ``days`` or for the ``whole`` year. ``ties``: the
    declared order in which leftover cents are given: name, or istat. ``indirect_base``: the indirect costs of the
    azienda are spread over the groups by ``direct_cost`` or ``equal`` parts. A plan that corrects another, on the
    accounts that are closed, names it in ``corrects_id`` with the ``reason``, and takes its place when it is approved.
    ``cap`` and ``floor``: by how many percent a share may rise and fall from one year to the next, None for any.
    ``left_out``: what bodies confer services and take no part in the share-out by their contract, frozen at approval:
    words without names, for all read them.
    """

    __tablename__ = "allocation_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True, info=OF_EXERCISE)
    title: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    budget_id: Mapped[int] = mapped_column(ForeignKey("budget.id"), index=True)
    joining: Mapped[str] = mapped_column(default="days")
    ties: Mapped[str] = mapped_column(default="name")
    indirect_base: Mapped[str] = mapped_column(default="direct_cost")
    cap: Mapped[Decimal | None] = mapped_column(Percent)
    floor: Mapped[Decimal | None] = mapped_column(Percent)
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"))
    approved_on: Mapped[date | None]
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    votes_abstained: Mapped[int | None]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("allocation_plan.id"), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    left_out: Mapped[tuple[str, ...]] = mapped_column(Lines, default=())

    budget: Mapped[Budget] = relationship()
    act: Mapped[Act | None] = relationship()
    corrects: Mapped[AllocationPlan | None] = relationship(remote_side="AllocationPlan.id")
    groups: Mapped[list[AllocationGroup]] = relationship(
        back_populates="plan", order_by="AllocationGroup.order", cascade="all, delete-orphan"
    )
    lines: Mapped[list[ShareLine]] = relationship(back_populates="plan", order_by="ShareLine.id")

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The approved ones, those too that another has corrected since."""
        return cls.state.in_(READABLE)

    def __str__(self) -> str:
        return self.title


def approved_plans() -> Select[tuple[int]]:
    """The ids of the approved plans, those too that another has corrected since: for ``visible``."""
    held = AllocationPlan.__table__.c
    return select(held.id).where(held.state.in_(READABLE))


class AllocationGroup(Base, OfApprovedPlan):
    """Services whose cost is shared together by the same keys; ``deduction`` in euros is taken off with its reason.

    ``shared``: what the municipalities pay for it, in euros, frozen at approval: not the cost where prices make it.
    """

    __tablename__ = "allocation_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    order: Mapped[int]
    title: Mapped[str]
    deduction: Mapped[Decimal] = mapped_column(Euro, default=Decimal(0))
    deduction_why: Mapped[str] = mapped_column(Text, default="")
    shared: Mapped[Decimal | None] = mapped_column(Euro)

    plan: Mapped[AllocationPlan] = relationship(back_populates="groups")
    services: Mapped[list[GroupService]] = relationship(back_populates="group", cascade="all, delete-orphan")
    keys: Mapped[list[AllocationKey]] = relationship(
        back_populates="group", order_by="AllocationKey.order", cascade="all, delete-orphan"
    )
    exclusions: Mapped[list[GroupExclusion]] = relationship(back_populates="group", cascade="all, delete-orphan")
    deductions: Mapped[list[ShareDeduction]] = relationship(
        back_populates="group", order_by="ShareDeduction.id", cascade="all, delete-orphan"
    )


class OfGroup(Scoped):
    """A row of a group, seen with it."""

    group_id: Mapped[int] = mapped_column(ForeignKey("allocation_group.id"), index=True)

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The rows of the groups of approved plans."""
        held = AllocationGroup.__table__.c
        return cls.group_id.in_(select(held.id).where(held.plan_id.in_(approved_plans())))


class GroupService(Base, OfGroup):
    """A service of a group."""

    __tablename__ = "group_service"
    __table_args__ = (UniqueConstraint("group_id", "service_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))

    group: Mapped[AllocationGroup] = relationship(back_populates="services")
    service: Mapped[Service] = relationship()


class GroupExclusion(Base, OfGroup):
    """A municipality that does not pay for a group, with the reason."""

    __tablename__ = "group_exclusion"
    __table_args__ = (UniqueConstraint("group_id", "municipality_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    why: Mapped[str] = mapped_column(Text)

    group: Mapped[AllocationGroup] = relationship(back_populates="exclusions")
    municipality: Mapped[Municipality] = relationship()


class ShareDeduction(Base, OfGroup):
    """Euros that a municipality does not pay of its share for a group, with the reason; ``borne`` by the others in
    proportion to their shares, or by nobody."""

    __tablename__ = "share_deduction"
    __table_args__ = (UniqueConstraint("group_id", "municipality_id"), CheckConstraint("amount > 0", name="amount"))

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    amount: Mapped[Decimal] = mapped_column(Euro)
    why: Mapped[str] = mapped_column(Text)
    borne: Mapped[str]

    group: Mapped[AllocationGroup] = relationship(back_populates="deductions")
    municipality: Mapped[Municipality] = relationship()


class AllocationKey(Base, OfGroup):
    """A criterion and its weight in percent; the weights of a group make exactly 100.

    ``kind``: residents (``on``), usage (``measure`` of a plugin in ``usage_year``), users, places, equal, fixed (euros
    typed for each municipality), historic (last year's quota, converging by ``convergence`` percent to the other keys),
    solidarity, rate and solidarity_rate (``rate`` euros per inhabitant), daily_fee (``rate`` euros per day of a user;
    ``families_pay`` the azienda or the municipality), steps (a quota in euro of which ``step`` of ``steps`` is behind).
    Typed figures are ``KeyValue`` rows, bands of population ``KeyBand`` rows with their ``banding``.
    """

    __tablename__ = "allocation_key"
    __table_args__ = (CheckConstraint("weight >= 0", name="weight"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order: Mapped[int]
    kind: Mapped[str]
    weight: Mapped[Decimal] = mapped_column(Percent)
    on: Mapped[date | None]
    measure: Mapped[str | None]
    usage_year: Mapped[int | None] = mapped_column(info=OF_EXERCISE)
    convergence: Mapped[Decimal | None] = mapped_column(Percent)
    rate: Mapped[Decimal | None] = mapped_column(Quantity)
    banding: Mapped[str | None]
    steps: Mapped[int | None]
    step: Mapped[int | None]
    families_pay: Mapped[str | None]
    source: Mapped[str] = mapped_column(Text, default="")

    group: Mapped[AllocationGroup] = relationship(back_populates="keys")
    values: Mapped[list[KeyValue]] = relationship(back_populates="key", cascade="all, delete-orphan")
    bands: Mapped[list[KeyBand]] = relationship(
        back_populates="key", order_by="KeyBand.order", cascade="all, delete-orphan"
    )


class KeyBand(Base, Scoped):
    """A band of population of a key: up to so many inhabitants (None: beyond the others), what each counts or pays."""

    __tablename__ = "key_band"
    __table_args__ = (CheckConstraint("value >= 0", name="value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("allocation_key.id"), index=True)
    order: Mapped[int]
    up_to: Mapped[int | None]
    value: Mapped[Decimal] = mapped_column(Quantity)

    key: Mapped[AllocationKey] = relationship(back_populates="bands")

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """Those of the keys of approved plans."""
        key, group = AllocationKey.__table__.c, AllocationGroup.__table__.c
        of_groups = select(group.id).where(group.plan_id.in_(approved_plans()))
        return cls.key_id.in_(select(key.id).where(key.group_id.in_(of_groups)))


class KeyValue(Base, Scoped):
    """The figure of a municipality for a key, as typed or imported; ``recovery``: what its families pay, in euros."""

    __tablename__ = "key_value"
    __table_args__ = (UniqueConstraint("key_id", "municipality_id"), CheckConstraint("value >= 0", name="value"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("allocation_key.id"), index=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    value: Mapped[Decimal] = mapped_column(Quantity)
    recovery: Mapped[Decimal] = mapped_column(Euro, default=Decimal(0))

    key: Mapped[AllocationKey] = relationship(back_populates="values")
    municipality: Mapped[Municipality] = relationship()

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """One's own figures."""
        return cls.municipality_id.in_(OWN_MUNICIPALITIES)


class ShareLine(Base, InsertOnly, OwnedByMunicipality):
    """One line of the printed explanation, frozen at approval: of ``pool`` euros shared by a key, a municipality with
    ``value`` of ``whole`` pays ``amount``, for ``days`` of the year; ``how`` is the reckoning in words where these do
    not say it. The lines of a municipality add up to its share; one without ``group_title`` is of the whole share.
    """

    __tablename__ = "share_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("allocation_plan.id"), index=True)
    group_title: Mapped[str]
    key_kind: Mapped[str]
    key_title: Mapped[str]
    source: Mapped[str] = mapped_column(Text, default="")
    weight: Mapped[Decimal] = mapped_column(Percent)
    pool: Mapped[Decimal] = mapped_column(Euro)
    value: Mapped[Decimal] = mapped_column(Quantity)
    whole: Mapped[Decimal] = mapped_column(Quantity)
    days: Mapped[int]
    amount: Mapped[Decimal] = mapped_column(Euro)
    how: Mapped[str] = mapped_column(Text, default="")

    plan: Mapped[AllocationPlan] = relationship(back_populates="lines")
    municipality: Mapped[Municipality] = relationship()

    def __str__(self) -> str:
        return ", ".join(part for part in (self.key_title, self.group_title) if part)

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """One's own lines of approved plans."""
        return and_(cls.municipality_id.in_(OWN_MUNICIPALITIES), cls.plan_id.in_(approved_plans()))


class YearShare(Base, OwnedByMunicipality, InsertOnly):
    """What a municipality owes for a year, in euros: the truth that instalments read; the newest of a kind holds.

    ``kind``: budget (of an approved budget plan), final (of the accounts), chosen (a figure agreed for the advances).
    ``origin``: plan, import or typed.
    """

    __tablename__ = "year_share"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True, info=OF_EXERCISE)
    kind: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(Euro)
    approved_on: Mapped[date]
    origin: Mapped[str]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("allocation_plan.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    note: Mapped[str] = mapped_column(Text, default="")

    municipality: Mapped[Municipality] = relationship()
    document: Mapped[Document | None] = relationship()


@seen_through
def own_explanations() -> Select[tuple[int]]:
    """The explanations of the shares of one's own municipalities."""
    held = YearShare.__table__.c
    return select(held.document_id).where(held.municipality_id.in_(OWN_MUNICIPALITIES))
