"""What waits for a hand on the contracts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from core.contracts import amendments, rules
from core.contracts.coordinated import lacking
from core.contracts.final import is_prepared
from core.contracts.model import Contract, ContractAct, ContractParty
from core.contracts.operations import FINAL
from core.contracts.states import ContractState
from core.contracts.terms_model import InstalmentRule
from core.deadlines.kinds import awaited_by
from core.deadlines.model import EventKind
from core.deadlines.waiting import MOST, Waiting, figure_of, waits_for
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding, Level, Place
from core.parties.model import Party

ASKS_NO_MORE = (ContractState.CLOSED, ContractState.CANCELLED, ContractState.MERGED)


@awaited_by
def for_event(session: ScopedSession, kind: EventKind) -> list[str]:
    """The contracts with an instalment that waits for an event of the office's own, as long as they ask for something.
    """
    plans = select(InstalmentRule.terms_id).where(InstalmentRule.event == kind.code)
    mine = select(Contract).where(Contract.terms_id.in_(plans), Contract.state.not_in(ASKS_NO_MORE))
    return [str(contract) for contract in session.scalars(mine.order_by(Contract.id).limit(MOST))]


@waits_for(Role.MANAGEMENT)
def drafts(session: ScopedSession, today: date) -> Iterator[Waiting]:
    """Contracts to complete, to generate or to send, each with its next step."""
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
    return Finding("La bozza è pronta: rileggerla e mandarla all'altra parte.")


@waits_for(Role.MANAGEMENT)
def to_sign(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Contracts that all have approved: the text to sign is to be prepared and accepted, then the signature recorded.
    """
    query = select(Contract).where(Contract.state == ContractState.APPROVED).order_by(Contract.starts_on, Contract.id)
    load = (selectinload(Contract.parties).joinedload(ContractParty.party), selectinload(Contract.documents),
            selectinload(Contract.acts))
    for contract in session.scalars(query.options(*load).limit(MOST)).all():
        names = ", ".join(member.party.name for member in contract.municipality_parties)
        yield Waiting("contract", contract.id, f"{contract}, {names}", _to_sign(contract), Role.MANAGEMENT,
                      contract.effective_on if contract.amends_id else contract.starts_on)


def _to_sign(contract: Contract) -> Finding:
    if is_prepared(contract):
        return Finding("Il testo da firmare è pronto: si attende la firma, poi si registra.",
                       at=Place("contract.sign", contract.id))
    if contract.documents and contract.documents[-1].origin == FINAL:
        return Finding("Dopo il testo da firmare sono cambiati gli atti registrati: va riletto e accettato di nuovo.",
                       at=Place("contract.final", contract.id))
    return Finding("Approvato da tutti gli enti: si prepara il testo da firmare, e se ne accettano le differenze.",
                   at=Place("contract.final", contract.id))


@waits_for(Role.MANAGEMENT)
def to_merge(session: ScopedSession, today: date) -> Iterator[Waiting]:
    """Amendments that are signed and have effect: the night merges them, unless something stands in the way."""
    for key in amendments.merging(session, today)[:MOST]:
        amendment = session.require(Contract, key)
        refusal = amendments.obstacle(session, amendment)
        found = Finding("La modifica è firmata e ha effetto: entra nel contratto questa notte, o subito da qui.",
                        at=Place("contract.merge", key)) if refusal is None else Finding(
            "La modifica ha effetto e non entra da sola nel contratto. %(why)s",
            {"why": Finding(refusal.message, dict(refusal.values))}, at=Place("contract.merge", key))
        yield Waiting("contract", key, str(amendment), found, Role.MANAGEMENT)


@waits_for(Role.MANAGEMENT)
def to_coordinate(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Contracts whose coordinated text the office makes, because a hand has written in what was signed."""
    for contract in islice(lacking(session), MOST):
        yield Waiting("contract", contract.id, str(contract), Finding(
            "La modifica è recepita e il testo coordinato manca: quello firmato ha parole scritte a mano, e lo prepara "
            "l'ufficio.", at=Place("contract.coordinated", contract.id)), Role.MANAGEMENT)


@waits_for(Role.MUNICIPALITY)
def own_drafts(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Drafts that a municipality may read."""
    query = select(Contract).where(Contract.state == ContractState.DRAFT)
    for contract in session.scalars(query.order_by(Contract.id).limit(MOST)).all():
        if contract.documents:
            yield Waiting("contract", contract.id, str(contract), Finding("Leggere la bozza del contratto."),
                          Role.MUNICIPALITY, _wanted_by(contract))


def _wanted_by(contract: Contract) -> date | None:
    """When a draft should be a contract: when it starts. An amendment has no day, its contract runs meanwhile."""
    return None if contract.amends_id else contract.starts_on


@figure_of("drafts")
def count_drafts(session: ScopedSession, _today: date) -> int:
    """The contracts that are drafts."""
    drafts = select(func.count(Contract.id)).where(Contract.state == ContractState.DRAFT)
    return session.scalar(drafts) or 0
