"""What changes deadlines: following the facts, a person's word on a term, the rules. None of these commits."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select, true
from sqlalchemy.orm import selectinload

from core.deadlines import facts, rules
from core.deadlines.kinds import BY_YEAR, CODE, kind_called
from core.deadlines.model import Alert, Deadline, DeadlineChange, DeadlineRule
from core.deadlines.rules import MOST_DAYS, Case, WantedDeadline
from core.deadlines.standard import events_of, fixed_events
from core.deadlines.states import LIFE, PENDING, ChangeKind, DeadlineState
from core.ground import clock, outbox
from core.ground.access import Principal, Role, ScopedSession
from core.ground.edits import at_version
from core.ground.errors import NotAllowed, RuleBroken
from core.ground.required import require_past, require_text
from core.ground.states import Proof
from core.ground.walls import reads

FOLLOW = "deadlines.follow"
CHUNK = 500
NOTED = "deadlines to follow together"
# every act follows: what it asks each time is put together once
RULES = select(DeadlineRule).where(DeadlineRule.subject == bindparam("of"))


# --- following the facts ----------------------------------------------------------------------------------


@contextmanager
def following_together(session: ScopedSession, *, today: date) -> Iterator[dict[str, set[int]]]:
    """Within, ``follow`` notes its cases only, by subject; they are followed together at the end.

    For many operations at once.
    """
    noted: dict[str, set[int]] = defaultdict(set)
    session.info[NOTED] = noted
    try:
        yield noted
    finally:
        del session.info[NOTED]
    for subject, ids in noted.items():
        follow(session, subject, ids, today=today)


def follow(session: ScopedSession, subject: str, ids: Collection[int] | None, *, today: date) -> None:
    """Make the deadlines of these cases (None: all living ones) what the facts and the rules say today.

    Run twice it changes nothing. Every operation that changes facts of a case calls it at its end. What a municipality
    changes is followed by the worker, because a municipality does not see the office's own deadlines; so is what an
    office changes in a case of which it does not read the passages.
    """
    if ids is not None and NOTED in session.info:
        session.info[NOTED][subject].update(ids)
        return
    who = session.principal
    if ids is not None and not (who.writes_all and reads(who, subject)):
        wanted = {"subject": subject, "ids": sorted(ids)}
        outbox.post(session, FOLLOW, wanted, key=f"{FOLLOW} {secrets.token_hex(12)}")
        return
    session.flush()
    everything = facts.living_ids(session, subject, today) if ids is None else sorted(ids)
    rules_here = session.scalars(RULES, {"of": subject}).all()
    for start in range(0, len(everything), CHUNK):
        keys = everything[start : start + CHUNK]
        _reconcile(session, rules_here, facts.cases(session, subject, keys, today), today)


@cache
def _held_locked() -> Select[Deadline]:
    """The deadlines of some cases, locked, as they are in the database."""
    mine = Deadline.subject == bindparam("of"), Deadline.subject_id.in_(bindparam("ids", expanding=True))
    load = selectinload(Deadline.changes), selectinload(Deadline.alerts)
    locked = select(Deadline).where(*mine).options(*load).order_by(Deadline.id).with_for_update(of=Deadline)
    return locked.execution_options(populate_existing=True)


def _reconcile(
    session: ScopedSession, rules_here: Sequence[DeadlineRule], cases: Sequence[Case], today: date
) -> None:
    """The deadlines of ``cases``, all of one subject, brought to what they must be."""
    if not cases:
        return
    held: dict[int, list[Deadline]] = defaultdict(list)
    mine = {"of": cases[0].subject, "ids": [case.subject_id for case in cases]}
    for deadline in session.scalars(_held_locked(), mine):
        held[deadline.subject_id].append(deadline)
    by_id = {rule.id: rule for rule in rules_here}
    for case in cases:
        _reconcile_case(session, by_id, case, held[case.subject_id], today)
    session.flush()


def _reconcile_case(
    session: ScopedSession, by_id: Mapping[int, DeadlineRule], case: Case, held: Iterable[Deadline], today: date
) -> None:
    here = {(deadline.rule_id, deadline.occurrence): deadline for deadline in held}
    changes = {key: deadline.changes for key, deadline in here.items()}
    for wanted in rules.expected(by_id.values(), case, changes, today):
        rule = by_id[wanted.rule_id]
        deadline = here.pop((wanted.rule_id, wanted.occurrence), None)
        if deadline is None:
            if wanted.state not in PENDING:
                continue  # what is settled before it was ever pending asks nothing of anybody
            deadline = Deadline(rule=rule, subject=case.subject, subject_id=case.subject_id,
                                occurrence=wanted.occurrence)
            session.add(deadline)
        _become(deadline, rule, case, wanted)
        _set_alerts(session, deadline, rule)
    for deadline in here.values():  # nothing asks for these any more; what was done stays done
        if deadline.state in PENDING:
            deadline.state, deadline.settled_on = DeadlineState.CANCELLED, today


def _become(deadline: Deadline, rule: DeadlineRule, case: Case, wanted: WantedDeadline) -> None:
    deadline.case_title = case.called(wanted.occurrence)
    deadline.owner_role, deadline.shared = rule.owner_role, rule.shared
    deadline.started_on = wanted.started_on
    deadline.nominal, deadline.effective = wanted.nominal, wanted.effective
    deadline.state, deadline.settled_on = wanted.state, wanted.settled_on


def _set_alerts(session: ScopedSession, deadline: Deadline, rule: DeadlineRule) -> None:
    """Alerts not yet fired move with the date; fired ones stay, and are never made again for the same date."""
    days = rules.alert_days(rule.alert_days) if deadline.state in PENDING else ()
    missing = dict(rules.alerts(days, deadline.effective))
    for alert in list(deadline.alerts):
        if alert.for_date == deadline.effective and alert.days_before in missing:
            del missing[alert.days_before]
        elif alert.fired_at is None:
            deadline.alerts.remove(alert)
            if alert.id is not None:
                session.delete(alert)
    for before, due_on in missing.items():
        deadline.alerts.append(Alert(days_before=before, for_date=deadline.effective, due_on=due_on))


# --- whose they are ---------------------------------------------------------------------------------------

OUTSIDE = (Role.MUNICIPALITY, Role.PROVIDER)
OWNERS = (Role.MANAGEMENT, Role.ACCOUNTING, Role.ACCREDITATION, *OUTSIDE)
# a provider may have nobody here, and what it owes is owed to this office
FOLLOWED_BY = {Role.PROVIDER: Role.ACCREDITATION}


def falling_to(who: Principal) -> ColumnElement[bool]:
    """The deadlines that concern ``who``: those of their office, and of those outside whom it follows.

    A municipality and a provider: their own, which the scope leaves them. Who only reads is shown the management's.
    """
    return Deadline.owner_role.in_(owners_for(who)) if who.sees_all else true()


def owners_for(who: Principal) -> list[Role]:
    """Whose deadlines ``who`` acts on or follows; who is outside reads the others too, and need not act."""
    if not who.sees_all:
        return [role for role in OUTSIDE if who.has(role)]
    return [role for role in OWNERS if who.has(role, FOLLOWED_BY.get(role, role))] or [Role.MANAGEMENT]


# --- a person's word --------------------------------------------------------------------------------------


def require_own(deadline: Deadline, who: Principal) -> None:
    """NotAllowed unless ``who`` may act on a deadline: the management on any, the other offices on their own."""
    if not _is_own(deadline, who):
        raise NotAllowed("Su questa scadenza agisce soltanto l'ufficio a cui tocca, o la direzione.")


def _is_own(deadline: Deadline, who: Principal) -> bool:
    return who.has(Role.MANAGEMENT, Role.SYSTEM) or (who.writes_all and who.has(Role(deadline.owner_role)))


def possible(deadline: Deadline, who: Principal) -> Iterator[ChangeKind]:
    """What ``who`` may say of a deadline now: the buttons of its page."""
    if not _is_own(deadline, who):
        return
    for passage in LIFE.possible(deadline.state, who):
        kind = ChangeKind(passage.action)
        if kind is not ChangeKind.REOPENED or rules.word(deadline.changes).met_on is not None:
            yield kind


def suspend(session: ScopedSession, deadline_id: int, *, on: date, why: str, today: date) -> Deadline:
    """Stop the clock of a term on a day, which has run, with the reason.

    RuleBroken for a day in the future, before the term began, or after it had ended.
    """
    return _say(session, deadline_id, ChangeKind.SUSPENDED, on=on, why=why, today=today)


def resume(session: ScopedSession, deadline_id: int, *, on: date, why: str, today: date) -> Deadline:
    """Start the clock again, as it began: the day itself is not counted (art. 2963 c.c.), and the days since it stopped
    are added to the term. RuleBroken as for ``suspend``."""
    return _say(session, deadline_id, ChangeKind.RESUMED, on=on, why=why, today=today)


def extend(session: ScopedSession, deadline_id: int, *, on: date, days: int, why: str, today: date) -> Deadline:
    """Give ``days`` more, decided on a day, with the reason. RuleBroken for no days or too many."""
    if not 1 <= days <= MOST_DAYS:
        raise RuleBroken("Indicare di quanti giorni si proroga il termine: da 1 a %(most)s.", field="days",
                         most=MOST_DAYS)
    return _say(session, deadline_id, ChangeKind.EXTENDED, on=on, days=days, why=why, today=today)


def recount(session: ScopedSession, deadline_id: int, *, days: int, why: str, today: date) -> Deadline:
    """Give or take ``days`` (negative: fewer) where those of a suspension were counted from a day that was wrong."""
    return _say(session, deadline_id, ChangeKind.EXTENDED, on=today, days=days, why=why, today=today)


def settle(session: ScopedSession, deadline_id: int, *, on: date, why: str, today: date) -> Deadline:
    """Record that what was expected has been done, where the program cannot see it by itself (a rent paid)."""
    return _say(session, deadline_id, ChangeKind.MET, on=on, why=why, today=today)


def reopen(session: ScopedSession, deadline_id: int, *, on: date, why: str, today: date) -> Deadline:
    """Take back ``settle``: both stay in the history of the deadline."""
    return _say(session, deadline_id, ChangeKind.REOPENED, on=on, why=why, today=today)


def _say(
    session: ScopedSession, deadline_id: int, kind: ChangeKind, *, on: date, why: str, today: date, days: int = 0
) -> Deadline:
    deadline = session.require(Deadline, deadline_id)
    require_own(deadline, session.principal)
    passage = next((p for p in LIFE.possible(deadline.state, session.principal) if p.action == kind), None)
    if passage is None or kind not in possible(deadline, session.principal):
        raise RuleBroken("Nello stato attuale della scadenza questo non è previsto: ricaricare la pagina.")
    Proof(why=why).require(passage.needs)
    _require_day(deadline, kind, on, today)
    change = DeadlineChange(kind=kind, on=on, days=days, why=why.strip(), actor=session.principal.name, at=clock.now())
    deadline.changes.append(change)
    session.flush()
    follow(session, deadline.subject, [deadline.subject_id], today=today)
    return deadline


def _require_day(deadline: Deadline, kind: ChangeKind, on: date, today: date) -> None:
    """RuleBroken for a day on which this cannot have happened."""
    require_past(on, today, field="on")
    since = rules.word(deadline.changes).suspended_since
    if kind is ChangeKind.RESUMED and since is not None and on < since:
        raise RuleBroken("Il termine è sospeso dal %(day)s: la ripresa non può venire prima.", field="on",
                         day=f"{since:%d/%m/%Y}")
    if kind is ChangeKind.SUSPENDED and not deadline.started_on <= on <= deadline.effective:
        raise RuleBroken("Si può sospendere il termine soltanto mentre corre, dal %(start)s al %(end)s.", field="on",
                         start=f"{deadline.started_on:%d/%m/%Y}", end=f"{deadline.effective:%d/%m/%Y}")


# --- rules ------------------------------------------------------------------------------------------------

EDITABLE = ("title", "text", "day", "amount", "unit", "owner_role", "shared", "alert_days", "active")
MADE_ONCE = ("code", "subject", "event", "expected", "cancelled_by", "backwards", "legal_source")


def add_rule(session: ScopedSession, wanted: Mapping[str, Any], *, today: date) -> DeadlineRule:
    """Add a rule of one's own; its deadlines are made at once.

    The events are those that the facts of its subject know (``standard.events_of``), and those that the office defines
    itself: what starts with one of these may expect nothing, a person then says that it is done. RuleBroken for a code
    that is taken or is none, an event of another subject, and for all that ``set_rule`` refuses. With a ``day`` it is a
    duty of the calendar, of a subject whose cases last: it names no event, and begins today. So is one without event
    and day that is not in use yet.
    """
    session.principal.require(Role.MANAGEMENT, Role.SYSTEM)
    rule = DeadlineRule(active=True, shared=False, unit=clock.Unit.DAYS, text="", legal_source="")
    for name in (*MADE_ONCE, *EDITABLE):
        value = wanted.get(name, getattr(rule, name))
        setattr(rule, name, value.strip() if isinstance(value, str) else value)
    rule.expected, rule.cancelled_by = rule.expected or "", rule.cancelled_by or ""
    rule.backwards, rule.day = bool(rule.backwards), rule.day or None
    if rule.day is not None or not (rule.event or rule.active):
        rule.event, rule.since = rule.event or rules.EACH_YEAR, today
    _check_new(session, rule)
    _check_rule(session, rule, wanted)
    rule.alert_days = tuple(str(days) for days in rules.alert_days(rule.alert_days or ()))
    session.add(rule)
    session.flush()
    follow(session, rule.subject, None, today=today)
    return rule


def _check_new(session: ScopedSession, rule: DeadlineRule) -> None:
    if not CODE.fullmatch(rule.code or ""):
        raise RuleBroken("Il codice comincia con una lettera e ha da 3 a 60 lettere minuscole senza accento, cifre e "
                         "trattini bassi, per esempio «verifica_annuale».", field="code")
    with session.no_autoflush:
        if session.scalars(select(DeadlineRule.id).where(DeadlineRule.code == rule.code)).first() is not None:
            raise RuleBroken("Il codice «%(code)s» è già di un'altra regola: sceglierne uno diverso.", field="code",
                             code=rule.code)
    if rule.subject not in facts.sources(session.database):
        raise RuleBroken("Scegliere di che cosa si occupa la regola.", field="subject")
    if rule.since is not None:
        _check_duty(rule)
        return
    _check_events(session, rule)
    if rule.expected == rule.event or rule.cancelled_by in {rule.event, rule.expected} - {""}:
        raise RuleBroken("L'evento da cui si conta, quello atteso e quello che toglie l'attesa sono diversi tra loro.",
                         field="expected" if rule.expected == rule.event else "cancelled_by")
    if rule.backwards and rule.amount is None:
        raise RuleBroken("Si conta all'indietro soltanto un termine di cui si indica la durata.", field="backwards")


def _check_events(session: ScopedSession, rule: DeadlineRule) -> None:
    known = events_of(session.database, rule.subject)
    named = {name: getattr(rule, name) for name in ("event", "expected", "cancelled_by")}
    own = {event: kind for event in named.values()
           if event and event not in known and (kind := kind_called(session, event)) is not None}
    may_lack = {"cancelled_by", *(["expected"] if rule.event in own else [])}
    for name, event in named.items():
        of_another = event in own and own[event].subject != rule.subject
        if of_another or (event not in own and event not in known and (event or name not in may_lack)):
            raise RuleBroken("Scegliere un evento che riguarda l'oggetto della regola.", field=name)
    # one of the program's own is met by the year in the azienda's years, and once in any other case
    yearly = {own[event].yearly if event in own else rule.subject == BY_YEAR for event in named.values() if event}
    if own and len(yearly) > 1:
        raise RuleBroken("Un evento che si ripete ogni anno e uno che avviene una volta non si aspettano l'un l'altro: "
                         "scegliere eventi dello stesso genere.", field="expected")


def _check_duty(rule: DeadlineRule) -> None:
    if rule.subject not in facts.LASTING:
        raise RuleBroken("Un giorno fisso di ogni anno si indica per gli anni dell'azienda o per i contratti in corso.",
                         field="subject")
    if rule.event != rules.EACH_YEAR or rule.expected or rule.cancelled_by or rule.amount is not None or rule.backwards:
        raise RuleBroken("Un giorno fisso di ogni anno non si conta da un evento e non ne attende: lasciare vuoti gli "
                         "eventi e la durata. Che sia fatto lo segna una persona.", field="day")


def set_rule(
    session: ScopedSession, rule_id: int, wanted: Mapping[str, Any], *, version: int, today: date
) -> DeadlineRule:
    """Change a rule (title, own text, term, alerts, owner, whether it holds); all its deadlines follow at once.

    A duty of the calendar that gets its day only now begins today. RuleBroken if somebody else changed it first, for a
    term where the contract fixes it, for a rule in use that has none, for days that are no number.
    """
    session.principal.require(Role.MANAGEMENT, Role.SYSTEM)
    rule = at_version(session.require(DeadlineRule, rule_id), version)
    _check_rule(session, rule, wanted)
    if rule.since is not None and rule.day is None:
        rule.since = today
    for name in EDITABLE:
        setattr(rule, name, wanted.get(name, getattr(rule, name)))
    rule.alert_days = tuple(str(days) for days in rules.alert_days(rule.alert_days))
    follow(session, rule.subject, None, today=today)
    return rule


def _check_rule(session: ScopedSession, rule: DeadlineRule, wanted: Mapping[str, Any]) -> None:
    require_text(str(wanted.get("title", rule.title)), "Indicare il titolo della regola.", field="title")
    _check_term(session, rule, wanted)
    if wanted.get("unit", rule.unit) not in set(clock.Unit):
        raise RuleBroken("Indicare se il termine conta giorni, mesi o giorni lavorativi.", field="unit")
    if wanted.get("owner_role", rule.owner_role) not in OWNERS:
        raise RuleBroken("Indicare a chi tocca, tra i ruoli elencati.", field="owner_role")
    if wanted.get("owner_role", rule.owner_role) in OUTSIDE and not wanted.get("shared", rule.shared):
        raise RuleBroken("Una scadenza che tocca a un ente o al gestore deve essere visibile a chi la rispetta.",
                         field="shared")


def _check_term(session: ScopedSession, rule: DeadlineRule, wanted: Mapping[str, Any]) -> None:
    """What is in use has a term: a day of each year, a length, or the end that its event brings with it."""
    amount, day = wanted.get("amount", rule.amount), wanted.get("day", rule.day) or None
    is_duty = rule.since is not None
    brought = is_duty or rule.event in fixed_events(session.database)
    if day is not None:
        if not is_duty:
            raise RuleBroken("Il giorno fisso di ogni anno si indica quando la regola si scrive, e poi si può soltanto "
                             "cambiare.", field="day")
        clock.day_of(day, field="day")
    if rule.amount is None and amount is not None and brought:
        raise RuleBroken("La data di questo termine è già fissata dal contratto, dalla rata o dalla polizza: "
                         "lasciare vuoto.", field="amount")
    if (rule.amount is not None and amount is None) or (amount is not None and not 0 <= amount <= MOST_DAYS):
        raise RuleBroken("Indicare la durata del termine: un numero da 0 a %(most)s.", field="amount", most=MOST_DAYS)
    if not wanted.get("active", rule.active):
        return
    if is_duty and day is None:
        raise RuleBroken("Indicare il giorno di ogni anno, per esempio 30/11: senza, la regola non è in uso.",
                         field="day")
    if amount is None and not brought:
        raise RuleBroken("Questo evento non porta con sé la fine del termine: indicare quanto dura.", field="amount")
