"""Tables of the contracts: the contract, who signs it, what it confers, what hangs on it."""

from __future__ import annotations

import datetime as dt
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
    exists,
    func,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship, validates

from core.catalogue.model import Area, Service
from core.contracts.scope import OwnedByContract, own_contracts
from core.contracts.sorting import Filed, SigningParty
from core.contracts.terms_model import ContractTerms as ContractTerms  # the subject takes its tables from here
from core.contracts.terms_model import InstalmentPercent as InstalmentPercent
from core.contracts.terms_model import InstalmentRule as InstalmentRule
from core.contracts.terms_model import PenaltyBand as PenaltyBand
from core.contracts.terms_model import TermsWithdrawal as TermsWithdrawal
from core.documents.model import Document, seen_through
from core.ground.access import InsertOnly, Role, Scoped
from core.ground.clock import end_of
from core.ground.db import Base, Euro, UtcDateTime, Versioned, seldom
from core.ground.order import DERIVED
from core.ground.owners import Leaving, case_of
from core.ground.search import Searched
from core.ground.walls import kept_by
from core.parties.model import Act, Municipality, OfDistrict, OwnedByMunicipality, Party, Signatory

# contracts are the management's to write; accounting reads what the instalments rest on
kept_by("contract", "attachment", "entrusted_asset", reads=(Role.ACCOUNTING, Role.ADMINISTRATOR),
        documents=("contract",))


class ZonePlan(Base, Versioned, OfDistrict):
    """A three-year plan of a district with its agreement (R6, R11, R12); an act may extend it past its years."""

    __tablename__ = "zone_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    ordinal: Mapped[int | None]
    first_year: Mapped[int]
    last_year: Mapped[int]
    agreement_date: Mapped[dt.date | None]
    budget_article: Mapped[str] = mapped_column(default="")
    founding: Mapped[bool] = mapped_column(default=False)
    extended_to: Mapped[dt.date | None]
    extended_by: Mapped[str] = mapped_column(default="")

    kept: Mapped[list[KeptService]] = relationship(back_populates="zone_plan", order_by="KeptService.id")

    @property
    def begins_on(self) -> dt.date:
        """The first day on which it holds."""
        return dt.date(self.first_year, 1, 1)

    @property
    def ends_on(self) -> dt.date:
        """The last day on which it holds."""
        return self.extended_to or dt.date(self.last_year, 12, 31)

    def __str__(self) -> str:
        return f"{self.title} {self.first_year}-{self.last_year}"


