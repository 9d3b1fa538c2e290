"""What makes and changes instalments: planning a year, keeping it up to date, extra projects, further advances."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, or_, select

from core.allocation.conferred import Year, known_of
from core.allocation.model import AllocationPlan
from core.allocation.operations import plan_reopens, shares_changed
from core.contracts.model import Contract
from core.deadlines.operations import follow
from core.ground.access import ScopedSession, as_system
from core.ground.clock import PatronDay, Roll, roll_forward
from core.ground.edits import at_version, take
from core.ground.errors import Place, RuleBroken, said_later
from core.ground.exercises import exercise_of, exercises
from core.ground.money import exact_cents
from core.ground.numbering import next_number
from core.ground.required import require_past, require_text
from core.ground.states import Proof
from core.instalments import planning
from core.instalments.model import Commitment, Instalment
from core.instalments.rules import DUE_SOON, State, state_of
from core.instalments.states import LIFE, OFFICE, VERBS
from core.parties.model import Act, Municipality, Party

COMMITMENT = frozenset({"municipality_id", "year", "number", "act", "cig", "amount"})


# --- the plan of a year -----------------------------------------------------------------------------------


def plan_year(session: ScopedSession, contract_id: int, year: int, *, today: date) -> list[Instalment]:
    """Write down the instalments of a year by the plan of the contract, for each municipality that confers (R88-R91).

    What is already there stays; what lacks a figure is planned without its amount (``planning.propose`` names it).
    RuleBroken for a contract not signed yet or not in force in that year, or if nothing is left to plan.
    """
    session.principal.require(*OFFICE)
    return _planned(session, _plan(session, session.require(Contract, contract_id), year), year, today)


def plan_all(session: ScopedSession, year: int, *, today: date) -> list[Instalment]:
    """Write down the instalments of a year of every contract in force (see ``plan_year``)."""
    session.principal.require(*OFFICE)
    known = known_of(session, year)
    made = [row for contract in planning.contracts_in_force(session, year)
            for row in _plan(session, contract, year, known)]
    return _planned(session, made, year, today)


def _planned(session: ScopedSession, made: list[Instalment], year: int, today: date) -> list[Instalment]:
    if not made:
        raise RuleBroken("Per il %(year)s non resta nulla da prevedere: le rate ci sono già tutte, o manca chi "
                         "conferisce servizi.", field="year", year=exercises(session).name(year))
    follow(session, "instalment", [row.id for row in made], today=today)
    refresh(session, year, today=today)  # a balance that was there already counts what has been added
    return made


def _plan(session: ScopedSession, contract: Contract, year: int, known: Year | None = None) -> list[Instalment]:
    # two who plan the same municipality wait for each other here: each would not see the other's rows
    members = [member.party_id for member in contract.municipality_parties]
    one_at_a_time = select(Party.id).where(Party.id.in_(members)).order_by(Party.id).with_for_update(key_share=True)
    as_system(session, one_at_a_time, reason="piano delle rate dell'anno")
    made = [_written(session, contract, row, year) for row in planning.propose(session, contract, year, known).rows]
    session.add_all(made)
    session.flush()
    return made


def _written(session: ScopedSession, contract: Contract, row: planning.Proposed, year: int) -> Instalment:
    return Instalment(
        year=year,
        number=next_number(session, "instalment", year),
        contract=contract,
        municipality=row.municipality,
        rule_id=row.rule.id,
        kind=row.rule.kind,
        title=row.rule.title,
        percent=row.rule.percent_for(row.municipality.id),
        event=row.rule.event,
        **row.figures(contract.starts_on),
    )


def refresh(session: ScopedSession, year: int, *, today: date) -> None:
    """Bring the planned instalments of a year up to its shares, and what was asked to the day.

    The next year's too: its advances may be computed on this one. What was asked, or stands in a round of requests,
    keeps its figures.
    """
    _lay(session, [*planning.recomputed(session, year), *planning.recomputed(session, year + 1)], today)
    turn(session, today, turning(session, today, year))


def planned(session: ScopedSession, _today: date) -> list[tuple[int, int]]:
    """Year and municipality of what is still planned: whatever changes its figures, a night looks at it again."""
    pending = select(Instalment.year, Instalment.municipality_id).where(Instalment.state == State.PLANNED).distinct()
    return sorted((year, key) for year, key in session.execute(pending))


def recompute(session: ScopedSession, today: date, keys: Collection[tuple[int, int]]) -> None:
    """Bring the planned instalments of these years and municipalities up to what they are computed on."""
    of_year: dict[int, set[int]] = {}
    for year, key in keys:
        of_year.setdefault(year, set()).add(key)
    fresh = [found for year, ids in of_year.items() for found in planning.recomputed(session, year, ids)]
    _lay(session, fresh, today)


def _lay(session: ScopedSession, fresh: Iterable[tuple[Instalment, Mapping[str, Any]]], today: date) -> None:
    """Lay the figures on their rows; the deadlines of those that had others follow."""
    changed = [row.id for row, facts in fresh if _take(row, facts)]
    session.flush()
    if changed:
        follow(session, "instalment", changed, today=today)


def turning(session: ScopedSession, today: date, year: int | None = None) -> Sequence[int]:
    """What was asked and falls due, or becomes overdue, by ``today``: of a year, or of all."""
    late = select(Instalment.id).where(or_(
        (Instalment.state == State.REQUESTED) & (Instalment.effective <= today + DUE_SOON),
        Instalment.state.in_((State.DUE, State.PART_PAID)) & (Instalment.effective < today),
    ))
    rows = late if year is None else late.where(Instalment.year == year)
    return session.scalars(rows.order_by(Instalment.id)).all()


def turn(session: ScopedSession, today: date, keys: Collection[int]) -> None:
    """What was asked falls due, then becomes overdue, as the days go by: these instalments."""
    for row in session.scalars(select(Instalment).where(Instalment.id.in_(keys)).order_by(Instalment.id)).all():
        restate(session, row, today=today)


def restate(session: ScopedSession, row: Instalment, *, today: date, settled_on: date | None = None) -> None:
    """Move what was asked to the state that its facts give it, with a passage in its diary.

    ``settled_on`` is the day on which the money arrived, if that is what moves it.
    """
    wanted = state_of(row.amount, row.paid, row.requested_on, row.effective, today)
    if wanted is State(row.state):
        return
    verb = "use_up" if State(row.state) is State.CREDITED else VERBS[wanted]
    LIFE.move(session, row, verb, on=turned_on(row, wanted, today))
    row.settled_on = (settled_on or today) if wanted is State.PAID else None


def turned_on(row: Instalment, state: State, today: date) -> date:
    """The day from which a state holds: what the days bring has its day, whenever it is noticed."""
    if row.effective is None or row.requested_on is None:
        return today
    if state is State.OVERDUE:
        return max(row.effective + timedelta(days=1), row.requested_on)
    return max(row.effective - DUE_SOON, row.requested_on) if state is State.DUE else today


def _take(row: Instalment, facts: Mapping[str, Any]) -> bool:
    """Lay the figures on a row; True if one was another."""
    changed = {name: value for name, value in facts.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


# --- the shares that it is read from ----------------------------------------------------------------------


@shares_changed
def _follow_shares(session: ScopedSession, year: int, today: date) -> None:
    refresh(session, year, today=today)


@plan_reopens
def _require_unasked(session: ScopedSession, plan: AllocationPlan, kind: str | None) -> None:
    """RuleBroken if an instalment was, or is being, asked on the shares of a plan: of its year, or of the next.

    Of a plan that corrects another only the corrections were asked, and what the next year asked since.
    """
    if kind is None:
        return
    of_year = and_(Instalment.year == plan.year, Instalment.base_kind == kind)
    of_next = and_(Instalment.year == plan.year + 1, Instalment.base_kind == "previous")
    if plan.corrects_id is not None:
        of_year = and_(of_year, Instalment.kind == "correction", Instalment.act_id == plan.act_id)
        of_next = and_(of_next, Instalment.requested_on >= plan.approved_on)
    fixed = or_(Instalment.requested_on.is_not(None), Instalment.round_id.is_not(None),
                Instalment.invoice_number.is_not(None))
    asked = select(Instalment).where(fixed, or_(of_year, of_next))
    instalment = session.scalars(asked.order_by(Instalment.requested_on.is_(None), Instalment.id)).first()
    if instalment is None:
        return
    if instalment.requested_on is None and instalment.round_id is None:
        raise RuleBroken("Su queste quote è già fatturata la rata n. %(code)s: togliere prima la fattura, se è "
                         "sbagliata, poi riaprire il piano.", code=instalment.code).mended(
            Place("instalment.invoice", instalment.id))
    if instalment.requested_on is None:
        raise RuleBroken("Su queste quote è preparata la richiesta della rata n. %(code)s: sciogliere prima la "
                         "richiesta, poi riaprire il piano.", code=instalment.code).mended(
            Place("request_round", instalment.round_id or 0))
    raise RuleBroken("Su queste quote è già stata chiesta la rata n. %(code)s: il piano non si riapre. Se le "
                     "quote definitive sono sbagliate si corregge il riparto e nasce una rettifica; per quelle di "
                     "previsione provvede il saldo.", code=instalment.code).mended(Place("instalment", instalment.id))


# --- beyond the plan --------------------------------------------------------------------------------------


def add_extra_project(
    session: ScopedSession,
    contract_id: int,
    municipality_id: int,
    *,
    year: int,
    title: str,
    amount: Decimal,
    act_id: int | None,
    checked_on: date | None,
    today: date,
) -> Instalment:
    """An extraordinary project, commissioned by an act and paid by the month that the contract says (R92).

    It is asked for once it has been checked. RuleBroken without title or act, for an amount that is not positive,
    or a check in the future or after the term of the year.
    """
    contract, municipality = _beyond(session, contract_id, municipality_id, year)
    nominal = exercises(session).named(year).end_of_month(contract.terms.extra_projects_month)
    row = _asked_beyond(session, contract, municipality, "extra_project", title, amount, year, nominal)
    row.act = _act(session, row, act_id, said_later("Indicare l'atto con cui il progetto è stato commissionato."))
    if checked_on is not None:
        _check(row, checked_on, today)
    return _added(session, row, today)


def check_project(
    session: ScopedSession, instalment_id: int, *, checked_on: date, version: int, today: date
) -> Instalment:
    """Record that a commissioned project was checked: from now on it may be asked for (R92)."""
    session.principal.require(*OFFICE)
    row = at_version(session.require(Instalment, instalment_id), version)
    if row.kind != "extra_project" or row.state != State.PLANNED:
        raise RuleBroken("Si verifica un progetto straordinario che non è ancora stato chiesto.")
    _check(row, checked_on, today)
    return row


def add_further_advance(
    session: ScopedSession,
    contract_id: int,
    municipality_id: int,
    *,
    year: int,
    title: str,
    amount: Decimal,
    reason: str,
    act_id: int | None,
    due: date,
    today: date,
) -> Instalment:
    """A further advance on the share, with its reasons and the approval of the Assembly (R93); the balance takes it.

    RuleBroken without reasons, without an act of the Assembly, or for a due date before the year or in the past.
    """
    contract, municipality = _beyond(session, contract_id, municipality_id, year)
    exercise = exercises(session).named(year)
    if due < exercise.starts_on or due < today:
        raise RuleBroken("La scadenza %(due)s viene prima dell'anno %(year)s o è già passata: correggerla.",
                         field="due", due=f"{due:%d/%m/%Y}", year=exercise)
    require_text(reason, "Indicare le ragioni: il contratto chiede che la richiesta sia motivata.", field="reason")
    row = _asked_beyond(session, contract, municipality, "further_advance", title, amount, year, due)
    row.reason = reason.strip()
    row.act = _act(session, row, act_id,
                   said_later("Indicare la deliberazione con cui l'Assemblea l'ha approvata."))
    if row.act.body_kind != "assembly":
        raise RuleBroken("Un'ulteriore anticipazione è approvata dall'Assemblea: scegliere una sua "
                         "deliberazione.", field="act_id")
    added = _added(session, row, today)
    refresh(session, year, today=today)  # the balance, if it is known, is less by as much
    return added


def _beyond(session: ScopedSession, contract_id: int, municipality_id: int, year: int) -> tuple[Contract, Municipality]:
    session.principal.require(*OFFICE)
    contract = session.require(Contract, contract_id)
    planning.require_in_force(session, contract, year)
    if municipality_id not in {member.party_id for member in contract.municipality_parties}:
        raise RuleBroken("L'ente non è parte del contratto n. %(code)s.", field="municipality_id",
                         code=contract.code)
    return contract, session.require(Municipality, municipality_id)


def _asked_beyond(
    session: ScopedSession, contract: Contract, municipality: Municipality, kind: str, title: str, amount: Decimal,
    year: int, nominal: date,
) -> Instalment:
    require_text(title, "Indicare un titolo: è il nome con cui la rata sarà chiesta.", field="title")
    if exact_cents(amount, field="amount") <= 0:
        raise RuleBroken("L'importo deve essere maggiore di zero.", field="amount")
    roll, patron = Roll(contract.terms.roll_policy), PatronDay.parse(municipality.patron_day)
    return Instalment(
        year=year, number=next_number(session, "instalment", year), contract=contract, municipality=municipality,
        kind=kind, title=title.strip(), amount=amount, nominal=nominal, effective=roll_forward(nominal, roll, patron),
    )


def _added(session: ScopedSession, row: Instalment, today: date) -> Instalment:
    session.add(row)
    session.flush()
    follow(session, "instalment", [row.id], today=today)
    return row


def _act(session: ScopedSession, row: Instalment, act_id: int | None, lacks: str) -> Act:
    if act_id is None:
        raise RuleBroken(lacks, field="act_id")
    act = session.require(Act, act_id)
    azienda = {member.party_id for member in row.contract.parties if member.capacity == "azienda"}
    if act.party_id not in {row.municipality.id, *azienda}:
        raise RuleBroken("L'atto è di un altro ente: scegliere un atto di chi paga o dell'azienda.", field="act_id")
    if not act.number or act.date is None:
        raise RuleBroken("L'atto non ha ancora numero e data: completarlo tra gli atti, poi indicarlo qui.",
                         field="act_id").mended(Place("act.edit", act.id, "number"))
    return act


def _check(row: Instalment, checked_on: date, today: date) -> None:
    require_past(checked_on, today, field="checked_on")
    if row.nominal is not None and checked_on > row.nominal:
        raise RuleBroken("I progetti straordinari del %(year)s si verificano e si pagano entro il %(due)s: una "
                         "verifica successiva riguarda l'anno dopo.", field="checked_on", year=exercise_of(row),
                         due=f"{row.nominal:%d/%m/%Y}")
    if row.act is not None and row.act.date is not None and checked_on < row.act.date:
        raise RuleBroken("La verifica viene prima dell'atto che ha commissionato il progetto: correggere la data.",
                         field="checked_on")
    row.checked_on = checked_on


# --- corrections ------------------------------------------------------------------------------------------


def cancel(session: ScopedSession, instalment_id: int, *, why: str, version: int, today: date) -> None:
    """Cancel an instalment that was planned by mistake; its number stays taken, the balance takes its amount.

    RuleBroken once it was asked for.
    """
    row = at_version(session.require(Instalment, instalment_id), version)
    if row.round_id is not None:
        raise RuleBroken("La rata è in una richiesta già preparata: sciogliere prima quella.").mended(
            Place("request_round", row.round_id))
    LIFE.move(session, row, "cancel", on=today, proof=Proof(why=why))
    session.flush()
    refresh(session, row.year, today=today)  # the balance takes what is asked no more
    follow(session, "instalment", [row.id], today=today)


def take_back(session: ScopedSession, instalment_id: int, *, why: str, version: int, today: date) -> None:
    """Undo a request that was sent by mistake: the instalment is planned again, and every passage stays in the diary.

    RuleBroken without a reason, or while a payment settles it.
    """
    row = at_version(session.require(Instalment, instalment_id), version)
    if row.paid:
        raise RuleBroken("La rata n. %(code)s ha già dei pagamenti: stornarli prima di ritirare la richiesta.",
                         code=row.code).mended(Place("instalment", row.id))
    if (following := corrected_by(session, row)) is not None:
        raise RuleBroken("La rata n. %(code)s è corretta dalla rata n. %(other)s: annullare prima la rettifica.",
                         code=row.code, other=following.code).mended(Place("instalment", following.id))
    if row.requested_on is None:
        raise RuleBroken("La rata n. %(code)s non è stata chiesta: non c'è nulla da ritirare.", code=row.code)
    while row.state != State.PLANNED:
        LIFE.undo(session, row, on=today, why=why)
    row.requested_on = row.settled_on = row.round_id = row.document_id = None
    session.flush()
    refresh(session, row.year, today=today)
    follow(session, "instalment", [row.id], today=today)


def corrected_by(session: ScopedSession, row: Instalment) -> Instalment | None:
    """The correction that replaces the request of an instalment, None if there is none."""
    mine = select(Instalment).where(Instalment.corrects_id == row.id, Instalment.state != State.CANCELLED)
    return session.scalars(mine.order_by(Instalment.id)).first()


def lock(session: ScopedSession, ids: Collection[int]) -> dict[int, Instalment]:
    """The instalments as they are now, held until the transaction ends: whoever pays them too waits.

    NotVisible in effect: one that is not there, or not yours, is missing from the answer.
    """
    session.flush()
    rows = select(Instalment).where(Instalment.id.in_(ids)).order_by(Instalment.id).with_for_update()
    return {row.id: row for row in session.scalars(rows, execution_options={"populate_existing": True})}


# --- commitments ------------------------------------------------------------------------------------------


def add_commitment(session: ScopedSession, facts: Mapping[str, Any]) -> Commitment:
    """Record what a municipality has committed for a year: number, act, CIG, amount in euros."""
    session.principal.require(*OFFICE)
    commitment = _sound(session, take(Commitment(), facts, COMMITMENT))
    session.add(commitment)
    return commitment


def edit_commitment(
    session: ScopedSession, commitment_id: int, facts: Mapping[str, Any], *, version: int
) -> Commitment:
    """Correct or complete a commitment. RuleBroken for a stale form."""
    session.principal.require(*OFFICE)
    return _sound(session, take(at_version(session.require(Commitment, commitment_id), version), facts, COMMITMENT))


def _sound(session: ScopedSession, commitment: Commitment) -> Commitment:
    session.require(Municipality, commitment.municipality_id)
    commitment.number = commitment.number.strip()
    if not commitment.number:
        raise RuleBroken("Indicare il numero dell'impegno.", field="number")
    if not 2000 <= commitment.year <= 2100:
        raise RuleBroken("Indicare l'anno con quattro cifre, per esempio 2026.", field="year")
    if commitment.amount is not None and exact_cents(commitment.amount, field="amount") < 0:
        raise RuleBroken("L'importo impegnato non può essere negativo.", field="amount")
    if commitment.cig and len(commitment.cig.strip()) != 10:
        raise RuleBroken("Il CIG ha dieci caratteri: ricopiarlo dall'atto.", field="cig")
    with session.no_autoflush:
        same = select(Commitment.id).where(
            Commitment.municipality_id == commitment.municipality_id, Commitment.year == commitment.year,
            Commitment.number == commitment.number)
        others = [key for key in session.scalars(same) if key != commitment.id]
    if others:
        raise RuleBroken("L'impegno n. %(number)s del %(year)s è già registrato per questo ente.", field="number",
                         number=commitment.number, year=commitment.year)
    return commitment
