"""Tables of the parties: the azienda, municipalities and unions, and who and what speaks for them."""

from __future__ import annotations

import datetime
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
    false,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from core.ground.access import OWN_MUNICIPALITIES, OWN_PROVIDERS, Role, Scoped
from core.ground.db import Base, DayOfYear, Lines, Versioned
from core.ground.exercise import NEW_YEAR
from core.ground.order import Weighed, weight_of
from core.ground.owners import case_of
from core.ground.search import Searched, said
from core.ground.stored import names_file
from core.ground.walls import kept_by
from core.parties.names import written_otherwise
from core.parties.rules import slug_of

# the accounts are accounting's; what was imported of the municipalities is the management's
kept_by("bank_account", reads=(Role.ADMINISTRATOR,), writes=(Role.ACCOUNTING,))
kept_by("municipality", reads=(Role.ADMINISTRATOR,))
# what happens in the azienda itself any of its offices may write down
kept_by("azienda", reads=(Role.ADMINISTRATOR,), writes=(Role.ACCOUNTING, Role.ACCREDITATION))


LOCAL = ("comune", "unione")
FORMS = (*LOCAL, "public", "third_sector")


class Party(Base, Scoped, Versioned, Searched, Weighed):
    """A body that signs: name, seat, fiscal code and VAT number (which may differ, law B7)."""

    __tablename__ = "party"
    __table_args__ = (
        Index("ix_party_name_weight", "name_weight", "id"),
        Index("ix_party_city_weight", "city_weight", "id"),
    )
    KNOWN_BY: ClassVar[Sequence[str]] = ("name", "tax_code")

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    name_weight: Mapped[str] = weight_of("name")
    tax_code: Mapped[str] = mapped_column(unique=True)
    vat_number: Mapped[str | None]
    address: Mapped[str]
    postal_code: Mapped[str]
    city: Mapped[str]
    city_weight: Mapped[str | None] = weight_of("city")
    province: Mapped[str]
    pec: Mapped[str | None]

    signatories: Mapped[list[Signatory]] = relationship(back_populates="party", order_by="Signatory.valid_from")
    acts: Mapped[list[Act]] = relationship(back_populates="party", order_by="(Act.date.nulls_last(), Act.id)")
    accounts: Mapped[list[BankAccount]] = relationship(back_populates="party", order_by="BankAccount.id")

    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "party", **Versioned.__mapper_args__}

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """One's own municipality or provider; the azienda is everybody's counterpart."""
        return or_(cls.kind == "azienda", cls.id.in_(OWN_MUNICIPALITIES), cls.id.in_(OWN_PROVIDERS))

    def __str__(self) -> str:
        return self.name


class Azienda(Party):
    """The institution whose office this is: an azienda speciale consortile, or another that a law allows (R5-R17).

    ``founded_by``: how it came to be, and so what the premises say of it (a notary's deed, a decree, a law);
    ``founding_act`` names the decree or the law. ``accreditation_act``: the act that set up the unit which accredits,
    as its decrees cite it (R148). ``accessibility``, ``privacy`` and ``contacts`` are what it says to everybody at the
    foot of the pages. ``exercise_starts``: the day, 09-01, on which each of its exercises begins.
    """

    __tablename__ = "azienda"

    id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    short_name: Mapped[str]
    legal_form: Mapped[str] = mapped_column(default="azienda speciale consortile")
    rea: Mapped[str] = mapped_column(default="")
    founded_by: Mapped[str] = mapped_column(default="notary")
    founding_act: Mapped[str] = mapped_column(default="")
    founding_date: Mapped[date]
    founding_notary: Mapped[str] = mapped_column(default="")
    founding_place: Mapped[str] = mapped_column(default="")
    recognition_date: Mapped[date | None]
    register_number: Mapped[str] = mapped_column(default="")
    statute_purpose_article: Mapped[str] = mapped_column(default="")
    purpose: Mapped[str] = mapped_column(Text, default="")
    goals: Mapped[tuple[str, ...]] = mapped_column(Lines, default=())
    court: Mapped[str]
    website: Mapped[str | None]
    letterhead: Mapped[tuple[str, ...]] = mapped_column(Lines, default=())
    logo_path: Mapped[str | None] = mapped_column(info=names_file())
    accreditation_act: Mapped[str] = mapped_column(default="")
    exercise_starts: Mapped[str] = mapped_column(DayOfYear, default=NEW_YEAR)
    accessibility: Mapped[str] = mapped_column(Text, default="")
    privacy: Mapped[str] = mapped_column(Text, default="")
    contacts: Mapped[str] = mapped_column(Text, default="")

    districts: Mapped[list[District]] = relationship(back_populates="azienda", order_by="District.id")

    __mapper_args__ = {"polymorphic_identity": "azienda"}

    @property
    def district(self) -> str:
        """The name of the first district, which is the only one in most aziende; empty where none is written."""
        return self.districts[0].name if self.districts else ""

    @district.setter
    def district(self, name: str) -> None:
        if self.districts:
            self.districts[0].name = name
        elif name:
            self.districts.append(District(name=name, code=slug_of(name), is_first=True))


