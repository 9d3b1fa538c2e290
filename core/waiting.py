"""What waits for whom: the questions behind the home page, asked for one principal, with the day as a parameter.

Deadlines with their terms come from the deadline engine; beside them stands what waits without a term.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from core.accreditation.model import Accreditation
from core.accreditation.states import LIVING, AccreditationState
from core.catalogue.model import OperationalSheet, Service
from core.contracts import rules
from core.contracts.model import Contract, ContractAct, ContractParty
from core.contracts.states import ContractState
from core.controls.model import Control
from core.controls.states import ControlState
from core.deadlines.model import Deadline
from core.deadlines.operations import OUTSIDE, falling_to
from core.deadlines.states import ALERTING
from core.disputes.model import Arbitration, Contestation
from core.disputes.states import ArbitrationState, ContestationState
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding, Level
from core.ground.outbox import OutboxMessage, given_up
from core.instalments.model import RequestRound
from core.instalments.states import RoundState
from core.parties.model import Membership, Municipality, Party, Signatory
from core.payments.model import StatementLine
from core.payments.states import LineState
from core.penalties import procedure
from core.penalties.model import DefaultNotice, Penalty
from core.penalties.states import NoticeState as DefaultState
from core.penalties.states import PenaltyState
from core.providers.model import OperatingNotice, Provider, ServiceUnit
from core.providers.states import NoticeState, UnitState
from core.register import operations as register
from core.register.choices import holding
from core.register.model import ProviderChoice, RegisterEntry
from core.register.open_data import state_and_since
from core.register.states import PublicState
from core.users.model import User

MOST = 50
SOON = timedelta(days=30)
MONITORED = "monitoring.began"
HOLIDAYS = timedelta(days=7)  # more than an end that falls on holidays is ever moved


@dataclass(frozen=True)
class Waiting:
    """One thing to do: the case it concerns (kind and key), the sentence, the role that must act, the day if any."""

    kind: str
    key: int
    case: str
    what: Finding
    role: Role
    due: date | None = None

    def days_left(self, today: date) -> int | None:
        """Days until it is due, negative when late; None without a day."""
        return None if self.due is None else (self.due - today).days


def waiting(session: ScopedSession, today: date) -> list[Waiting]:
    """What waits for the session's principal: the deadlines of their office first, then the rest; earliest day first.

    Things without a day come last.
    """
    who = session.principal
    found = _deadlines(session, today)
    if who.has(Role.MANAGEMENT, Role.AUDITOR, Role.SYSTEM):
        found += [*_drafts(session, today), *_without_signatory(session, today), *_without_cost(session)]
        found += [*_rounds(session, RoundState.PREPARED, Role.MANAGEMENT), *_to_merge(session)]
    if who.has(Role.ACCOUNTING, Role.AUDITOR, Role.SYSTEM):
        found += [*_rounds(session, RoundState.APPROVED, Role.ACCOUNTING), *_unmatched(session)]
    if who.has(Role.ADMINISTRATOR, Role.AUDITOR, Role.SYSTEM):
        found += [*_given_up(session), *_never_logged_in(session)]
    if who.has(Role.MUNICIPALITY):
        found += [*_disputes(session, today), *_own_drafts(session), *_providers_in_trouble(session, today)]
    if who.has(Role.ACCREDITATION, Role.AUDITOR, Role.SYSTEM):
        found += [*_to_publish(session, today), *_closed_and_accredited(session), *_changes_of_the_register(session)]
    if who.has(Role.ACCREDITATION, Role.AUDITOR, Role.SYSTEM):
        look = Finding("Esaminare la comunicazione: vale dal giorno dichiarato.", source="R50")
        found += _notices(session, NoticeState.RECEIVED, look, Role.ACCREDITATION)
    if who.has(Role.PROVIDER):
        mend = Finding("Completare la comunicazione: nel diario c'è che cosa manca.", source="R50")
        found += [*_notices(session, NoticeState.TO_COMPLETE, mend, Role.PROVIDER), *_to_open(session),
                  *_applications(session)]
    return sorted(found, key=lambda item: (item.kind != "deadline", item.due or date.max))


@dataclass(frozen=True)
class Figure:
    """A number at a glance, with what it counts."""

    kind: str
    value: int


def figures(session: ScopedSession, today: date) -> list[Figure]:
    """At most three numbers for the home page, each within what the principal sees."""
    drafts = select(func.count(Contract.id)).where(Contract.state == ContractState.DRAFT)
    members = select(func.count(Municipality.id)).where(Municipality.memberships.any(_holds(Membership, today)))
    return [
        Figure("drafts", session.scalar(drafts) or 0),
        Figure("members", session.scalar(members) or 0),
        Figure("services", session.scalar(select(func.count(Service.id))) or 0),
    ]


def registry_figures(session: ScopedSession) -> list[Figure]:
    """The same for the accreditation office: what the registry holds, and what is still to be looked through."""
    operating = select(func.count(ServiceUnit.id)).where(ServiceUnit.state == UnitState.OPERATING)
    received = select(func.count(OperatingNotice.id)).where(OperatingNotice.state == NoticeState.RECEIVED)
    return [
        Figure("providers", session.scalar(select(func.count(Provider.id))) or 0),
        Figure("units", session.scalar(operating) or 0),
        Figure("notices", session.scalar(received) or 0),
    ]


def _deadlines(session: ScopedSession, today: date) -> list[Waiting]:
    """What falls to one's own office within a month, and what was missed."""
    month = today + SOON
    # a term of a month counts from its first day, also where a holiday at its end moves it on
    soon = or_(Deadline.effective <= month, and_(Deadline.nominal <= month, Deadline.effective <= month + HOLIDAYS))
    query = select(Deadline).where(falling_to(session.principal), Deadline.state.in_(ALERTING), soon)
    own = [role for role in OUTSIDE if session.principal.has(role)]
    if own and not session.principal.sees_all:
        query = query.where(Deadline.owner_role.in_(own))  # who is outside reads the others too, and need not act
    at_the_case = session.principal.has(Role.PROVIDER) and not session.principal.sees_all
    rows = query.options(joinedload(Deadline.rule)).order_by(Deadline.effective, Deadline.id).limit(MOST)
    return [_deadline(row, today, at_the_case and row.owner_role == Role.PROVIDER) for row in session.scalars(rows)]


