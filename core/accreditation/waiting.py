"""What waits in the accreditations without a term."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from core.accreditation.inspections import OPEN
from core.accreditation.model import Accreditation, Forewarning, InspectionFinding, Monitoring, ProviderMeeting
from core.accreditation.states import LIVING, UNDER_WAY, AccreditationState, ForewarningState, MeetingState
from core.deadlines.waiting import MOST, Waiting, answered_at, waits_for
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding
from core.providers.model import ServiceUnit
from core.providers.states import UnitState

ENDS_SOON = timedelta(days=180)
answered_at("monitoring.began", "monitoring")  # each period is answered on a page of its own


@waits_for(Role.ACCREDITATION)
def closed_and_accredited(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Units that closed by a notice and are accredited all the same: somebody must end it, the register shows it."""
    closed = select(Accreditation).join(ServiceUnit, ServiceUnit.id == Accreditation.unit_id).where(
        Accreditation.state.in_(LIVING), ServiceUnit.state == UnitState.CLOSED)
    rows = closed.options(joinedload(Accreditation.unit)).order_by(Accreditation.id)
    for held in session.scalars(rows.limit(MOST)):
        yield Waiting("accreditation", held.id, f"{held}, {held.unit}",
                      Finding("L'unità ha chiuso e risulta ancora accreditata: registrare la rinuncia o la revoca.",
                              source="R147"), Role.ACCREDITATION)


@waits_for(Role.ACCREDITATION)
def forewarned(session: ScopedSession, today: date) -> Iterator[Waiting]:
    """Communications that have not left, and those of which the provider's days are over: their act is awaited."""
    ready = or_(Forewarning.state == ForewarningState.DRAFT,
                and_(Forewarning.state == ForewarningState.RECEIVED, Forewarning.due_on < today))
    rows = select(Forewarning).where(ready).options(
        joinedload(Forewarning.accreditation).joinedload(Accreditation.unit)).order_by(Forewarning.id)
    for found in session.scalars(rows.limit(MOST)):
        what = Finding("È una bozza: prepararne la lettera, firmarla e inviarla.", source="L. 241/1990") \
            if found.state == ForewarningState.DRAFT else \
            Finding("I giorni del gestore sono passati: decidere, rispondendo alle sue osservazioni se ce ne sono.",
                    source="L. 241/1990")
        yield Waiting("forewarning", found.id, f"{found}, {found.accreditation.unit}", what, Role.ACCREDITATION)


@waits_for(Role.ACCREDITATION)
def out_of_limits(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Periods of monitoring that were out of limits, while nobody has acted on what they found (R150)."""
    acted_on = select(InspectionFinding.monitoring_id).where(
        InspectionFinding.monitoring_id.is_not(None), InspectionFinding.outcome == OPEN,
        InspectionFinding.due_on.is_(None))
    rows = select(Monitoring).where(Monitoring.id.in_(acted_on)).options(
        joinedload(Monitoring.accreditation).joinedload(Accreditation.unit)).order_by(Monitoring.id)
    for found in session.scalars(rows.limit(MOST)):
        yield Waiting("monitoring", found.id, f"{found.accreditation.unit}, {found}",
                      Finding("Il monitoraggio è fuori dai limiti: prescrivere, fissare un sopralluogo o chiudere il "
                              "rilievo.", source="R150"), Role.ACCREDITATION)


@waits_for(Role.PROVIDER)
def called(session: ScopedSession, today: date) -> Iterator[Waiting]:
    """Meetings to which one's own provider is invited."""
    rows = select(ProviderMeeting).where(ProviderMeeting.state == MeetingState.CALLED, ProviderMeeting.day >= today)
    for found in session.scalars(rows.order_by(ProviderMeeting.day, ProviderMeeting.id).limit(MOST)):
        yield Waiting("provider_meeting", found.id, found.title,
                      Finding("Partecipare all'incontro: qui stanno ora, luogo e ordine del giorno.", source="R150"),
                      Role.PROVIDER, found.day)


@waits_for(Role.PROVIDER)
def applications(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Applications that are still drafts; what has a term comes from the deadlines."""
    drafts = select(Accreditation).where(Accreditation.state == AccreditationState.DRAFT)
    rows = drafts.options(joinedload(Accreditation.unit)).order_by(Accreditation.id).limit(MOST)
    for found in session.scalars(rows):
        yield Waiting("accreditation", found.id, f"{found}, {found.unit}",
                      Finding("La domanda è una bozza: completarla e presentarla.", source="R147"), Role.PROVIDER)


@waits_for(Role.PROVIDER)
def ending(session: ScopedSession, today: date) -> Iterator[Waiting]:
    """Accreditations that end within half a year, and no renewal has been opened: the office's term is not theirs."""
    renewal = aliased(Accreditation)
    opened = exists().where(renewal.renews_id == Accreditation.id, renewal.state.in_((*UNDER_WAY, *LIVING)))
    near = select(Accreditation).where(
        Accreditation.state.in_(LIVING), Accreditation.runs_to.between(today, today + ENDS_SOON), ~opened)
    rows = near.options(joinedload(Accreditation.unit)).order_by(Accreditation.runs_to, Accreditation.id)
    for found in session.scalars(rows.limit(MOST)):
        yield Waiting("accreditation", found.id, f"{found}, {found.unit}",
                      Finding("L'accreditamento finisce in questo giorno: per continuare si apre il rinnovo.",
                              source="R147"), Role.PROVIDER, found.runs_to)