class District(Base, Versioned, Searched):
    """Municipalities that plan their social services together: an azienda has one, or several (R11, R34, R158).

    ``is_first``: the one that the azienda began with. What names no district belongs to it, so that an azienda of one
    says nothing more. ``name`` is the one of today: those of other days stand in ``names``. An empty ``valid_from`` or
    ``valid_to`` is no limit.
    """

    __tablename__ = "district"
    KNOWN_BY: ClassVar[Sequence[str]] = ("name", "code")

    id: Mapped[int] = mapped_column(primary_key=True)
    azienda_id: Mapped[int] = mapped_column(ForeignKey("azienda.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True, default="")
    name: Mapped[str]
    is_first: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    azienda: Mapped[Azienda] = relationship(back_populates="districts")
    names: Mapped[list[DistrictName]] = relationship(back_populates="district", order_by="DistrictName.id")

    def __str__(self) -> str:
        return self.name

    def name_on(self, day: date) -> str:
        """How it was called on ``day``."""
        return next((n.name for n in self.names if within(day, n.valid_from, n.valid_to)), self.name)

    def is_open(self, day: date) -> bool:
        """True if municipalities may lie in it on ``day``."""
        return within(day, self.valid_from, self.valid_to)


class DistrictName(Base):
    """The name of a district on other days."""

    __tablename__ = "district_name"

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), index=True)
    name: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    district: Mapped[District] = relationship(back_populates="names")

    def __str__(self) -> str:
        return self.name


class OfDistrict:
    """A row of one district; one that names none is of the first."""

    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"))

    @declared_attr
    @classmethod
    def district(cls) -> Mapped[District | None]:
        """The district that is named."""
        return relationship()

    def belongs_to(self, district: District | None) -> bool:
        """True for a row of ``district``; of every row, where the azienda is not registered yet (None)."""
        if district is None or self.district_id is None:
            return district is None or district.is_first
        return self.district_id == district.id


class Municipality(Party):
    """The body on the other side of a contract: a comune or a union of them (R2, R18), or another body.

    ``form``: comune, unione, public (another public body), third_sector; the last two are called by their whole name,
    have neither ISTAT code nor residents, and the third sector is never a member. ``gender`` (m, f) where the first
    word of the name does not say it. ``runts``: the number in the national register of the third sector.
    """

    __tablename__ = "municipality"
    KNOWN_BY: ClassVar[Sequence[str]] = (*Party.KNOWN_BY, "istat")
    FEW = True

    id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    form: Mapped[str] = mapped_column(default="comune")
    connector: Mapped[str] = mapped_column(default="di")
    gender: Mapped[str | None]
    runts: Mapped[str] = mapped_column(default="")
    istat: Mapped[str | None] = mapped_column(unique=True)
    cadastral: Mapped[str | None] = mapped_column(unique=True)
    ipa: Mapped[str | None] = mapped_column(unique=True)
    patron_day: Mapped[str | None] = mapped_column(DayOfYear)
    mission: Mapped[str] = mapped_column(Text, default="")
    principles: Mapped[str] = mapped_column(Text, default="")
    relations: Mapped[str] = mapped_column(Text, default="")
    demo: Mapped[bool] = mapped_column(default=False)

    capacities: Mapped[list[PartyCapacity]] = relationship(
        back_populates="municipality", order_by="(PartyCapacity.valid_from, PartyCapacity.id)"
    )
    memberships: Mapped[list[Membership]] = relationship(
        back_populates="municipality", order_by="Membership.valid_from"
    )
    populations: Mapped[list[Population]] = relationship(back_populates="municipality", order_by="Population.on")
    places: Mapped[list[DistrictMember]] = relationship(
        back_populates="municipality", order_by="DistrictMember.valid_from"
    )

    __mapper_args__ = {"polymorphic_identity": "municipality"}

    @classmethod
    def words_of(cls, *known_by: object) -> str:
        """Its name as others write it too: «S. Orso», «Comune di Sant'Orso»."""
        name, *others = known_by
        return said([name, *others, *written_otherwise(str(name or ""))])

    @property
    def is_local(self) -> bool:
        """True for a comune and for a union: a body with residents, a council and a giunta."""
        return self.form in LOCAL

    def is_member(self, day: date) -> bool:
        """True if it belongs to the azienda on ``day`` (X1)."""
        return any(within(day, m.valid_from, m.valid_to) for m in self.memberships)