def _deadline(row: Deadline, today: date, at_the_case: bool) -> Waiting:
    """A deadline; a provider has no page of deadlines and goes to the case itself."""
    missed = row.effective < today
    words = "%(title)s: il termine è passato." if missed else "%(title)s."
    kind, key = (row.subject, row.subject_id) if at_the_case else ("deadline", row.id)
    if at_the_case and row.rule.event == MONITORED:
        kind, key = "monitoring", int(row.occurrence)  # each period is answered on a page of its own
    return Waiting(kind, key, row.case_title, Finding(words, {"title": row.rule.title}), Role(row.owner_role),
                   row.effective)


ROUNDS = {
    RoundState.PREPARED: "Le lettere sono pronte: leggerle e approvarle.",
    RoundState.APPROVED: "Le lettere sono approvate: inviarle e registrare l'invio.",
}


def _rounds(session: ScopedSession, state: RoundState, role: Role) -> Iterator[Waiting]:
    """Requests of instalments that wait for the next hand: prepared, approved, sent."""
    query = select(RequestRound).where(RequestRound.state == state).order_by(RequestRound.due, RequestRound.id)
    for found in session.scalars(query.limit(MOST)):
        yield Waiting("round", found.id, found.title, Finding(ROUNDS[state]), role, found.due)


def _unmatched(session: ScopedSession) -> Iterator[Waiting]:
    """Credits of the bank that no instalment has taken yet."""
    query = select(func.count(StatementLine.id)).where(StatementLine.state == LineState.OPEN)
    count = session.scalar(query) or 0
    if count:
        what = Finding("Da abbinare a una rata: %(count)s. Confermare le proposte o scegliere la rata.",
                       {"count": count})
        yield Waiting("credit", 0, "Accrediti in banca", what, Role.ACCOUNTING)


def _notices(session: ScopedSession, state: NoticeState, what: Finding, role: Role) -> Iterator[Waiting]:
    """Notices of operation that wait for the next hand; their day comes all the same (R146)."""
    query = select(OperatingNotice).join(ServiceUnit).where(OperatingNotice.state == state)
    load = joinedload(OperatingNotice.unit)
    rows = query.options(load).order_by(OperatingNotice.effective_from, OperatingNotice.id).limit(MOST)
    for found in session.scalars(rows):
        yield Waiting("operating_notice", found.id, f"{found}, {found.unit}", what, role, found.effective_from)


