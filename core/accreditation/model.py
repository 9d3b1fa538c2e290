"""Tables of the accreditation: requirement sets as data, the procedure of a unit, what follows its decree."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Select,
    Text,
    UniqueConstraint,
    and_,
    false,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.cases.model import Sending
from core.documents.model import Document, seen_through
from core.ground.access import OWN_PROVIDERS, InsertOnly, Role, Scoped
from core.ground.db import Base, Euro, Quantity, UtcDateTime, Versioned, seldom
from core.ground.owners import provider_case_of
from core.ground.search import Searched
from core.ground.walls import kept_by
from core.providers.model import Provider, ServiceUnit

# what is found in a unit stays with the unit that accredits: who keeps the users does not read it either
kept_by("accreditation", "forewarning", "monitoring", "provider_meeting", writes=(Role.ACCREDITATION,))


class RequirementSet(Base, InsertOnly, Searched):
    """The requirements of some unit types from a day on: data, imported from a readable file, never changed.

    ``unit_types``: codes of the types that it serves, separated by commas. ``verified`` is false while its source is
    to be verified. Terms of the procedure are its own: ``examination_days`` from completeness to decree, ``months`` of
    an accreditation, ``extensions`` and ``extension_months`` at most, ``monitoring_days`` to answer after a period.
    ``measures``: what an application declares, by code: title, help, whole (a whole number), from (a datum of the unit
    that is proposed: capacity, min_age_months, max_age_months).
    ``windows``: the periods in which one applies (from, to, decide_by the day of the commission; ISO days), any day
    where there are none. ``ends_on``: one last day for all, instead of the months. ``adapt_by``: by when those who were
    accredited under an earlier edition must keep to this one. ``fee``: euros of an application, empty where it is free
    (R151). ``services``: what is delivered at a fixed price (code, title, unit, price in euros).
    """

    __tablename__ = "requirement_set"
    KNOWN_BY = ("title", "code")
    __table_args__ = (UniqueConstraint("code", "edition"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    edition: Mapped[int]
    title: Mapped[str]
    unit_types: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    legal_source: Mapped[str] = mapped_column(Text)
    verified: Mapped[bool]
    examination_days: Mapped[int]
    months: Mapped[int]
    extensions: Mapped[int]
    extension_months: Mapped[int]
    monitoring: Mapped[str] = mapped_column(default="half_year,year")
    monitoring_days: Mapped[int] = mapped_column(default=30)
    measures: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSON, default=dict)
    windows: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    ends_on: Mapped[date | None]
    adapt_by: Mapped[date | None]
    fee: Mapped[Decimal | None] = mapped_column(Euro)
    services: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by: Mapped[str]

    requirements: Mapped[list[Requirement]] = relationship(back_populates="set", order_by="Requirement.order")

    def serves(self, type_code: str) -> bool:
        """True if the set is for units of this type."""
        return type_code in self.unit_types.split(",")

    def __str__(self) -> str:
        return f"{self.title}, edizione {self.edition}"


class RequirementDraft(Base, Scoped, Versioned):
    """A set, or a new edition of one, while it is written in the browser: the text of its file, the offices' alone.

    It is registered whole, as a file is, and is then no more.
    """

    __tablename__ = "requirement_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    content: Mapped[str] = mapped_column(Text)
    begun_on: Mapped[date]
    begun_by: Mapped[str]

    def __str__(self) -> str:
        return self.title


class Requirement(Base, InsertOnly):
    """One requirement, a branch or a leaf of the tree (``parent_id``).

    ``kind``: group (a heading), check (seen by a person), paper (a document with an expiry), or a computed one:
    ratio (``measure`` per ``per`` at most ``limit``), at_least, at_most. ``mandatory``: unmet, it stops the decree.
    ``evidence``: the document that the application carries for it. ``monitored``: the kinds of monitoring that ask for
    it again, separated by commas.
    """

    __tablename__ = "requirement"
    __table_args__ = (UniqueConstraint("set_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("requirement_set.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("requirement.id"))
    order: Mapped[int]
    code: Mapped[str]
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text, default="")
    hint: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(default="check")
    measure: Mapped[str] = mapped_column(default="")
    per: Mapped[str] = mapped_column(default="")
    limit: Mapped[Decimal | None] = mapped_column(Quantity)
    paper: Mapped[str] = mapped_column(default="")
    mandatory: Mapped[bool] = mapped_column(default=True)
    monitored: Mapped[str] = mapped_column(default="")
    legal_source: Mapped[str] = mapped_column(Text, default="")
    verified: Mapped[bool] = mapped_column(default=False)

    set: Mapped[RequirementSet] = relationship(back_populates="requirements")


class Accreditation(Base, Scoped, Versioned):
    """The accreditation of a unit: its procedure and, once granted, its period (R147). Numbered when it is opened.

    ``declared``: the figures of the application, by the codes of the set's measures. ``completion_due``: by when what
    was missing is sent. The clock starts at ``complete_on``. ``valid_to`` is the first end and is never overwritten;
    ``runs_to`` the last day with extensions and early ends. ``renews_id`` names the one that it follows.
    ``responsible``: who answers for the procedure (L. 241/1990, arts. 5 and 8). ``decree_answer``: what a refusal says
    to the provider's observations (art. 10-bis). ``fee_paid_on`` and ``fee_reference``: the payment of what the set
    asks for. ``cig``: of the pact, asked once at its signing; empty where no money is paid by it (L. 136/2010, art. 3).
    """

    __tablename__ = "accreditation"
    __table_args__ = (UniqueConstraint("year", "number"), seldom("accreditation", "renews_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    number: Mapped[int]
    unit_id: Mapped[int] = mapped_column(ForeignKey("service_unit.id"), index=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("requirement_set.id"))
    renews_id: Mapped[int | None] = mapped_column(ForeignKey("accreditation.id"))
    state: Mapped[str] = mapped_column(default="draft", index=True)
    declared: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    filed_on: Mapped[date | None]
    completion_due: Mapped[date | None]
    complete_on: Mapped[date | None]
    decided_on: Mapped[date | None]
    decree_number: Mapped[str] = mapped_column(default="")
    decree_reasons: Mapped[str] = mapped_column(Text, default="")
    decree_answer: Mapped[str] = mapped_column(Text, default="")
    responsible: Mapped[str] = mapped_column(default="")
    fee_paid_on: Mapped[date | None]
    fee_reference: Mapped[str] = mapped_column(default="")
    cig: Mapped[str] = mapped_column(default="")
    decree_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    pact_signed_on: Mapped[date | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    runs_to: Mapped[date | None] = mapped_column(index=True)

    unit: Mapped[ServiceUnit] = relationship()
    set: Mapped[RequirementSet] = relationship()
    decree: Mapped[Document | None] = relationship()
    checks: Mapped[list[RequirementCheck]] = relationship(order_by="RequirementCheck.id", viewonly=True)
    inspections: Mapped[list[Inspection]] = relationship(order_by="Inspection.id", viewonly=True)
    findings: Mapped[list[InspectionFinding]] = relationship(order_by="InspectionFinding.id", viewonly=True)
    meetings: Mapped[list[Meeting]] = relationship(order_by="Meeting.id", viewonly=True)
    extensions: Mapped[list[AccreditationExtension]] = relationship(order_by="AccreditationExtension.id",
                                                                    viewonly=True)
    measures: Mapped[list[Measure]] = relationship(order_by="Measure.id", viewonly=True)
    monitorings: Mapped[list[Monitoring]] = relationship(order_by="Monitoring.id", viewonly=True)
    forewarnings: Mapped[list[Forewarning]] = relationship(order_by="Forewarning.id", viewonly=True)

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The procedures of one's own provider."""
        return cls.id.in_(own_accreditations())

    @property
    def code(self) -> str:
        """The number as people write it: 3/2026."""
        return f"{self.number}/{self.year}"

    def __str__(self) -> str:
        return f"Accreditamento n. {self.code}"


