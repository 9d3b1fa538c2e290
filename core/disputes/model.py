"""Tables of the disputes: damaging events, the azienda's own contestations, arbitrations."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Select, Text, UniqueConstraint, and_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.cases.model import Sending
from core.catalogue.model import Service
from core.contracts.insurance_model import InsurancePolicy
from core.contracts.model import Contract
from core.ground.access import OWN_MUNICIPALITIES, Role
from core.ground.db import Base, Euro, Versioned
from core.ground.owners import case_of
from core.ground.search import Searched
from core.ground.walls import kept_by
from core.parties.model import Municipality, OwnedByMunicipality

kept_by("damaging_event", "contestation", "arbitration", reads=(Role.ACCOUNTING, Role.ADMINISTRATOR))


class DamagingEvent(Base, OwnedByMunicipality, Versioned, Searched):
    """A damaging event for which the azienda answers (R95): told at once to the municipality, then to the insurer.

    ``injured`` says who was harmed in general words, never by name. ``compensation`` in euros, empty until known.
    The municipality sees it from the day on which it is told.
    """

    __tablename__ = "damaging_event"
    KNOWN_BY = ("title", "text")
    __table_args__ = (UniqueConstraint("year", "number"), CheckConstraint("known_on >= happened_on", name="known"))

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="recorded", index=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    title: Mapped[str]
    happened_on: Mapped[date]
    known_on: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    injured: Mapped[str] = mapped_column(default="")
    restoration: Mapped[str] = mapped_column(Text, default="")
    insurance_policy_id: Mapped[int | None] = mapped_column(ForeignKey("insurance_policy.id"), index=True)
    sending_id: Mapped[int | None] = mapped_column(ForeignKey("sending.id"), index=True)
    told_on: Mapped[date | None]
    insurer_told_on: Mapped[date | None]
    claim_number: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(Text, default="")
    compensation: Mapped[Decimal | None] = mapped_column(Euro)

    contract: Mapped[Contract] = relationship()
    municipality: Mapped[Municipality] = relationship()
    service: Mapped[Service | None] = relationship()
    policy: Mapped[InsurancePolicy | None] = relationship()
    sending: Mapped[Sending | None] = relationship()

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """One's own, once they have been told."""
        return and_(cls.municipality_id.in_(OWN_MUNICIPALITIES), cls.told_on.is_not(None))

    @property
    def code(self) -> str:
        """The number as people write it: 3/2026."""
        return f"{self.number}/{self.year}"

    def __str__(self) -> str:
        return f"Evento dannoso n. {self.code}"


@case_of("damaging_event")
def damaging_events_of(municipalities: Any) -> Select[tuple[int]]:
    """The ids of the events that ``municipalities`` have been told."""
    held = DamagingEvent.__table__.c
    return select(held.id).where(held.municipality_id.in_(municipalities), held.told_on.is_not(None))


class Contestation(Base, OwnedByMunicipality, Versioned, Searched):
    """The azienda contests a delay of the municipality in writing (R96): it counts only once receipt is proved.

    ``since``: from when the municipality is late; ``answer_by``: the term set in the letter, if it sets one.
    ``formalised_on``: the day on which the municipality received it. It sees what has been sent.
    """

    __tablename__ = "contestation"
    KNOWN_BY = ("title", "text")
    __table_args__ = (UniqueConstraint("year", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="draft", index=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    since: Mapped[date]
    effects: Mapped[str] = mapped_column(Text, default="")
    answer_by: Mapped[date | None]
    sending_id: Mapped[int | None] = mapped_column(ForeignKey("sending.id"), index=True)
    sent_on: Mapped[date | None]
    formalised_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(Text, default="")

    contract: Mapped[Contract] = relationship()
    municipality: Mapped[Municipality] = relationship()
    service: Mapped[Service | None] = relationship()
    sending: Mapped[Sending | None] = relationship()

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """One's own, once they have been sent."""
        return and_(cls.municipality_id.in_(OWN_MUNICIPALITIES), cls.sent_on.is_not(None))

    @property
    def code(self) -> str:
        """The number as people write it: 3/2026."""
        return f"{self.number}/{self.year}"

    @property
    def counts(self) -> bool:
        """True if it frees the azienda from liability for what the delay caused: contested, with proof of receipt."""
        return self.formalised_on is not None

    def __str__(self) -> str:
        return f"Contestazione n. {self.code}"


@case_of("contestation", writers=(Role.MUNICIPALITY,))
def contestations_sent_to(municipalities: Any) -> Select[tuple[int]]:
    """The ids of the contestations that ``municipalities`` have been sent."""
    held = Contestation.__table__.c
    return select(held.id).where(held.municipality_id.in_(municipalities), held.sent_on.is_not(None))


class Arbitration(Base, OwnedByMunicipality, Versioned, Searched):
    """An arbitration that both parties agree to (R115): three arbitrators, an award that is final.

    It may be about a notice of default or a penalty. ``proposed_by``: azienda or municipality. The arbitrators are
    free text, one of each party and the third by ``third_named_by``: arbitrators or court (the president of the court
    named in the terms). The text of the contract names more than three if it is taken literally (X9): each party is
    read as naming one.
    """

    __tablename__ = "arbitration"
    KNOWN_BY = ("title", "text")
    __table_args__ = (UniqueConstraint("year", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="proposed", index=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("default_notice.id"), index=True)
    penalty_id: Mapped[int | None] = mapped_column(ForeignKey("penalty.id"), index=True)
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    proposed_on: Mapped[date]
    proposed_by: Mapped[str]
    azienda_agreed_on: Mapped[date | None]
    azienda_consent: Mapped[str] = mapped_column(default="")
    municipality_agreed_on: Mapped[date | None]
    municipality_consent: Mapped[str] = mapped_column(default="")
    azienda_arbitrator: Mapped[str] = mapped_column(default="")
    municipality_arbitrator: Mapped[str] = mapped_column(default="")
    third_arbitrator: Mapped[str] = mapped_column(default="")
    third_named_by: Mapped[str | None]
    award_on: Mapped[date | None]
    award: Mapped[str] = mapped_column(Text, default="")

    contract: Mapped[Contract] = relationship()
    municipality: Mapped[Municipality] = relationship()

    @property
    def code(self) -> str:
        """The number as people write it: 3/2026."""
        return f"{self.number}/{self.year}"

    def __str__(self) -> str:
        return f"Arbitrato n. {self.code}"


@case_of("arbitration", writers=(Role.MUNICIPALITY,))
def arbitrations_of(municipalities: Any) -> Select[tuple[int]]:
    """The ids of the arbitrations of ``municipalities``."""
    held = Arbitration.__table__.c
    return select(held.id).where(held.municipality_id.in_(municipalities))