def _applications(session: ScopedSession) -> Iterator[Waiting]:
    """Applications that are still drafts; what has a term comes from the deadlines."""
    drafts = select(Accreditation).where(Accreditation.state == AccreditationState.DRAFT)
    rows = drafts.options(joinedload(Accreditation.unit)).order_by(Accreditation.id).limit(MOST)
    for found in session.scalars(rows):
        yield Waiting("accreditation", found.id, f"{found}, {found.unit}",
                      Finding("La domanda è una bozza: completarla e presentarla.", source="R147"), Role.PROVIDER)


def _to_open(session: ScopedSession) -> Iterator[Waiting]:
    """Units that are planned and have no notice yet."""
    planned = select(ServiceUnit.id, ServiceUnit.name).where(ServiceUnit.state == UnitState.PLANNED,
                                                             ~ServiceUnit.notices.any())
    for key, name in session.execute(planned.order_by(ServiceUnit.name).limit(MOST)):
        yield Waiting("service_unit", key, name, Finding("Prima di cominciare, comunicare l'avvio.", source="R146"),
                      Role.PROVIDER)


def _given_up(session: ScopedSession) -> Iterator[Waiting]:
    """Messages that every attempt failed to send: somebody must look why."""
    count = session.scalar(select(func.count(OutboxMessage.id)).where(given_up())) or 0
    if count:
        what = Finding("Dopo molti tentativi %(count)s messaggi non sono partiti: vedere perché e riprovare.",
                       {"count": count})
        yield Waiting("outbox", 0, "Posta in uscita", what, Role.ADMINISTRATOR)


def _drafts(session: ScopedSession, today: date) -> Iterator[Waiting]:
    query = select(Contract).where(Contract.state == ContractState.DRAFT).order_by(Contract.starts_on, Contract.id)
    parties = selectinload(Contract.parties)
    load = (
        parties.joinedload(ContractParty.party).selectinload(Party.accounts),
        parties.joinedload(ContractParty.signatory),
        selectinload(Contract.conferrals),
        selectinload(Contract.documents),
        selectinload(Contract.acts).joinedload(ContractAct.act),
    )
    for contract in session.scalars(query.options(*load).limit(MOST)).all():
        names = ", ".join(member.party.name for member in contract.municipality_parties)
        yield Waiting("contract", contract.id, f"{contract}, {names}", _next_step(contract, today), Role.MANAGEMENT,
                      _wanted_by(contract))


def _next_step(contract: Contract, today: date) -> Finding:
    errors = [finding for finding in rules.check(contract, today) if finding.level is Level.ERROR]
    if len(errors) == 1:
        return errors[0]
    if errors:
        return Finding("Prima del documento mancano %(count)s dati: aprire la bozza e completarli.",
                       {"count": len(errors)})
    if not contract.documents:
        return Finding("La bozza non ha ancora un documento: controllarla e generarlo.")
    return Finding("La bozza è pronta: rileggerla e mandarla al Comune.")


def _disputes(session: ScopedSession, today: date) -> Iterator[Waiting]:
    """Notices and penalties that wait for the municipality without a term: what has one is among the deadlines."""
    still = (DefaultState.DRAFT, DefaultState.DECIDED)
    notices = select(DefaultNotice).where(DefaultNotice.state.in_(still)).order_by(DefaultNotice.id).limit(MOST)
    turns: list[tuple[str, DefaultNotice | Penalty, procedure.Turn | None]] = [
        ("default_notice", row, procedure.turn(row, today)) for row in session.scalars(notices).all()]
    asked = and_(Penalty.requested_on.is_not(None), Penalty.request_received_on.is_(None))
    contested = Penalty.state == PenaltyState.CONTESTED
    penalties = select(Penalty).where(or_(asked, contested)).order_by(Penalty.id).limit(MOST)
    turns += [("penalty", row, procedure.turn_of_penalty(row)) for row in session.scalars(penalties).all()]
    for kind, row, turn in turns:
        told = isinstance(row, DefaultNotice) and not procedure.unpunished(row) and any(
            procedure.is_open(penalty) for penalty in row.penalties)  # by its penalty
        if turn is not None and turn.role is Role.MUNICIPALITY and not told:
            yield Waiting(kind, row.id, str(row), turn.what, turn.role, turn.due)


