"""Tables of the public register: what is published of a unit, the history of its states, tariffs, choices."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Select, Text, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.catalogue.model import Service
from core.ground.access import OWN_MUNICIPALITIES, OWN_PROVIDERS, InsertOnly, Role, Scoped
from core.ground.db import Base, Euro, UtcDateTime, Versioned
from core.ground.owners import case_of, provider_case_of
from core.ground.search import Searched
from core.ground.walls import kept_by
from core.parties.model import Municipality, OwnedByMunicipality
from core.providers.model import own_units

kept_by("provider_choice", reads=(Role.ADMINISTRATOR,), writes=(Role.ACCREDITATION,))


class RegisterEntry(Base, Versioned, Searched):
    """What the register says of an accredited unit: a copy, written at publication and at each approved edit.

    It is everybody's to read and the azienda's to write. The public reads this table and no other, so that nothing
    unpublished can be shown. ``state``: accredited,
    suspended, revoked, renounced, expired. ``number`` is the place in the register, without gaps.
    """

    __tablename__ = "register_entry"
    KNOWN_BY = ("unit", "provider", "type_name", "city", "municipality", "provider_tax_code")

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    slug: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("service_unit.id"), unique=True)
    accreditation_id: Mapped[int] = mapped_column(ForeignKey("accreditation.id"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    section: Mapped[str] = mapped_column(index=True)
    type_code: Mapped[str] = mapped_column(index=True)
    type_name: Mapped[str]
    provider: Mapped[str]
    provider_tax_code: Mapped[str]
    legal_form: Mapped[str]
    third_sector: Mapped[str] = mapped_column(default="")
    unit: Mapped[str]
    address: Mapped[str]
    city: Mapped[str]
    province: Mapped[str]
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), index=True)
    municipality: Mapped[str] = mapped_column(default="")
    capacity: Mapped[int | None]
    min_age_months: Mapped[int | None]
    max_age_months: Mapped[int | None]
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    decree: Mapped[str]
    decided_on: Mapped[date]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    state: Mapped[str] = mapped_column(index=True)
    state_since: Mapped[date]
    published_on: Mapped[date]
    updated_on: Mapped[date]

    history: Mapped[list[RegisterState]] = relationship(back_populates="entry", order_by="RegisterState.id")

    def __str__(self) -> str:
        return f"{self.unit}, {self.provider}"


class RegisterState(Base, InsertOnly):
    """A state of a published unit from a day on, with the act that brought it: the register's own history."""

    __tablename__ = "register_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("register_entry.id"), index=True)
    state: Mapped[str]
    since: Mapped[date]
    act: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    entry: Mapped[RegisterEntry] = relationship(back_populates="history")


class Tariff(Base, Scoped, Versioned):
    """What an accredited unit asks for a service, in euros for a measure, from a day on; read by municipalities."""

    __tablename__ = "tariff"
    __table_args__ = (
        UniqueConstraint("unit_id", "service_id", "measure", "valid_from"),
        CheckConstraint("amount >= 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("service_unit.id"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    measure: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(Euro)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(Text)

    service: Mapped[Service] = relationship()
    # the published copy, which everybody sees: the live unit is not a municipality's to read
    entry: Mapped[RegisterEntry] = relationship(
        primaryjoin="foreign(Tariff.unit_id) == RegisterEntry.unit_id", viewonly=True
    )

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """Municipalities read the tariffs of all; a provider its own."""
        town = Municipality.__table__.c
        is_a_municipality = select(town.id).where(town.id.in_(OWN_MUNICIPALITIES)).exists()
        return or_(is_a_municipality, cls.unit_id.in_(own_units()))


class ProviderChoice(Base, OwnedByMunicipality, Versioned):
    """A municipality's choice of an accredited unit for a service on its territory, with its own contract (R132).

    ``valid_to`` is the contract's last day and is never overwritten; ``ended_on`` the last day of one that
    was ended before.
    """

    __tablename__ = "provider_choice"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("register_entry.id"), index=True)
    chosen_on: Mapped[date]
    contract_number: Mapped[str]
    contract_date: Mapped[date]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    ended_on: Mapped[date | None]
    ended_why: Mapped[str] = mapped_column(Text, default="")

    municipality: Mapped[Municipality] = relationship()
    service: Mapped[Service] = relationship()
    entry: Mapped[RegisterEntry] = relationship()

    @property
    def last_day(self) -> date | None:
        """The last day on which the choice holds; None while it has no end."""
        return self.ended_on or self.valid_to

    def __str__(self) -> str:
        return f"Contratto n. {self.contract_number} del {self.contract_date:%d/%m/%Y}"

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """One's own municipality's; a provider sees who chose it."""
        entry = RegisterEntry.__table__.c
        return or_(cls.municipality_id.in_(OWN_MUNICIPALITIES),
                   cls.entry_id.in_(select(entry.id).where(entry.provider_id.in_(OWN_PROVIDERS))))


@case_of("provider_choice", writers=(Role.MUNICIPALITY,))
def choices_of(municipalities: Any) -> Select[tuple[int]]:
    """The ids of the choices of ``municipalities``, who keep the contract and its letters in the diary."""
    choice = ProviderChoice.__table__.c
    return select(choice.id).where(choice.municipality_id.in_(municipalities))


@provider_case_of("provider_choice")
def choices_of_providers(providers: Any) -> Select[tuple[int]]:
    """The ids of the choices of units of ``providers``."""
    choice, entry = ProviderChoice.__table__.c, RegisterEntry.__table__.c
    return select(choice.id).where(choice.entry_id.in_(select(entry.id).where(entry.provider_id.in_(providers))))
