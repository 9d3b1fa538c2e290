"""Tables of the providers: who they are, their papers, their units by regional type, the notices of operation (CPE)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    Text,
    UniqueConstraint,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.documents.model import Document, seen_through
from core.ground.access import OWN_MUNICIPALITIES, OWN_PROVIDERS, InsertOnly, Role, Scoped
from core.ground.db import Base, Versioned
from core.ground.order import Weighed, weight_of
from core.ground.owners import case_of, provider_case_of
from core.ground.search import Searched
from core.ground.walls import kept_by
from core.parties.model import Municipality, Party
from core.providers.states import UnitState

kept_by("provider", "provider_paper", "service_unit", "operating_notice", reads=(Role.ADMINISTRATOR,),
        writes=(Role.ACCREDITATION,))


class Provider(Party):
    """Who runs units: a cooperative, an association, a public body (R151). Its fiscal code is unique among parties.

    ``third_sector``: the section of the national register (RUNTS), empty for who is not of the third sector.
    """

    __tablename__ = "provider"
    KNOWN_BY: ClassVar[Sequence[str]] = (*Party.KNOWN_BY, "city")

    id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    legal_form: Mapped[str] = mapped_column(index=True)
    third_sector: Mapped[str | None] = mapped_column(index=True)
    runts: Mapped[str | None]
    legal_representative: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    demo: Mapped[bool] = mapped_column(default=False)

    units: Mapped[list[ServiceUnit]] = relationship(back_populates="provider", order_by="ServiceUnit.id")
    papers: Mapped[list[ProviderPaper]] = relationship(back_populates="provider", order_by="ProviderPaper.id")

    __mapper_args__ = {"polymorphic_identity": "provider"}


class OwnedByProvider(Scoped):
    """A row that belongs to a provider and is seen with it."""

    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The rows of one's own provider."""
        return cls.provider_id.in_(OWN_PROVIDERS)


class ProviderPaper(Base, OwnedByProvider, Versioned):
    """A paper with an expiry: insurance, DURC, registration. Expired, it is an alert and stops a decree.

    ``unit_id``: the one unit that it concerns; empty for all units of the provider.
    """

    __tablename__ = "provider_paper"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("service_unit.id"), index=True)
    kind: Mapped[str]
    issuer: Mapped[str]
    number: Mapped[str]
    cover: Mapped[str] = mapped_column(Text, default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))

    provider: Mapped[Provider] = relationship(back_populates="papers")
    unit: Mapped[ServiceUnit | None] = relationship()
    document: Mapped[Document | None] = relationship()

    def __str__(self) -> str:
        return f"{self.issuer} n. {self.number}"


class UnitType(Base, Versioned, Searched):
    """A type of unit as dated data (law B3, R51): its limits of places and ages, its legal source.

    ``area``: childhood, minors, disability, elderly, or function for what the azienda accredits beside the regional
    types. Ages are months. ``limits_verified`` is false while a source says "to verify": then a limit warns only.
    ``provides_at``: seat for units with places, territory for services that work at people's homes or schools.
    """

    __tablename__ = "unit_type"
    KNOWN_BY = ("name", "code", "legal_source")
    __table_args__ = (
        UniqueConstraint("code", "valid_from"),
        CheckConstraint("max_places IS NULL OR min_places IS NULL OR max_places >= min_places", name="places"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    area: Mapped[str]
    regional: Mapped[bool]
    provides_at: Mapped[str] = mapped_column(default="seat")
    min_places: Mapped[int | None]
    max_places: Mapped[int | None]
    min_age_months: Mapped[int | None]
    max_age_months: Mapped[int | None]
    limits_verified: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    legal_source: Mapped[str] = mapped_column(Text)

    def __str__(self) -> str:
        return self.name


class ServiceUnit(Base, OwnedByProvider, Versioned, Searched, Weighed):
    """A unit of a provider: its type, seat, places and ages (months), who manages it.

    ``state``: planned, operating (by its notice of operation), closed. Its municipality is where it stands; empty for
    one outside the district.
    """

    __tablename__ = "service_unit"
    KNOWN_BY = ("name", "city", "address", "manager")
    __table_args__ = (
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity"),
        Index("ix_service_unit_name_weight", "name_weight", "id"),
        Index("ix_service_unit_city_weight", "city_weight", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("unit_type.id"), index=True)
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), index=True)
    name: Mapped[str]
    name_weight: Mapped[str] = weight_of("name")
    state: Mapped[str] = mapped_column(default="planned", index=True)
    address: Mapped[str]
    postal_code: Mapped[str]
    city: Mapped[str]
    city_weight: Mapped[str | None] = weight_of("city")
    province: Mapped[str]
    capacity: Mapped[int | None] = mapped_column(index=True)
    min_age_months: Mapped[int | None]
    max_age_months: Mapped[int | None]
    manager: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None]
    operating_from: Mapped[date | None]

    provider: Mapped[Provider] = relationship(back_populates="units")
    type: Mapped[UnitType] = relationship()
    municipality: Mapped[Municipality | None] = relationship()
    sites: Mapped[list[UnitSite]] = relationship(
        back_populates="unit", order_by="UnitSite.id", cascade="all, delete-orphan"
    )
    notices: Mapped[list[OperatingNotice]] = relationship(back_populates="unit", order_by="OperatingNotice.id")
    activities: Mapped[list[NoticeActivity]] = relationship(back_populates="unit", order_by="NoticeActivity.id")

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The units of one's own provider, and those that stand in one's own municipality."""
        return cls.id.in_(own_units())

    def __str__(self) -> str:
        return self.name


def own_units() -> Select[tuple[int]]:
    """The ids of the units that one's own provider runs, or that stand in one's own municipality: for ``visible``."""
    unit = ServiceUnit.__table__.c
    return select(unit.id).where(or_(unit.provider_id.in_(OWN_PROVIDERS), unit.municipality_id.in_(OWN_MUNICIPALITIES)))


def operating_units() -> Select[tuple[int]]:
    """The ids of the units that operate, wherever they stand: who chooses sees only those of its own municipality."""
    unit = ServiceUnit.__table__.c
    return select(unit.id).where(unit.state == UnitState.OPERATING)


class OwnedByUnit(Scoped):
    """A row that belongs to a unit and is seen with it."""

    unit_id: Mapped[int] = mapped_column(ForeignKey("service_unit.id"), index=True)

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The rows of the units that are visible."""
        return cls.unit_id.in_(own_units())