class KeptService(Base, OwnedByMunicipality, Versioned):
    """A service that a Zone Plan leaves to a municipality, which manages it itself, by the article that says so (R36).
    """

    __tablename__ = "kept_service"
    __table_args__ = (UniqueConstraint("zone_plan_id", "municipality_id", "service_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    zone_plan_id: Mapped[int] = mapped_column(ForeignKey("zone_plan.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    article: Mapped[str]

    zone_plan: Mapped[ZonePlan] = relationship(back_populates="kept")
    service: Mapped[Service] = relationship()
    municipality: Mapped[Municipality] = relationship()

    def __str__(self) -> str:
        return f"{self.service}, {self.article}"


class ServiceCharter(Base, Versioned, OfDistrict):
    """A charter edition in force: a district's until the azienda has its own (R30, R34, R100, X22)."""

    __tablename__ = "service_charter"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    owner: Mapped[str]
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]

    def __str__(self) -> str:
        return self.title


def _first_expiry(context: Any) -> dt.date:
    """A new contract runs to its first expiry."""
    first: dt.date = context.get_current_parameters()["ends_on"]
    return first


class Contract(Base, Scoped, Versioned, Filed):
    """A contract of service. Its number is taken when the draft is made and stays for good.

    ``ends_on`` is the first expiry and is never overwritten; ``runs_to`` is the last day with extensions, tacit
    renewals, withdrawal or termination. ``renews_id`` names the contract that this one follows; ``amends_id`` the one
    of which this is a working copy (R62), ``base`` what that one said when the copy was made, and ``effective_on`` the
    first day of what the copy changes.
    """

    __tablename__ = "contract"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        CheckConstraint("ends_on >= starts_on", name="period"),
        Index("ix_contract_state", "state", "starts_on", "year", "number"),  # counted and sorted without reading a row
        Index("ix_contract_filed_under", "filed_under", "id"),
        seldom("contract", "renews_id"),
        seldom("contract", "amends_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="draft")
    starts_on: Mapped[dt.date] = mapped_column(index=True)
    ends_on: Mapped[dt.date]
    runs_to: Mapped[dt.date] = mapped_column(index=True, default=_first_expiry)
    place: Mapped[str]
    signed_on: Mapped[dt.date | None]
    signed_at: Mapped[dt.time | None]
    renews_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    amends_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    base: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    effective_on: Mapped[dt.date | None]
    cig: Mapped[str | None]
    cup: Mapped[str | None]
    step: Mapped[str] = mapped_column(default="services")
    terms_id: Mapped[int] = mapped_column(ForeignKey("contract_terms.id"))
    zone_plan_id: Mapped[int | None] = mapped_column(ForeignKey("zone_plan.id"))
    charter_id: Mapped[int | None] = mapped_column(ForeignKey("service_charter.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))

    service_count: Mapped[int] = query_expression()
    document_count: Mapped[int] = query_expression()

    terms: Mapped[ContractTerms] = relationship()
    zone_plan: Mapped[ZonePlan | None] = relationship()
    charter: Mapped[ServiceCharter | None] = relationship()
    area: Mapped[Area | None] = relationship()
    parties: Mapped[list[ContractParty]] = relationship(back_populates="contract", order_by="ContractParty.order")
    conferrals: Mapped[list[Conferral]] = relationship(
        back_populates="contract", cascade="all, delete-orphan",
        primaryjoin="and_(Conferral.contract_id == Contract.id, Conferral.valid_to.is_(None))",
    )
    ended_conferrals: Mapped[list[Conferral]] = relationship(
        viewonly=True, primaryjoin="and_(Conferral.contract_id == Contract.id, Conferral.valid_to.is_not(None))",
    )
    acts: Mapped[list[ContractAct]] = relationship(
        back_populates="contract", order_by="ContractAct.act_id", cascade="all, delete-orphan"
    )
    clauses: Mapped[list[OwnClause]] = relationship(
        back_populates="contract", order_by="OwnClause.order", cascade="all, delete-orphan"
    )
    documents: Mapped[list[ContractDocument]] = relationship(
        back_populates="contract", order_by="ContractDocument.version_number"
    )
    extensions: Mapped[list[ContractExtension]] = relationship(
        back_populates="contract", order_by="ContractExtension.id"
    )
    renewals: Mapped[list[ContractRenewal]] = relationship(back_populates="contract", order_by="ContractRenewal.id")
    endings: Mapped[list[ContractEnding]] = relationship(back_populates="contract", order_by="ContractEnding.id")
    attachments: Mapped[list[Attachment]] = relationship(back_populates="contract", order_by="Attachment.id")
    assets: Mapped[list[EntrustedAsset]] = relationship(back_populates="contract", order_by="EntrustedAsset.id")

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The contracts to which one's own municipality is a party."""
        return cls.id.in_(own_contracts())

    @property
    def code(self) -> str:
        """The number as people write it: 3/2026."""
        return f"{self.number}/{self.year}"

    @property
    def named_on(self) -> dt.date:
        """The day whose names its text prints: its first one, or that of what an amendment changes (X19)."""
        return self.effective_on or self.starts_on

    @property
    def municipality_parties(self) -> list[ContractParty]:
        """The municipalities that sign, in order."""
        return [p for p in self.parties if p.capacity != "azienda"]

    @property
    def remaining_parties(self) -> list[ContractParty]:
        """The municipalities that sign and have not left: by withdrawal or by amendment."""
        return [p for p in self.municipality_parties if p.valid_to is None]

    @property
    def renewal(self) -> ContractRenewal | None:
        """The last assessment of the renewal that stands."""
        return next((row for row in reversed(self.renewals) if row.stands), None)

    @property
    def ending(self) -> ContractEnding | None:
        """The early end that stands: a ground that has arisen, a termination, the withdrawal that ends it."""
        return next((row for row in reversed(self.endings) if row.stands and row.party_id is None), None)

    @property
    def leavings(self) -> list[ContractEnding]:
        """The withdrawals by which one of several municipalities left, and the others went on."""
        return [row for row in self.endings if row.stands and row.party_id is not None]

    @property
    def approvals(self) -> list[Act]:
        """The acts by which the parties have approved this text."""
        return [link.act for link in self.acts if link.role == "approval" and link.act is not None]

    @property
    def printed_acts(self) -> list[Act]:
        """The acts that its document names: all but the approvals of an earlier text."""
        return [link.act for link in self.acts if link.role != "superseded" and link.act is not None]

    def __str__(self) -> str:
        return f"{'Modifica' if self.amends_id else 'Contratto'} n. {self.code}"


class ContractParty(Base, OwnedByContract, SigningParty):
    """A party of a contract, in its capacity (azienda, or the form of a municipality's row), and who signs for it.

    ``valid_to``: the last day of one that left a contract with which the others go on; ``left_at``, the instant at
    which that day ends, follows it. ``pays_share``: it takes part in the share-out of the costs, as a municipality does
    (R87); another body only where the conferral says so.
    """

    __tablename__ = "contract_party"
    __table_args__ = (
        UniqueConstraint("contract_id", "party_id"),
        Index("ix_contract_party_of", "party_id", "contract_id"),  # the contracts of a party, without reading a row
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    signatory_id: Mapped[int | None] = mapped_column(ForeignKey("signatory.id"))
    capacity: Mapped[str]
    order: Mapped[int]
    valid_to: Mapped[dt.date | None]
    left_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=DERIVED)
    pays_share: Mapped[bool] = mapped_column(default=True)

    contract: Mapped[Contract] = relationship(back_populates="parties")
    party: Mapped[Party] = relationship()
    signatory: Mapped[Signatory | None] = relationship()

    @validates("valid_to")
    def _ends(self, _name: str, day: dt.date | None) -> dt.date | None:
        self.left_at = None if day is None else end_of(day)
        return day

    @classmethod
    def still_read(cls, _columns: Any, _leaving: Leaving) -> ColumnElement[bool]:
        """With whom one signed."""
        return true()


class Conferral(Base, OwnedByContract):
    """A service that a municipality confers by this contract (R35-R37, R84).

    From ``valid_from`` to ``valid_to``, both included, where an amendment has added or removed it; empty is the
    contract's own first or last day. Only one that has ended has a ``valid_to``, and it may be conferred anew.
    """

    __tablename__ = "conferral"
    OWN_BY = "municipality_id"
    __table_args__ = (
        Index("uq_conferral_standing", "contract_id", "service_id", "municipality_id", unique=True,
              sqlite_where=text("valid_to IS NULL"), postgresql_where=text("valid_to IS NULL")),
        CheckConstraint("valid_to >= valid_from", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), index=True)
    valid_from: Mapped[dt.date | None]
    valid_to: Mapped[dt.date | None]

    contract: Mapped[Contract] = relationship(back_populates="conferrals")
    service: Mapped[Service] = relationship()
    municipality: Mapped[Municipality] = relationship()


class ContractAct(Base, OwnedByContract):
    """An act of the contract: ``attached`` though not materially (R119), or the ``approval`` of one of its parties.

    An approval that was taken back, or was of a text sent back since, stays as ``superseded``.
    """

    __tablename__ = "contract_act"
    __table_args__ = (UniqueConstraint("contract_id", "act_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"))
    role: Mapped[str] = mapped_column(default="attached")

    contract: Mapped[Contract] = relationship(back_populates="acts")
    act: Mapped[Act] = relationship()

    @classmethod
    def still_read(cls, columns: Any, leaving: Leaving) -> ColumnElement[bool]:
        """The acts adopted by the last day."""
        act = Act.__table__.alias()
        return exists().where(act.c.id == columns.act_id, or_(act.c.date.is_(None), act.c.date <= leaving.day)
                              ).correlate_except(act)


class OwnClause(Base, OwnedByContract):
    """A clause of this contract alone, printed after the articles."""

    __tablename__ = "own_clause"

    id: Mapped[int] = mapped_column(primary_key=True)
    order: Mapped[int]
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text)

    contract: Mapped[Contract] = relationship(back_populates="clauses")


class ContractDocument(Base, OwnedByContract, InsertOnly):
    """A version of the contract's text: generated, or negotiated by hand and uploaded. Never changed.

    ``snapshot`` holds the contract's fields as they were, so that any two versions can be compared.
    """

    __tablename__ = "contract_document"
    __table_args__ = (UniqueConstraint("contract_id", "version_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    version_number: Mapped[int]
    origin: Mapped[str]
    note: Mapped[str] = mapped_column(Text, default="")
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(JSON)

    contract: Mapped[Contract] = relationship(back_populates="documents")
    document: Mapped[Document] = relationship()

    @classmethod
    def still_read(cls, columns: Any, leaving: Leaving) -> ColumnElement[bool]:
        """The texts that led to the signature, and the coordinated ones made by the last day."""
        held = Document.__table__.alias()
        return or_(columns.origin != "coordinated", exists().where(
            held.c.id == columns.document_id, held.c.made_at < leaving.instant).correlate_except(held))


@seen_through
def own_contract_documents() -> Select[tuple[int]]:
    """The documents of the contracts of one's own municipalities."""
    held = ContractDocument.__table__.c
    return select(held.document_id).where(ContractDocument.own(held))


class ContractExtension(Base, OwnedByContract, InsertOnly):
    """An extension by an act: from the day after the old last one to a new one, both included.

    ``gap_why`` declares that the contract had lapsed. A tacit renewal needs no act. One that was a mistake is not
    erased: the row whose ``undoes_id`` names it takes it back.
    """

    __tablename__ = "contract_extension"
    READ_BY = "decided_on"

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"))
    decided_on: Mapped[dt.date]
    from_day: Mapped[dt.date]
    to_day: Mapped[dt.date]
    tacit: Mapped[bool] = mapped_column(default=False)
    gap_why: Mapped[str] = mapped_column(Text, default="")
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("contract_extension.id"), unique=True)

    contract: Mapped[Contract] = relationship(back_populates="extensions")
    act: Mapped[Act | None] = relationship()


class ContractRenewal(Base, OwnedByContract, Versioned):
    """Renewal as two events (R60): the municipality's assessment by an act, then its communication to the azienda.

    ``stands`` is False for one that was recorded by mistake.
    """

    __tablename__ = "contract_renewal"
    READ_BY = "assessed_on"

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"))
    favourable: Mapped[bool]
    assessed_on: Mapped[dt.date]
    communicated_on: Mapped[dt.date | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    stands: Mapped[bool] = mapped_column(default=True)

    contract: Mapped[Contract] = relationship(back_populates="renewals")
    act: Mapped[Act] = relationship()


class ContractEnding(Base, OwnedByContract, Versioned):
    """An early end: withdrawal of a municipality with its indemnity (R114), or termination by a ground (R112, R113).

    ``ground`` is one of delay, infringement, new_rules, traceability for a termination, public_interest for a
    withdrawal; ``declared_on`` is empty while the ground has only arisen. From ``effective_on`` the contract no longer
    holds. ``party_id`` names the municipality that left alone, where the others go on. ``stands`` is False for a ground
    that was forgone and for what was recorded by mistake.
    """

    __tablename__ = "contract_ending"
    READ_BY, OWN_BY = "arisen_on", "party_id"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    ground: Mapped[str]
    reasons: Mapped[str] = mapped_column(Text)
    arisen_on: Mapped[dt.date]
    declared_on: Mapped[dt.date | None]
    effective_on: Mapped[dt.date | None]
    indemnity: Mapped[Decimal | None] = mapped_column(Euro)
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"))
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    stands: Mapped[bool] = mapped_column(default=True)

    contract: Mapped[Contract] = relationship(back_populates="endings")
    act: Mapped[Act | None] = relationship()


class Attachment(Base, OwnedByContract, Versioned):
    """A document to attach (R119): asked for, then received as a file, with its number in the office's register."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    state: Mapped[str] = mapped_column(default="asked")
    asked_on: Mapped[dt.date]
    received_on: Mapped[dt.date | None]
    register_number: Mapped[str] = mapped_column(default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))

    contract: Mapped[Contract] = relationship(back_populates="attachments")
    document: Mapped[Document | None] = relationship()

    @classmethod
    def still_read(cls, columns: Any, leaving: Leaving) -> ColumnElement[bool]:
        """What was received, or asked for, by the last day."""
        by: ColumnElement[bool] = func.coalesce(columns.received_on, columns.asked_on) <= leaving.day
        return by


class EntrustedAsset(Base, OwnedByContract, Versioned, Searched):
    """Premises or equipment entrusted to the azienda (R79-R82), with who does which upkeep; ``rent`` in euros a year.

    ``kind``: building, movable or system. ``title``: free_loan or rent. ``ordinary_upkeep`` and
    ``extraordinary_upkeep``: azienda or municipality. ``rent_due``: month and day, MM-DD.
    """

    __tablename__ = "entrusted_asset"
    OWN_BY = "municipality_id"
    KNOWN_BY = ("name", "address")

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    kind: Mapped[str]
    name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    rent: Mapped[Decimal | None] = mapped_column(Euro)
    rent_due: Mapped[str | None]
    ordinary_upkeep: Mapped[str] = mapped_column(default="azienda")
    extraordinary_upkeep: Mapped[str] = mapped_column(default="municipality")
    agreements: Mapped[str] = mapped_column(Text, default="")
    annex_signed_on: Mapped[dt.date | None]
    annex_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))

    contract: Mapped[Contract] = relationship(back_populates="assets")
    municipality: Mapped[Municipality] = relationship()
    annex: Mapped[Document | None] = relationship()


@case_of("entrusted_asset")
def assets_of(municipalities: Any) -> Select[tuple[int]]:
    """The ids of the premises and equipment that ``municipalities`` entrusted."""
    held = EntrustedAsset.__table__.c
    return select(held.id).where(held.municipality_id.in_(municipalities))


@seen_through
def own_attachments() -> Select[tuple[int]]:
    """The files attached to the contracts of one's own municipalities."""
    held = Attachment.__table__.c
    return select(held.document_id).where(Attachment.own(held))


@seen_through
def own_annexes() -> Select[tuple[int]]:
    """The technical annexes of the contracts of one's own municipalities."""
    held = EntrustedAsset.__table__.c
    return select(held.annex_id).where(EntrustedAsset.own(held))


@seen_through
def own_renewals() -> Select[tuple[int]]:
    """The communications of renewal of the contracts of one's own municipalities."""
    held = ContractRenewal.__table__.c
    return select(held.document_id).where(ContractRenewal.own(held))
