"""What waits for whom: the questions behind the home page, asked for one principal, with the day as a parameter.

Deadlines with their terms come from the deadline engine; beside them stands what waits without a term.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from core.access import Role, ScopedSession
from core.catalogue.model import OperationalSheet, Service
from core.contracts import rules
from core.contracts.model import Contract, ContractAct, ContractParty
from core.contracts.states import ContractState
from core.deadlines.model import Deadline
from core.deadlines.operations import falling_to
from core.deadlines.states import ALERTING
from core.errors import Finding, Level
from core.instalments.model import RequestRound
from core.instalments.states import RoundState
from core.outbox import OutboxMessage, given_up
from core.parties.model import Membership, Municipality, Party, Signatory
from core.payments.model import StatementLine
from core.payments.states import LineState
from core.users.model import User

MOST = 50
SOON = timedelta(days=30)


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
        found += _own_drafts(session)
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


def _deadlines(session: ScopedSession, today: date) -> list[Waiting]:
    """What falls to one's own office within a month, and what was missed."""
    soon = Deadline.effective <= today + SOON
    query = select(Deadline).where(falling_to(session.principal), Deadline.state.in_(ALERTING), soon)
    if session.principal.has(Role.MUNICIPALITY) and not session.principal.sees_all:
        query = query.where(Deadline.owner_role == Role.MUNICIPALITY)  # it reads the others too, and need not act
    rows = query.options(joinedload(Deadline.rule)).order_by(Deadline.effective, Deadline.id).limit(MOST)
    return [_deadline(row, today) for row in session.scalars(rows)]


def _deadline(row: Deadline, today: date) -> Waiting:
    missed = row.effective < today
    words = "%(title)s: il termine è passato." if missed else "%(title)s."
    return Waiting("deadline", row.id, row.case_title, Finding(words, {"title": row.rule.title}),
                   Role(row.owner_role), row.effective)


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