def _to_merge(session: ScopedSession) -> Iterator[Waiting]:
    """Amendments that are signed: the contract still says what it said before."""
    signed = select(Contract).where(Contract.amends_id.is_not(None), Contract.state == ContractState.SIGNED)
    for amendment in session.scalars(signed.order_by(Contract.id).limit(MOST)):
        yield Waiting("contract", amendment.id, str(amendment),
                      Finding("La modifica è firmata: recepirla nel contratto."), Role.MANAGEMENT)


def _own_drafts(session: ScopedSession) -> Iterator[Waiting]:
    query = select(Contract).where(Contract.state == ContractState.DRAFT)
    for contract in session.scalars(query.order_by(Contract.id).limit(MOST)).all():
        if contract.documents:
            yield Waiting("contract", contract.id, str(contract), Finding("Leggere la bozza del contratto."),
                          Role.MUNICIPALITY, _wanted_by(contract))


def _providers_in_trouble(session: ScopedSession, today: date) -> Iterator[Waiting]:
    """Units that a municipality chose and that are not accredited any more."""
    lost = or_(RegisterEntry.state != PublicState.ACCREDITED, RegisterEntry.valid_to < today)
    query = (select(ProviderChoice).join(RegisterEntry, RegisterEntry.id == ProviderChoice.entry_id)
             .where(holding(today), lost).options(joinedload(ProviderChoice.entry)).order_by(ProviderChoice.id))
    for choice in session.scalars(query.limit(MOST)):
        state, since = state_and_since(choice.entry, today)
        what = replace(TROUBLE[PublicState(state)], values={"since": f"{since:%d/%m/%Y}"})
        yield Waiting("provider_choice", choice.id, choice.entry.unit, what, Role.MUNICIPALITY)


TROUBLE = {
    PublicState.SUSPENDED: Finding("Il gestore scelto è sospeso dal %(since)s: verificare il contratto."),
    PublicState.REVOKED: Finding("L'accreditamento del gestore scelto è revocato dal %(since)s: scegliere un altro "
                                 "gestore."),
    PublicState.RENOUNCED: Finding("Il gestore scelto ha rinunciato all'accreditamento dal %(since)s: scegliere un "
                                   "altro gestore."),
    PublicState.EXPIRED: Finding("L'accreditamento del gestore scelto è scaduto dal %(since)s: verificare il "
                                 "contratto."),
}  # fmt: skip


def _closed_and_accredited(session: ScopedSession) -> Iterator[Waiting]:
    """Units that closed by a notice and are accredited all the same: somebody must end it, the register shows it."""
    closed = select(Accreditation).join(ServiceUnit, ServiceUnit.id == Accreditation.unit_id).where(
        Accreditation.state.in_(LIVING), ServiceUnit.state == UnitState.CLOSED)
    rows = closed.options(joinedload(Accreditation.unit)).order_by(Accreditation.id)
    for held in session.scalars(rows.limit(MOST)):
        yield Waiting("accreditation", held.id, f"{held}, {held.unit}",
                      Finding("L'unità ha chiuso e risulta ancora accreditata: registrare la rinuncia o la revoca.",
                              source="R147"), Role.ACCREDITATION)


def _to_publish(session: ScopedSession, today: date) -> Iterator[Waiting]:
    """Units that have decree and pact and are not in the register."""
    query = register.to_publish(today).options(joinedload(Accreditation.unit))
    for held in session.scalars(query.limit(MOST)):
        yield Waiting("publication", held.id, held.unit.name,
                      Finding("Accreditata, con il patto firmato: pubblicarla nell'albo."), Role.ACCREDITATION)


def _changes_of_the_register(session: ScopedSession) -> Iterator[Waiting]:
    """Published units whose live record says something else."""
    query = select(RegisterEntry.id, RegisterEntry.unit).where(RegisterEntry.id.in_(register.waiting_for_approval()))
    for key, name in session.execute(query.order_by(RegisterEntry.unit).limit(MOST)):
        yield Waiting("register", key, name, Finding("I dati sono cambiati e l'albo dice ancora quelli di prima: "
                                                     "approvare le modifiche."), Role.ACCREDITATION)


