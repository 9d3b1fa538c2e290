"""What waits for whom: the questions behind the home page, asked for one principal, with the day as a parameter.

Deadlines with their terms come from the deadline engine; here are the things that wait without a term yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased, selectinload

from core.access import Role, ScopedSession
from core.catalogue.model import OperationalSheet, Service
from core.contracts import rules
from core.contracts.model import Contract, ContractAct, ContractParty
from core.contracts.states import ContractState
from core.errors import Finding, Level
from core.parties.model import Membership, Municipality, Party, Signatory
from core.users.model import User

MOST = 50


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
    """What waits for the session's principal, the earliest day first; things without a day come last."""
    found: list[Waiting] = []
    who = session.principal
    if who.has(Role.MANAGEMENT, Role.AUDITOR, Role.SYSTEM):
        found += [*_drafts(session, today), *_without_signatory(session, today), *_without_cost(session)]
    if who.has(Role.ADMINISTRATOR, Role.AUDITOR, Role.SYSTEM):
        found += _never_logged_in(session)
    if who.has(Role.MUNICIPALITY):
        found += _own_drafts(session)
    return sorted(found, key=lambda item: (item.due or date.max))


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
                      contract.starts_on)


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


def _own_drafts(session: ScopedSession) -> Iterator[Waiting]:
    query = select(Contract).join(ContractParty).where(Contract.state == ContractState.DRAFT).distinct()
    for contract in session.scalars(query.order_by(Contract.id).limit(MOST)).all():
        if contract.documents:
            yield Waiting("contract", contract.id, str(contract), Finding("Leggere la bozza del contratto."),
                          Role.MUNICIPALITY, contract.starts_on)


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