@provider_case_of("accreditation", writers=(Role.PROVIDER,))
def accreditations_of(providers: Any) -> Select[tuple[int]]:
    """The ids of the accreditations of the units of ``providers``."""
    held, unit = Accreditation.__table__.c, ServiceUnit.__table__.c
    return select(held.id).where(held.unit_id.in_(select(unit.id).where(unit.provider_id.in_(providers))))


def own_accreditations() -> Select[tuple[int]]:
    """The ids of the accreditations of one's own provider, for ``visible``."""
    return accreditations_of(OWN_PROVIDERS)


@seen_through
def decrees_of_own_providers() -> Select[tuple[int]]:
    """The decrees of one's own accreditations."""
    held = Accreditation.__table__.c
    return select(held.decree_id).where(held.id.in_(own_accreditations()))


class OfAccreditation(Scoped):
    """A row that belongs to an accreditation and is seen with it."""

    accreditation_id: Mapped[int] = mapped_column(ForeignKey("accreditation.id"), index=True)

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The rows of one's own accreditations."""
        return cls.accreditation_id.in_(own_accreditations())


class RequirementCheck(Base, OfAccreditation, Versioned):
    """What the examination says of one requirement: met, not_met, not_applicable, to_verify (with a note)."""

    __tablename__ = "requirement_check"
    __table_args__ = (UniqueConstraint("accreditation_id", "requirement_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    requirement_id: Mapped[int] = mapped_column(ForeignKey("requirement.id"))
    outcome: Mapped[str]
    computed: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Text, default="")
    expires_on: Mapped[date | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))

    requirement: Mapped[Requirement] = relationship()
    document: Mapped[Document | None] = relationship()