CONTROLS = {
    ControlState.ANSWERED: Finding("L'azienda ha risposto: leggere, poi chiudere o chiedere ancora."),
    ControlState.HELD: Finding("Il verbale c'è: resta da chiudere il controllo, o da contestare."),
}


def _answered_controls(session: ScopedSession) -> Iterator[Waiting]:
    """The municipality's own controls that wait for its word: a visit that is fixed waits for its day."""
    fixed = and_(Control.state == ControlState.ANSWERED, Control.planned_on.is_not(None))
    query = select(Control).where(Control.state.in_(CONTROLS), ~fixed).order_by(Control.id)
    for row in session.scalars(query.limit(MOST)):
        yield Waiting("control", row.id, f"{row}, {row.title}", CONTROLS[ControlState(row.state)],
                      Role.MUNICIPALITY)


def _to_answer(session: ScopedSession) -> Iterator[Waiting]:
    """What the azienda contests without a term for the answer; with one it stands among the deadlines."""
    query = select(Contestation).where(Contestation.state == ContestationState.FORMALISED,
                                       Contestation.answer_by.is_(None))
    for row in session.scalars(query.order_by(Contestation.id).limit(MOST)):
        yield Waiting("contestation", row.id, f"{row}, {row.title}",
                      Finding("L'azienda contesta un ritardo: leggere e rispondere."), Role.MUNICIPALITY)


def _arbitrations(session: ScopedSession) -> Iterator[Waiting]:
    """Arbitrations that wait for the consent of who asks, or for an arbitrator."""
    office = session.principal.sees_all
    agreed = Arbitration.azienda_agreed_on if office else Arbitration.municipality_agreed_on
    named = Arbitration.azienda_arbitrator if office else Arbitration.municipality_arbitrator
    consent = and_(Arbitration.state == ArbitrationState.PROPOSED, agreed.is_(None))
    seat = and_(Arbitration.state == ArbitrationState.AGREED, named == "")
    query = select(Arbitration).where(or_(consent, seat)).order_by(Arbitration.id)
    for row in session.scalars(query.limit(MOST)):
        proposed = row.state == ArbitrationState.PROPOSED
        what = (Finding("È proposto un arbitrato: accettare o abbandonare.") if proposed
                else Finding("L'arbitrato è concordato: nominare il proprio arbitro."))
        yield Waiting("arbitration", row.id, f"{row}, {row.title}", what,
                      Role.MANAGEMENT if office else Role.MUNICIPALITY)


def _wanted_by(contract: Contract) -> date | None:
    """When a draft should be a contract: when it starts. An amendment has no day, its contract runs meanwhile."""
    return None if contract.amends_id else contract.starts_on


def _without_signatory(session: ScopedSession, today: date) -> Iterator[Waiting]:
    members = Municipality.memberships.any(_holds(Membership, today))
    nobody = ~Party.signatories.any(_holds(Signatory, today))
    query = select(Municipality.id, Municipality.name).where(members, nobody).order_by(Municipality.name)
    for key, name in session.execute(query.limit(MOST)):
        yield Waiting("municipality", key, name, Finding("Manca chi firma: registrare il firmatario in carica."),
                      Role.MANAGEMENT)


def _without_cost(session: ScopedSession) -> Iterator[Waiting]:
    newer = aliased(OperationalSheet)
    replaced = select(newer.id).where(newer.code == OperationalSheet.code, newer.edition > OperationalSheet.edition)
    query = select(OperationalSheet.id, OperationalSheet.title).where(OperationalSheet.cost_to_user == "")
    query = query.where(~replaced.exists())
    for key, title in session.execute(query.order_by(OperationalSheet.title).limit(MOST)):
        what = Finding("La scheda non dice quanto costa il servizio agli utenti: completarla.", source="X11")
        yield Waiting("sheet", key, title, what, Role.MANAGEMENT)


def _never_logged_in(session: ScopedSession) -> Iterator[Waiting]:
    query = select(User.id, User.name).where(User.password.is_(None), User.active).order_by(User.name)
    for key, name in session.execute(query.limit(MOST)):
        yield Waiting("user", key, name, Finding("Non ha ancora scelto la password: consegnare il collegamento."),
                      Role.ADMINISTRATOR)


def _holds(period: type[Membership] | type[Signatory], day: date) -> ColumnElement[bool]:
    return and_(period.valid_from <= day, or_(period.valid_to.is_(None), period.valid_to >= day))