class UnitSite(Base, OwnedByUnit, Versioned):
    """A further site of a unit, with its own places."""

    __tablename__ = "unit_site"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[str]
    city: Mapped[str]
    places: Mapped[int | None]

    unit: Mapped[ServiceUnit] = relationship(back_populates="sites")


class OperatingNotice(Base, OwnedByUnit, Versioned):
    """A prior notice of operation (CPE, R146; L.R. 3/2008 art. 15): the unit operates from the day that it declares.

    ``kind``: start, capacity, transformation, move, manager, closing; representative is a plain notice, which is no CPE
    and bears no number. ``declared`` holds what changes (places, type, seat, manager) until the day comes.
    ``copied_on``: when the health authority had its copy.
    """

    __tablename__ = "operating_notice"
    __table_args__ = (UniqueConstraint("year", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    number: Mapped[int | None]
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="received", index=True)
    protocol_number: Mapped[str] = mapped_column(default="")
    received_on: Mapped[date]
    effective_from: Mapped[date]
    declared: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    copied_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")

    unit: Mapped[ServiceUnit] = relationship(back_populates="notices")
    activities: Mapped[list[NoticeActivity]] = relationship(back_populates="notice", order_by="NoticeActivity.id")

    @property
    def code(self) -> str:
        """The number as people write it: 3/2026; empty for a plain notice."""
        return f"{self.number}/{self.year}" if self.number else ""

    @property
    def provider_id(self) -> int:
        """Who gave the notice."""
        return self.unit.provider_id

    def __str__(self) -> str:
        return f"CPE n. {self.code}" if self.number else f"Comunicazione del {self.received_on:%d/%m/%Y}"


class NoticeActivity(Base, OwnedByUnit, InsertOnly):
    """What the office did for a unit (R149): advice, visit, help with documents, mediation with health vigilance.

    ``notice_id`` is the notice that it was about; empty while the unit is planned and has none.
    """

    __tablename__ = "notice_activity"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("operating_notice.id"), index=True)
    kind: Mapped[str]
    on: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    actor: Mapped[str]

    unit: Mapped[ServiceUnit] = relationship(back_populates="activities")
    notice: Mapped[OperatingNotice | None] = relationship(back_populates="activities")


@provider_case_of("provider")
def own_providers(providers: Any) -> Select[tuple[int]]:
    """Those of ``providers`` that are there: a provider is a case of its own."""
    provider = Provider.__table__.c
    return select(provider.id).where(provider.id.in_(providers))


@case_of("service_unit")
def units_of(municipalities: Any) -> Select[tuple[int]]:
    """The ids of the units that stand in ``municipalities``."""
    unit = ServiceUnit.__table__.c
    return select(unit.id).where(unit.municipality_id.in_(municipalities))


@provider_case_of("service_unit", writers=(Role.PROVIDER,))
def units_of_providers(providers: Any) -> Select[tuple[int]]:
    """The ids of the units of ``providers``."""
    unit = ServiceUnit.__table__.c
    return select(unit.id).where(unit.provider_id.in_(providers))


@case_of("operating_notice")
def notices_of(municipalities: Any) -> Select[tuple[int]]:
    """The ids of the notices of units that stand in ``municipalities``: the notice is addressed to them (art. 15)."""
    notice, unit = OperatingNotice.__table__.c, ServiceUnit.__table__.c
    return select(notice.id).where(
        notice.unit_id.in_(select(unit.id).where(unit.municipality_id.in_(municipalities))))


@provider_case_of("operating_notice", writers=(Role.PROVIDER,))
def notices_of_providers(providers: Any) -> Select[tuple[int]]:
    """The ids of the notices of the units of ``providers``."""
    notice, unit = OperatingNotice.__table__.c, ServiceUnit.__table__.c
    return select(notice.id).where(notice.unit_id.in_(select(unit.id).where(unit.provider_id.in_(providers))))


@provider_case_of("provider_paper", writers=(Role.PROVIDER,))
def papers_of_providers(providers: Any) -> Select[tuple[int]]:
    """The ids of the papers of ``providers``."""
    paper = ProviderPaper.__table__.c
    return select(paper.id).where(paper.provider_id.in_(providers))


@seen_through
def papers_of_own_providers() -> Select[tuple[int]]:
    """The files of the papers of one's own provider."""
    paper = ProviderPaper.__table__.c
    return select(paper.document_id).where(paper.provider_id.in_(OWN_PROVIDERS))