class Inspection(Base, OfAccreditation, Versioned):
    """A visit to the unit: appointment, who went, minutes (R149, R150)."""

    __tablename__ = "inspection"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    appointed_for: Mapped[date]
    held_on: Mapped[date | None]
    inspectors: Mapped[str] = mapped_column(default="")
    minutes: Mapped[str] = mapped_column(Text, default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))

    document: Mapped[Document | None] = relationship()
    findings: Mapped[list[InspectionFinding]] = relationship(
        back_populates="inspection", order_by="InspectionFinding.id"
    )


class InspectionFinding(Base, OfAccreditation, Versioned):
    """What an inspection found, or a period of monitoring that was out of limits (R150).

    With ``due_on`` it is a prescription, answered by the provider and then verified.
    """

    __tablename__ = "inspection_finding"
    __table_args__ = (CheckConstraint("(inspection_id IS NULL) <> (monitoring_id IS NULL)", name="where_found"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[int | None] = mapped_column(ForeignKey("inspection.id"), index=True)
    monitoring_id: Mapped[int | None] = mapped_column(ForeignKey("monitoring.id"), index=True)
    requirement_id: Mapped[int | None] = mapped_column(ForeignKey("requirement.id"))
    text: Mapped[str] = mapped_column(Text)
    prescription: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_on: Mapped[date | None]
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    outcome: Mapped[str] = mapped_column(default="open")
    verified_on: Mapped[date | None]

    inspection: Mapped[Inspection | None] = relationship(back_populates="findings")
    monitoring: Mapped[Monitoring | None] = relationship()
    requirement: Mapped[Requirement | None] = relationship()
    answer_file: Mapped[Document | None] = relationship()

    @property
    def stands(self) -> str:
        """Its outcome; of what a monitoring found and nobody has acted on, that the office has to assess it."""
        waits = self.monitoring_id is not None and self.outcome == "open" and self.due_on is None
        return "to_assess" if waits else self.outcome

    @property
    def found_on(self) -> date | None:
        """The day of the inspection, or the one on which the monitoring was sent."""
        if self.inspection is not None:
            return self.inspection.held_on
        return self.monitoring.sent_on if self.monitoring is not None else None


class Meeting(Base, OfAccreditation, InsertOnly):
    """An evaluation meeting or a sitting of the commission (R150): who was there, what it proposes."""

    __tablename__ = "meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    on: Mapped[date]
    present: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    proposal: Mapped[str] = mapped_column(default="")
    actor: Mapped[str]


class AccreditationExtension(Base, OfAccreditation, InsertOnly):
    """A longer period, by an act; as many and as long as the requirement set allows. Taken back by ``undoes_id``."""

    __tablename__ = "accreditation_extension"

    id: Mapped[int] = mapped_column(primary_key=True)
    decided_on: Mapped[date]
    number: Mapped[str]
    to_day: Mapped[date]
    why: Mapped[str] = mapped_column(Text)
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("accreditation_extension.id"), unique=True)


class Measure(Base, OfAccreditation, InsertOnly):
    """An act after the decree: suspension, readmission, revocation, cancellation, extension_refusal, or a fine (euros;
    law B3).

    One that is taken back stands with the row that names it (``undoes_id``). ``forewarning_id``: what went before it,
    and ``answer`` what it says to the provider's memoirs (L. 241/1990, art. 10); a suspension that could not wait says
    why (``urgent_why``).
    """

    __tablename__ = "accreditation_measure"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    number: Mapped[str]
    on: Mapped[date]
    effective_on: Mapped[date]
    until: Mapped[date | None]
    reasons: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text, default="")
    urgent_why: Mapped[str] = mapped_column(Text, default="")
    forewarning_id: Mapped[int | None] = mapped_column(ForeignKey("forewarning.id"))
    fine_kind: Mapped[str] = mapped_column(default="")
    amount: Mapped[Decimal | None] = mapped_column(Euro)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    actor: Mapped[str]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("accreditation_measure.id"), unique=True)

    document: Mapped[Document | None] = relationship()
    forewarning: Mapped[Forewarning | None] = relationship()