def within(day: date, valid_from: date | None, valid_to: date | None) -> bool:
    """True from the first to the last day, both included; an open end never ends."""
    return (valid_from is None or valid_from <= day) and (valid_to is None or day <= valid_to)


class OwnedByParty(Scoped):
    """A row that belongs to a party and is seen with it."""

    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The rows of one's own municipality and of the azienda."""
        azienda = select(Azienda.__table__.c.id)
        return or_(cls.party_id.in_(OWN_MUNICIPALITIES), cls.party_id.in_(azienda))


class OwnedByMunicipality(Scoped):
    """A row that belongs to a municipality and is seen with it."""

    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), index=True)

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The rows of one's own municipality."""
        return cls.municipality_id.in_(OWN_MUNICIPALITIES)


class Membership(Base, OwnedByMunicipality, Versioned):
    """A period in which a municipality belongs to the azienda; open while ``valid_to`` is empty."""

    __tablename__ = "membership"

    id: Mapped[int] = mapped_column(primary_key=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    municipality: Mapped[Municipality] = relationship(back_populates="memberships")


class DistrictMember(Base, OwnedByMunicipality, Versioned):
    """From which day a municipality lies in a district, until it lies in another; before, it lies in the first one."""

    __tablename__ = "district_member"
    __table_args__ = (UniqueConstraint("municipality_id", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), index=True)
    valid_from: Mapped[date]

    municipality: Mapped[Municipality] = relationship(back_populates="places")
    district: Mapped[District] = relationship()


class PartyCapacity(Base, OwnedByMunicipality, Versioned, OfDistrict):
    """What a body is besides a party, on which days.

    ``kind``: lead (of a district), accrediting (the units of a district, or all of them), other. ``title``: as the
    contract says it, empty for the usual words. ``signs_apart``: it signs a contract once more in this capacity.
    """

    __tablename__ = "party_capacity"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    signs_apart: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    municipality: Mapped[Municipality] = relationship(back_populates="capacities")


class IndexEntry(Base, OwnedByParty):
    """What the index of public administrations said of a party when the office last read it, by column of the party.

    ``pec`` stands by itself because it is asked for; it is empty, and ``said`` too, for one that it did not hold.
    """

    __tablename__ = "index_entry"
    __table_args__ = (UniqueConstraint("party_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    read_on: Mapped[date]
    pec: Mapped[str] = mapped_column(default="")
    said: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)

    party: Mapped[Party] = relationship()


class Population(Base, OwnedByMunicipality):
    """Residents on a day, with the source of the figure (R87)."""

    __tablename__ = "population"
    __table_args__ = (UniqueConstraint("municipality_id", "on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    on: Mapped[date]
    residents: Mapped[int]
    source: Mapped[str]

    municipality: Mapped[Municipality] = relationship(back_populates="populations")


class PersonFields:
    """What a deed says of a person."""

    title: Mapped[str] = mapped_column(default="")
    given_name: Mapped[str]
    family_name: Mapped[str]
    sex: Mapped[str]
    birth_place: Mapped[str]
    birth_province: Mapped[str] = mapped_column(default="")
    birth_date: Mapped[date]
    tax_code: Mapped[str]

    @property
    def full_name(self) -> str:
        """Title, name and family name."""
        return " ".join(part for part in (self.title, self.given_name, self.family_name) if part)

    def __str__(self) -> str:
        return self.full_name


class Signatory(Base, OwnedByParty, PersonFields, Versioned, Searched):
    """Who signs for a party, in which role, when, and by which act (R17, R18).

    ``signs``: contracts, letters, or all; an act of management is mostly the head of the service's (art. 107 TUEL).
    """

    __tablename__ = "signatory"
    KNOWN_BY = ("family_name", "given_name", "role")

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]
    signs: Mapped[str] = mapped_column(default="all")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"))

    party: Mapped[Party] = relationship(back_populates="signatories")
    act: Mapped[Act | None] = relationship()


class Act(Base, OwnedByParty, Versioned, Searched):
    """A resolution or other act of a body of a party (R119, X2); a draft may not know number and date yet.

    An act with a ``recalled_order`` stands in the premises with its ``recalled_text`` (R15); the one that
    ``constitutes`` takes note of the azienda's constitution (R9).
    """

    __tablename__ = "act"
    KNOWN_BY = ("title", "number", "body")

    id: Mapped[int] = mapped_column(primary_key=True)
    body_kind: Mapped[str]
    body: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    number: Mapped[str | None]
    date: Mapped[datetime.date | None]
    title: Mapped[str] = mapped_column(Text)
    unanimous: Mapped[bool] = mapped_column(default=False)
    constitutes: Mapped[bool] = mapped_column(default=False)
    recalled_order: Mapped[int | None]
    recalled_text: Mapped[str] = mapped_column(Text, default="")

    party: Mapped[Party] = relationship(back_populates="acts")

    def __str__(self) -> str:
        return f"{self.title} (n. {self.number})" if self.number else self.title


class BankAccount(Base, OwnedByParty, Versioned, Searched):
    """An account dedicated to public money (L. 136/2010 art. 3; R110).

    ``first_used_on`` is asked of an account that existed before; ``changed_on`` is the last change of the account or of
    its delegates after it was communicated: a change is communicated anew.
    """

    __tablename__ = "bank_account"
    KNOWN_BY = ("iban", "bank")

    id: Mapped[int] = mapped_column(primary_key=True)
    iban: Mapped[str] = mapped_column(unique=True)
    bank: Mapped[str]
    branch: Mapped[str]
    treasury: Mapped[bool] = mapped_column(default=False)
    opened_on: Mapped[date | None]
    first_used_on: Mapped[date | None]
    changed_on: Mapped[date | None]
    communicated_on: Mapped[date | None]

    party: Mapped[Party] = relationship(back_populates="accounts")
    delegates: Mapped[list[Delegate]] = relationship(back_populates="account", order_by="Delegate.id")


@case_of("azienda")
def aziende_of(_municipalities: Any) -> Select[tuple[int]]:
    """None: what happens in the azienda itself belongs to none of its municipalities."""
    return select(Azienda.__table__.c.id).where(false())


@case_of("bank_account")
def accounts_of(municipalities: Any) -> Select[tuple[int]]:
    """The ids of the dedicated accounts of ``municipalities``."""
    held = BankAccount.__table__.c
    return select(held.id).where(held.party_id.in_(municipalities))


class Delegate(Base, PersonFields, Scoped):
    """A person who may operate on a dedicated account (L. 136/2010 art. 3 c. 7; R110)."""

    __tablename__ = "delegate"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"), index=True)
    role: Mapped[str]

    account: Mapped[BankAccount] = relationship(back_populates="delegates")

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The delegates of the accounts that are visible."""
        account = BankAccount.__table__.c
        azienda = select(Azienda.__table__.c.id)
        mine = or_(account.party_id.in_(OWN_MUNICIPALITIES), account.party_id.in_(azienda))
        return cls.account_id.in_(select(account.id).where(mine))


class Body(Base, Versioned, Searched, OfDistrict):
    """An organ or institution that approves, is addressed or receives (R158); public by nature.

    ``owner``: azienda, district (then ``district`` says which), external, or the slug of a municipality.
    ``examines_report``: the azienda brings its yearly report to it, and the contract says so (art. 5).
    """

    __tablename__ = "body"
    KNOWN_BY = ("name", "code")

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default="")
    name: Mapped[str]
    kind: Mapped[str]
    owner: Mapped[str]
    term_from: Mapped[date | None]
    term_to: Mapped[date | None]
    examines_report: Mapped[bool] = mapped_column(default=False)

    names: Mapped[list[BodyName]] = relationship(back_populates="body", order_by="BodyName.valid_from")
    members: Mapped[list[BodyMember]] = relationship(back_populates="body", order_by="BodyMember.id")

    def __str__(self) -> str:
        return self.name

    def name_on(self, day: date) -> str:
        """How the body was called on ``day`` (X19); a name without days is only another way to call it."""
        dated = (n for n in self.names if n.valid_from or n.valid_to)
        return next((n.name for n in dated if within(day, n.valid_from, n.valid_to)), self.name)


class BodyName(Base):
    """Another name of a body, with its period (X19: ASL then ATS, Provincia then Città Metropolitana)."""

    __tablename__ = "body_name"

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    name: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    body: Mapped[Body] = relationship(back_populates="names")

    def __str__(self) -> str:
        return self.name


class BodyMember(Base, Versioned):
    """A member of a body, by term of office."""

    __tablename__ = "body_member"

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    given_name: Mapped[str]
    family_name: Mapped[str]
    role: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    body: Mapped[Body] = relationship(back_populates="members")

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}"
