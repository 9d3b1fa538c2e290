"""Tables of the catalogue: areas, sectors, services, coverage, sheets by edition."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.ground.access import Role
from core.ground.db import Base, Lines, Versioned
from core.ground.search import Searched
from core.ground.walls import kept_by
from core.parties.model import Act, Body, District, Municipality, OwnedByMunicipality, within

kept_by("operational_sheet", reads=(Role.ACCOUNTING, Role.ACCREDITATION, Role.ADMINISTRATOR),
        documents=("sheet_approval",))


class Area(Base, Versioned, Searched):
    """An area of the azienda; its code is free text (X4)."""

    __tablename__ = "area"
    KNOWN_BY = ("title", "code")

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    kind: Mapped[str]
    responsible: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(Text, default="")
    order: Mapped[int]

    sectors: Mapped[list[Sector]] = relationship(back_populates="area", order_by="Sector.order")

    def __str__(self) -> str:
        return f"{self.code}. {self.title}"


class Sector(Base, Versioned):
    """A sector of area 1, a unit of area 2 or a staff area (R42-R48)."""

    __tablename__ = "sector"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True, default="")
    title: Mapped[str]
    heading: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(Text, default="")
    tasks: Mapped[tuple[str, ...]] = mapped_column(Lines, default=())
    order: Mapped[int]

    area: Mapped[Area] = relationship(back_populates="sectors")
    entries: Mapped[list[ServiceSector]] = relationship(back_populates="sector", order_by="ServiceSector.order")

    def __str__(self) -> str:
        return self.title


class Service(Base, Versioned, Searched):
    """A service of the catalogue: in one sector or several (X12), with a managing unit of its own (X29).

    Contracts take it up from ``valid_from`` to ``valid_to``, both included; an empty one is no limit. Its name is the
    one of today: those of other days stand in ``names``; ``summary`` says in one line what it does. ``function_owner``:
    the body to which the law gives the function, where it is not the municipalities' own; the service then stands on an
    agreement with it (R131, R139). ``essential_...``: the act that declares it an essential level (R37).
    It covers all members (``cover_all``), those of one district (``cover_district``), and the periods of ``coverage``.
    """

    __tablename__ = "service"
    KNOWN_BY = ("title", "recipients", "code")

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default="")
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(default="")
    managing_unit: Mapped[str] = mapped_column(default="")
    recipients: Mapped[str] = mapped_column(Text, default="")
    cost_to_user: Mapped[str] = mapped_column(Text, default="")
    management_form: Mapped[str | None]
    essential_level: Mapped[bool] = mapped_column(default=False)
    essential_body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    essential_number: Mapped[str] = mapped_column(default="")
    essential_on: Mapped[date | None]
    entry: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(default="")
    cover_all: Mapped[bool] = mapped_column(default=False)
    cover_assumed: Mapped[bool] = mapped_column(default=False)
    cover_district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"))
    order: Mapped[int]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    function_owner_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))

    function_owner: Mapped[Body | None] = relationship(foreign_keys=[function_owner_id])
    essential_body: Mapped[Body | None] = relationship(foreign_keys=[essential_body_id])
    cover_district: Mapped[District | None] = relationship()
    agreements: Mapped[list[ServiceAgreement]] = relationship(
        back_populates="service", order_by="(ServiceAgreement.valid_from, ServiceAgreement.id)")
    own_fields: Mapped[OwnFields | None] = relationship(back_populates="service")
    follows: Mapped[list[ServiceSuccession]] = relationship(
        back_populates="service", foreign_keys="ServiceSuccession.service_id", order_by="ServiceSuccession.id")
    followed: Mapped[list[ServiceSuccession]] = relationship(
        back_populates="predecessor", foreign_keys="ServiceSuccession.predecessor_id", order_by="ServiceSuccession.id")
    names: Mapped[list[ServiceName]] = relationship(back_populates="service", order_by="ServiceName.id")
    sectors: Mapped[list[ServiceSector]] = relationship(back_populates="service", order_by="ServiceSector.order")
    coverage: Mapped[list[Coverage]] = relationship(back_populates="service", order_by="Coverage.valid_from")
    sheets: Mapped[list[OperationalSheet]] = relationship(secondary="sheet_service", back_populates="services",
                                                          order_by="OperationalSheet.edition")

    @property
    def sector_ids(self) -> list[int]:
        """The keys of the sectors in which it stands."""
        return [place.sector_id for place in self.sectors]

    @property
    def standing_sheets(self) -> list[OperationalSheet]:
        """Its sheets by edition, without the drafts that were cancelled."""
        return [sheet for sheet in self.sheets if sheet.state != "cancelled"]

    def words(self) -> str:
        """Its other names too."""
        return self.words_of(*(getattr(self, name) for name in self.KNOWN_BY), *(other.name for other in self.names))

    def __str__(self) -> str:
        return self.title

    def name_on(self, day: date) -> str:
        """How the service was called on ``day``."""
        return next((n.name for n in self.names if within(day, n.valid_from, n.valid_to)), self.title)

    def entry_on(self, day: date) -> str:
        """How art. 9 of a contract of ``day`` lists it: its own wording, else the name of that day."""
        return self.name_on(day) if self.entry == self.title else self.entry

    def is_open(self, day: date) -> bool:
        """True if contracts take it up on ``day``."""
        return within(day, self.valid_from, self.valid_to)


class ServiceName(Base):
    """How a service was called in other days."""

    __tablename__ = "service_name"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    name: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    service: Mapped[Service] = relationship(back_populates="names")

    def __str__(self) -> str:
        return self.name


class ServiceSuccession(Base, Versioned):
    """That a service took the place of another, from which day and why: another scope is no other name (D5).

    ``since`` is empty where nobody knows the day.
    """

    __tablename__ = "service_succession"
    __table_args__ = (UniqueConstraint("service_id", "predecessor_id"),
                      CheckConstraint("service_id <> predecessor_id", name="another"))

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    predecessor_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    since: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text)

    service: Mapped[Service] = relationship(back_populates="follows", foreign_keys=[service_id])
    predecessor: Mapped[Service] = relationship(back_populates="followed", foreign_keys=[predecessor_id])

    def __str__(self) -> str:
        return self.predecessor.title


class ServiceAgreement(Base, Versioned):
    """An agreement on which a service stands, with the body that owns its function or works beside it (R131, R139).

    ``title`` cites it as the contract prints it; open while ``valid_to`` is empty.
    """

    __tablename__ = "service_agreement"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    title: Mapped[str]
    signed_on: Mapped[date | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    service: Mapped[Service] = relationship(back_populates="agreements")
    body: Mapped[Body] = relationship()

    def __str__(self) -> str:
        return self.title


class ServiceSector(Base):
    """The place of a service in a sector: its order in art. 9."""

    __tablename__ = "service_sector"

    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True)
    sector_id: Mapped[int] = mapped_column(ForeignKey("sector.id"), primary_key=True)
    order: Mapped[int]

    service: Mapped[Service] = relationship(back_populates="sectors")
    sector: Mapped[Sector] = relationship(back_populates="entries")


class OwnFields(Base, Versioned):
    """What the office itself lets the sheets of a service ask, beside all sheets and the service's plugin.

    ``content``: rows of fields, rules, standards and indicators (``core.plugins.rows``).
    """

    __tablename__ = "own_fields"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    service: Mapped[Service] = relationship(back_populates="own_fields")

    def __str__(self) -> str:
        return self.service.title


class Coverage(Base, OwnedByMunicipality):
    """A period in which a service covers a municipality; independent of membership (X1)."""

    __tablename__ = "coverage"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    service: Mapped[Service] = relationship(back_populates="coverage")
    municipality: Mapped[Municipality] = relationship()


class OperationalSheet(Base, Versioned, Searched):
    """A sheet in one edition: sections are fields (X11), one sheet may serve several services (X12).

    ``data`` is what the service asks beside the sections, kept with the ``schema`` (``core.plugins.rows``) that it
    was written with, so that it stays readable when that moves on, and without its plugin. It is a draft until an act
    of the assembly approves it (R1, R76). Of a year one edition stands; those that were begun by mistake are cancelled
    beside it.
    """

    __tablename__ = "operational_sheet"
    KNOWN_BY = ("title", "mission", "code")
    __table_args__ = (
        Index("uq_operational_sheet_standing", "code", "edition", unique=True,
              sqlite_where=text("state <> 'cancelled'"), postgresql_where=text("state <> 'cancelled'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    edition: Mapped[int]
    state: Mapped[str] = mapped_column(default="draft")
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"))
    approved_on: Mapped[date | None]
    title: Mapped[str]
    mission: Mapped[str] = mapped_column(Text, default="")
    definitions: Mapped[tuple[str, ...]] = mapped_column(Lines, default=())
    activities: Mapped[tuple[str, ...]] = mapped_column(Lines, default=())
    recipients: Mapped[str] = mapped_column(Text, default="")
    cost_to_user: Mapped[str] = mapped_column(Text, default="")
    protocol: Mapped[tuple[str, ...]] = mapped_column(Lines, default=())
    tools: Mapped[tuple[str, ...]] = mapped_column(Lines, default=())
    notes: Mapped[tuple[str, ...]] = mapped_column(Lines, default=())
    joint_management: Mapped[bool] = mapped_column(default=False)
    coverage: Mapped[tuple[str, ...]] = mapped_column(Lines, default=())
    pasted_mission: Mapped[str] = mapped_column(Text, default="")
    mission_origin: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    plugin: Mapped[str | None]
    schema: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    act: Mapped[Act | None] = relationship()
    services: Mapped[list[Service]] = relationship(secondary="sheet_service", back_populates="sheets",
                                                   order_by="Service.order")

    def __str__(self) -> str:
        return f"{self.title} ({self.edition})"


class SheetService(Base):
    """Which services a sheet describes."""

    __tablename__ = "sheet_service"

    sheet_id: Mapped[int] = mapped_column(ForeignKey("operational_sheet.id"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True)