class Forewarning(Base, OfAccreditation, Versioned):
    """What the provider is told before an act against it, and its right to answer (L. 241/1990, arts. 7, 8, 10-bis).

    ``kind``: refusal or extension (notice of the reasons against either), suspension or revocation (start of the
    procedure). The provider sees it
    once it was sent; its days run from ``received_on``, which is that of ``sending``, to ``due_on``. ``unmet``: the
    requirements that were not met when it left: code, title, what was found. ``resumed_on``: the first day that counts
    again of a term that a notice of the reasons had stopped. ``held_on``, ``present`` and ``minutes``: the hearing.
    """

    __tablename__ = "forewarning"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft", index=True)
    opened_on: Mapped[date]
    reasons: Mapped[str] = mapped_column(Text)
    days: Mapped[int]
    unmet: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    sent_on: Mapped[date | None]
    received_on: Mapped[date | None]
    due_on: Mapped[date | None]
    resumed_on: Mapped[date | None]
    held_on: Mapped[date | None]
    present: Mapped[str] = mapped_column(Text, default="")
    minutes: Mapped[str] = mapped_column(Text, default="")
    sending_id: Mapped[int | None] = mapped_column(ForeignKey("sending.id"), unique=True)

    accreditation: Mapped[Accreditation] = relationship(viewonly=True)
    sending: Mapped[Sending | None] = relationship()
    observations: Mapped[list[Observation]] = relationship(order_by="Observation.id", viewonly=True)

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """Those of one's own accreditations that have left the office."""
        return cls.id.in_(own_forewarnings())

    def __str__(self) -> str:
        return f"{FOREWARNED[self.kind]} del {(self.sent_on or self.opened_on):%d/%m/%Y}"


FOREWARNED = {"refusal": "Preavviso di rigetto", "extension": "Preavviso di diniego della proroga",
              "suspension": "Avvio del procedimento di sospensione",
              "revocation": "Avvio del procedimento di revoca"}


@provider_case_of("forewarning", writers=(Role.PROVIDER,))
def forewarnings_of(providers: Any) -> Select[tuple[int]]:
    """The ids of what was sent to ``providers``."""
    held = Forewarning.__table__.c
    return select(held.id).where(held.sent_on.is_not(None), held.accreditation_id.in_(accreditations_of(providers)))


def own_forewarnings() -> Select[tuple[int]]:
    """The ids of what was sent to one's own provider, for ``visible``."""
    return forewarnings_of(OWN_PROVIDERS)


class Observation(Base, OfAccreditation, InsertOnly):
    """What the provider says before the decision: observations or a memoir, and whether it asks to be heard.

    They are answered by the act (L. 241/1990, arts. 10 and 10-bis); nobody changes them.
    """

    __tablename__ = "forewarning_observation"

    id: Mapped[int] = mapped_column(primary_key=True)
    forewarning_id: Mapped[int] = mapped_column(ForeignKey("forewarning.id"), index=True)
    on: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    asks_hearing: Mapped[bool] = mapped_column(default=False)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    actor: Mapped[str]

    document: Mapped[Document | None] = relationship()


