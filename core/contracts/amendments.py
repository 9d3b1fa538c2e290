"""Amendments (R62): a working copy that is edited and approved as any draft, then merged into the living contract."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import object_session

from core.cases.operations import add_note
from core.catalogue.model import Service
from core.contracts.compare import Difference, changes_to_merge, differences, field_of, service_key, snapshot
from core.contracts.conferring import end_conferral, leaving
from core.contracts.coordinated import by_hand, coordinate
from core.contracts.ending import leave
from core.contracts.family import amendments_of
from core.contracts.model import Conferral, Contract, ContractAct, ContractDocument, ContractParty, OwnClause
from core.contracts.passages import move
from core.contracts.proposal import require_exclusive
from core.contracts.rules import require_effective, signatory_on
from core.contracts.states import LIFE, ContractState
from core.deadlines.operations import follow
from core.ground.access import Role, ScopedSession
from core.ground.edits import touch
from core.ground.errors import Finding, Place, RuleBroken
from core.ground.exercises import exercises
from core.ground.numbering import next_number
from core.ground.required import require_text
from core.ground.walls import READ_ALL
from core.parties.model import Municipality
from core.plugins.loading import Registry

log = logging.getLogger("patto.contracts")
OFFICE = (Role.MANAGEMENT, Role.SYSTEM)
REASONS = {
    "new_services": "Affidamento di nuovi servizi",
    "needs": "Nuove esigenze di gestione",
    "goals": "Nuovi obiettivi",
}
AMENDABLE = (ContractState.SIGNED, ContractState.IN_FORCE, ContractState.EXTENDED)
OVER = (ContractState.MERGED, ContractState.CANCELLED)


def open_amendment(
    session: ScopedSession, contract_id: int, *, reason: str, text: str, effective_on: date, today: date
) -> Contract:
    """Make a working copy of a living contract, with its own number; it is edited and approved as a draft (R62).

    ``reason`` is a key of REASONS; ``effective_on`` is the first day of what changes: from it services count for the
    share. RuleBroken for a contract that is not signed or in force, an amendment itself, no reason in words, a day
    outside the contract, or while another amendment of it is open.
    """
    session.principal.require(*OFFICE)
    live = session.require(Contract, contract_id)
    session.refresh(live, with_for_update=True)  # of two who open one at once, the second sees the first
    _require_amendable(session, live)
    if reason not in REASONS:
        raise RuleBroken("Scegliere il motivo della modifica.", field="reason")
    require_text(text, "Descrivere la modifica: resta nel diario, che anche l'ente legge.", field="text")
    copy = _copy(session, live, today)
    copy.effective_on = effective_on
    require_effective(copy)
    session.add(copy)
    session.flush()
    why = f"{REASONS[reason]}, con effetto dal {effective_on:%d/%m/%Y}. {text.strip()}"
    add_note(session, "contract", live.id, text=f"Aperta la modifica n. {copy.code}. {why}", shared=True)
    add_note(session, "contract", copy.id, text=f"Modifica del contratto n. {live.code}. {why}", shared=True)
    return copy


def merge(session: ScopedSession, amendment_id: int, *, registry: Registry, today: date) -> Contract:
    """Bring a signed amendment into its contract, field by field, and make its coordinated text; gives the contract.

    Its services count from its day of effect. A municipality that confers nothing any more leaves; the others go on.
    Where a hand has edited a signed text the coordinated one waits for the office: see ``coordinated``.
    RuleBroken, naming the field, where the contract has changed too since the copy was made; for an amendment that is
    not signed, or has no effect yet; for a service that another contract has taken meanwhile (R84).
    """
    copy = session.require(Contract, amendment_id)
    if copy.amends_id is None:
        raise RuleBroken("Il contratto n. %(code)s non è una modifica: non c'è nulla da recepire.", code=copy.code)
    live = session.require(Contract, copy.amends_id)
    session.refresh(live, with_for_update=True)
    day = copy.effective_on or today
    if day > today:
        raise RuleBroken("La modifica n. %(code)s ha effetto dal %(day)s: si recepisce da quel giorno.",
                         code=copy.code, day=f"{day:%d/%m/%Y}")
    changes = _mergeable(live, copy)
    move(session, copy, "merge", on=today, today=today)
    before = snapshot(live)
    _apply(session, live, copy, changes, day)
    gone = _let_go(session, live, copy, day)
    if _touches_services(changes):
        require_exclusive(session, live)
    text = coordinate(session, live, registry=registry)
    told = _told(copy, day, gone, differences(before, snapshot(live)), text)
    for contract in (live, copy):
        add_note(session, "contract", contract.id, text=told, shared=True)
    follow(session, "contract", [live.id], today=today)
    return live


def merging(session: ScopedSession, today: date) -> Sequence[int]:
    """The amendments that the calendar merges: signed, and with effect by now."""
    due = select(Contract.id).where(Contract.amends_id.is_not(None), Contract.state == ContractState.SIGNED,
                                    func.coalesce(Contract.effective_on, today) <= today)
    return session.scalars(due.order_by(Contract.effective_on, Contract.id)).all()


def merge_due(session: ScopedSession, today: date, keys: Collection[int], *, registry: Registry) -> int:
    """Merge these amendments, whose day has come; how many were. One that meets an obstacle leaves no trace and stays
    signed: ``obstacle`` says why, to the office."""
    made = 0
    for key in keys:
        try:
            with session.begin_nested():
                merge(session, key, registry=registry, today=today)
        except RuleBroken as refusal:
            log.warning("amendment %s: %s", key, refusal)
        else:
            made += 1
    return made


def obstacle(session: ScopedSession, copy: Contract) -> RuleBroken | None:
    """Why a signed amendment cannot be merged, whatever the day; None for none that can be seen beforehand."""
    live = None if copy.amends_id is None else session.get(Contract, copy.amends_id)
    try:
        if live is not None:
            _mergeable(live, copy)
    except RuleBroken as refusal:
        return refusal
    return None


def before_and_after(copy: Contract) -> list[Difference]:
    """What an amendment changes of the contract as it was when the copy was made."""
    return differences(copy.base or {}, snapshot(copy))


def findings(contract: Contract, amendments: list[Contract], today: date) -> list[Finding]:
    """Reminders: an amendment of the services changes the share, now that it is open and in the year of its merge."""
    found, exercise = [], exercises(_session(contract)).of(today)
    if contract.amends_id is not None and contract.state not in OVER and _changes_services(contract):
        found.append(Finding(
            "La modifica aggiunge o toglie servizi: quando sarà recepita, la quota annuale cambia e il piano di "
            "riparto va rivisto.", where="services", source="R87"))
    if _session(contract).principal.has(*READ_ALL):  # an office may read a contract and not its texts
        found += [*_hand(contract), *_stopped(contract, today)]
    for amendment in amendments:
        day = _counts_from(amendment)
        if day is not None and exercise.touches(day, day) and _changes_services(amendment):
            found.append(Finding(
                "Dal %(day)s i servizi sono quelli della modifica n. %(code)s: verificare che la quota e il piano di "
                "riparto ne tengano conto.", {"day": f"{day:%d/%m/%Y}", "code": amendment.code},
                where="services", source="R87"))
    return found


def _hand(copy: Contract) -> list[Finding]:
    """The text of an amendment is made from the records too: it has none of the words that a hand has put into those
    that were signed."""
    live = None if copy.amends_id is None or copy.state != ContractState.DRAFT else _session(copy).get(
        Contract, copy.amends_id)
    if live is None or not by_hand(_session(copy), live):
        return []
    return [Finding("Il testo firmato del contratto n. %(code)s è stato scritto anche a mano: quello che si genera da "
                    "qui non ha quelle parole. Partire dal testo firmato, portarvi la modifica e caricarlo come file "
                    "ricevuto.", {"code": live.code}, where="documents", source="R62",
                    at=Place("contract", live.id))]


def _stopped(copy: Contract, today: date) -> list[Finding]:
    """Why a signed amendment that has effect is not in its contract."""
    if copy.amends_id is None or copy.state != ContractState.SIGNED or (copy.effective_on or today) > today:
        return []
    refusal = obstacle(_session(copy), copy)
    return [] if refusal is None else [Finding(refusal.message, dict(refusal.values), where="merge", source="R62")]


def _counts_from(amendment: Contract) -> date | None:
    """The day of effect of an amendment that is merged; None for another."""
    merged = LIFE.last(_session(amendment), amendment) if amendment.state == ContractState.MERGED else None
    return None if merged is None else amendment.effective_on or merged.on


# --- the copy ---------------------------------------------------------------------------------------------


def _require_amendable(session: ScopedSession, live: Contract) -> None:
    if live.amends_id is not None:
        raise RuleBroken("Una modifica non si modifica a sua volta: finché è in bozza si corregge, poi se ne apre "
                         "un'altra sul contratto.")
    if live.state not in AMENDABLE:
        raise RuleBroken("Il contratto n. %(code)s non è firmato o in vigore: una bozza si corregge, un contratto "
                         "finito si rinnova.", code=live.code)
    other = next((a for a in amendments_of(session, live) if a.state not in OVER), None)
    if other is not None:
        raise RuleBroken("Il contratto n. %(code)s ha già una modifica aperta, la n. %(other)s: concluderla o "
                         "annullarla prima di aprirne un'altra.", code=live.code, other=other.code)


def _copy(session: ScopedSession, live: Contract, today: date) -> Contract:
    year = live.starts_on.year
    copy = Contract(
        year=year, number=next_number(session, "contract", year), starts_on=live.starts_on, ends_on=live.runs_to,
        place=live.place, cig=live.cig, cup=live.cup, terms=live.terms, zone_plan=live.zone_plan,
        charter=live.charter, area_id=live.area_id, amends_id=live.id, base=snapshot(live),
    )
    for member in [member for member in live.parties if member.valid_to is None]:
        signs = signatory_on(member.party, max(today, live.starts_on))
        copy.parties.append(ContractParty(party=member.party, capacity=member.capacity, order=member.order,
                                          signatory=signs, pays_share=member.pays_share))
    copy.conferrals = [Conferral(municipality=c.municipality, service=c.service) for c in live.conferrals]
    copy.clauses = [OwnClause(order=c.order, title=c.title, text=c.text) for c in live.clauses]
    copy.acts = [ContractAct(act=link.act, role="attached") for link in live.acts if link.role == "attached"]
    return copy


# --- the merge --------------------------------------------------------------------------------------------


def _mergeable(live: Contract, copy: Contract) -> dict[str, Any]:
    """What the merge changes. RuleBroken for a contract that does not live any more, or has changed too."""
    if live.state not in AMENDABLE:
        raise RuleBroken("Il contratto n. %(code)s non è più in vigore: la modifica non si può recepire.",
                         code=live.code)
    return changes_to_merge(copy.base or {}, snapshot(live), snapshot(copy))


def _apply(session: ScopedSession, live: Contract, copy: Contract, changes: Mapping[str, Any], day: date) -> None:
    """Lay the changes on the contract; its days are not among them (see ``rules.require_terms``)."""
    for key, value in changes.items():
        field = field_of(key)
        if field == "service":
            _confer(session, live, key, bool(value), day)
        elif field != "clause":
            setattr(live, field, value)
    if any(field_of(key) == "clause" for key in changes):
        _merge_clauses(live, copy, changes)
    touch(session, live)
    session.refresh(live, ["terms", "zone_plan", "charter", "conferrals", "ended_conferrals"])


def _confer(session: ScopedSession, live: Contract, key: str, conferred: bool, day: date) -> None:
    """A service counts from the day of effect, or until the day before it; the share is made by these days."""
    municipality_id, service_id = (int(part) for part in key.split("/")[1:])
    held = next((c for c in live.conferrals if (c.municipality_id, c.service_id) == (municipality_id, service_id)),
                None)
    if conferred and held is None:
        live.conferrals.append(Conferral(municipality=session.require(Municipality, municipality_id),
                                         service=session.require(Service, service_id),
                                         valid_from=day if day > live.starts_on else None))
    elif not conferred and held is not None:
        end_conferral(live, held, day)


def _let_go(session: ScopedSession, live: Contract, copy: Contract, day: date) -> list[str]:
    """Let those leave who by the amendment confer nothing any more; gives their names."""
    gone = [member for member in live.remaining_parties if member.party_id in leaving(copy)]
    for member in gone:
        leave(session, live, member, day)
    return [member.party.name for member in gone]


def _merge_clauses(live: Contract, copy: Contract, changes: Mapping[str, Any]) -> None:
    """The clauses in the order of the copy, then those that the contract has got meanwhile."""
    texts = {key: fact for key, fact in snapshot(live).items() if field_of(key) == "clause"}
    of_copy = {key: fact for key, fact in snapshot(copy).items() if field_of(key) == "clause"}
    wanted = {key: of_copy[key] if key in changes else texts[key] for key in of_copy if key in changes or key in texts}
    wanted |= {key: fact for key, fact in texts.items() if key not in of_copy and key not in changes}
    live.clauses = [OwnClause(order=order, title=fact["of"], text=fact["value"])
                    for order, fact in enumerate(wanted.values())]


def _told(copy: Contract, day: date, gone: list[str], changed: list[Difference],
          made: ContractDocument | None) -> str:
    """What the merge did, for the two diaries."""
    services = [d for d in changed if d.field == "service"]
    text = f"Recepita la modifica n. {copy.code}, con effetto dal {day:%d/%m/%Y}: " + (
        f"fatto il testo coordinato, versione n. {made.version_number}." if made is not None else
        "quello firmato ha parole scritte a mano, e il testo coordinato non si fa dal modello. Lo carica l'ufficio.")
    if gone:
        text += f" Lasciano il contratto: {', '.join(gone)}; gli altri enti continuano."
    for word, kind in (("Aggiunti", "added"), ("Tolti", "removed")):
        if names := [f"{d.after or d.before} ({d.of})" for d in services if d.kind == kind]:
            text += f" {word}: {', '.join(names)}."
    return text + " La quota annuale cambia: rivedere il piano di riparto." if services else text


def _touches_services(changes: Mapping[str, Any]) -> bool:
    return any(field_of(key) == "service" for key in changes)


def _changes_services(copy: Contract) -> bool:
    before = {key for key in copy.base or {} if field_of(key) == "service"}
    return before != {service_key(given) for given in copy.conferrals}


def _session(contract: Contract) -> ScopedSession:
    session = object_session(contract)
    assert isinstance(session, ScopedSession)
    return session