class Monitoring(Base, OfAccreditation, Versioned):
    """A period of monitoring, half-yearly or yearly (R150, R157): its form is frozen with the answer.

    ``state``: draft, sent, late, skipped (with its reason).
    """

    __tablename__ = "monitoring"
    __table_args__ = (UniqueConstraint("accreditation_id", "kind", "first_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="draft", index=True)
    form: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    sent_on: Mapped[date | None]
    why: Mapped[str] = mapped_column(Text, default="")

    accreditation: Mapped[Accreditation] = relationship(viewonly=True)

    def __str__(self) -> str:
        return f"{self.first_day:%d/%m/%Y}-{self.last_day:%d/%m/%Y}"


@provider_case_of("monitoring", writers=(Role.PROVIDER,))
def monitorings_of(providers: Any) -> Select[tuple[int]]:
    """The ids of the periods of monitoring of ``providers``."""
    held = Monitoring.__table__.c
    return select(held.id).where(held.accreditation_id.in_(accreditations_of(providers)))


class ProviderMeeting(Base, Scoped, Versioned):
    """A periodic meeting of the office with several providers (R150): invitation, presences and minutes in one record.

    Each provider sees it once it is called, with its own presence and the common minutes, and nothing of the others.
    """

    __tablename__ = "provider_meeting"
    __table_args__ = (UniqueConstraint("year", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="draft", index=True)
    title: Mapped[str]
    day: Mapped[date]
    hour: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    agenda: Mapped[str] = mapped_column(Text)
    called_on: Mapped[date | None]
    held_on: Mapped[date | None]
    minutes: Mapped[str] = mapped_column(Text, default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))

    document: Mapped[Document | None] = relationship()
    attendances: Mapped[list[MeetingAttendance]] = relationship(order_by="MeetingAttendance.id", viewonly=True)

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """Those to which one's own provider was called."""
        return cls.id.in_(own_meetings())

    @property
    def code(self) -> str:
        """The number as people write it: 3/2026."""
        return f"{self.number}/{self.year}"

    def __str__(self) -> str:
        return f"Incontro n. {self.code} del {self.day:%d/%m/%Y}"


class MeetingAttendance(Base, Scoped, Versioned):
    """A provider that is invited to a meeting: whether it came, and who for it; empty before the minutes."""

    __tablename__ = "provider_meeting_attendance"
    __table_args__ = (UniqueConstraint("meeting_id", "provider_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("provider_meeting.id"), index=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    came: Mapped[bool | None]
    people: Mapped[str] = mapped_column(Text, default="")

    provider: Mapped[Provider] = relationship()

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """One's own, of meetings that were called."""
        called = ProviderMeeting.__table__.c
        return and_(cls.provider_id.in_(OWN_PROVIDERS),
                    cls.meeting_id.in_(select(called.id).where(called.state != "draft")))


def own_meetings() -> Select[tuple[int]]:
    """The ids of the meetings to which one's own provider was called, for ``visible``."""
    met, called = MeetingAttendance.__table__.c, ProviderMeeting.__table__.c
    return select(met.meeting_id).join(ProviderMeeting.__table__, called.id == met.meeting_id).where(
        met.provider_id.in_(OWN_PROVIDERS), called.state != "draft")


@provider_case_of("provider_meeting")
def meetings_of(_providers: Any) -> Select[tuple[int]]:
    """None: the diary holds a letter for each provider, and stays with the office; the record is what they share."""
    return select(ProviderMeeting.__table__.c.id).where(false())


@seen_through
def minutes_of_own_meetings() -> Select[tuple[int]]:
    """The minutes of the meetings to which one's own provider was called."""
    held = ProviderMeeting.__table__.c
    return select(held.document_id).where(held.id.in_(own_meetings()))


@seen_through
def documents_of_own_checks() -> Select[tuple[int]]:
    """The documents of the checklist of one's own accreditations."""
    held = RequirementCheck.__table__.c
    return select(held.document_id).where(held.accreditation_id.in_(own_accreditations()))


@seen_through
def minutes_of_own_inspections() -> Select[tuple[int]]:
    """The minutes of the inspections of one's own units."""
    held = Inspection.__table__.c
    return select(held.document_id).where(held.accreditation_id.in_(own_accreditations()))


@seen_through
def answers_to_own_findings() -> Select[tuple[int]]:
    """The files that answer the prescriptions of one's own accreditations."""
    held = InspectionFinding.__table__.c
    return select(held.answer_id).where(held.accreditation_id.in_(own_accreditations()))


@seen_through
def acts_of_own_measures() -> Select[tuple[int]]:
    """The acts of the measures on one's own accreditations."""
    held = Measure.__table__.c
    return select(held.document_id).where(held.accreditation_id.in_(own_accreditations()))
