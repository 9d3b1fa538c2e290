"""Firing the alerts that are due: one mail for each person with everything that is new for them, and never twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.deadlines import facts, rules
from core.deadlines.model import Alert, Deadline
from core.deadlines.operations import FOLLOWED_BY, OUTSIDE
from core.deadlines.states import ALERTING
from core.ground import clock, outbox
from core.ground.access import Principal, Role, ScopedSession


@dataclass(frozen=True)
class Person:
    """Somebody who may be told: who they are for the row scope, and where they read their mail."""

    id: int
    who: Principal
    email: str


Addressees = Mapping[int, Sequence[Person]]  # by deadline


def fire_alerts(session: ScopedSession, people: Sequence[Person], today: date) -> int:
    """Tell ``people`` of what is due by ``today``, nights that were missed included, and count the mails that it makes.

    Of several alerts of one deadline that are due together only the nearest is told. Alert and mail are one
    transaction; a deadline that nobody could be told of stays due until there is somebody.
    """
    due = _due(session, today)
    whom = _addressees(session, due, people, today)
    letters: dict[int, list[tuple[Deadline, Alert]]] = defaultdict(list)
    told_of: dict[int, Person] = {}
    for deadline, alerts in due.items():
        for person in whom[deadline.id]:
            letters[person.id].append((deadline, rules.to_tell(alerts)))
            told_of[person.id] = person
        if whom[deadline.id]:
            for alert in alerts:
                alert.fired_at = clock.now()
    for person_id, told in letters.items():
        # an alert fires once, so that the first one and its reader name this mail for good
        key = f"alerts {person_id} {min(alert.id for _deadline, alert in told)}"
        subject, text = letter([deadline for deadline, _alert in told], today)
        outbox.post_mail(session, to=told_of[person_id].email, subject=subject, text=text, key=key)
    session.flush()
    return len(letters)


def _due(session: ScopedSession, today: date) -> dict[Deadline, list[Alert]]:
    """The alerts to fire, by deadline, the earliest deadline first."""
    query = (
        select(Alert)
        .join(Deadline, Deadline.id == Alert.deadline_id)
        .where(Alert.fired_at.is_(None), Alert.due_on <= today, Deadline.state.in_(ALERTING))
        .options(selectinload(Alert.deadline).selectinload(Deadline.rule))
        .order_by(Deadline.effective, Alert.id)
        .with_for_update(of=Alert)
    )
    found: dict[Deadline, list[Alert]] = defaultdict(list)
    for alert in session.scalars(query.execution_options(populate_existing=True)):
        found[alert.deadline].append(alert)
    return dict(found)


def _addressees(
    session: ScopedSession, deadlines: Iterable[Deadline], people: Iterable[Person], today: date
) -> Addressees:
    """Who is told of each deadline: the people of the office, of the municipality or of the provider to which it falls.

    Where nobody is there, the office that follows them is told, or else the management: nothing falls between chairs.
    """
    by_role: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        for role in person.who.roles:
            by_role[role].append(person)
    owned = _owners(session, [d for d in deadlines if d.owner_role in OUTSIDE], today)
    found: dict[int, Sequence[Person]] = {}
    for deadline in deadlines:
        mine = by_role[deadline.owner_role]
        if deadline.owner_role in OUTSIDE:
            mine = [person for person in mine if owned[deadline.id] & _own(person.who, deadline.owner_role)]
        followed_by = FOLLOWED_BY.get(Role(deadline.owner_role), Role.MANAGEMENT)
        found[deadline.id] = mine or by_role[followed_by] or by_role[Role.MANAGEMENT]
    return found


def _own(who: Principal, role: str) -> frozenset[int]:
    return who.provider_ids if role == Role.PROVIDER else who.municipality_ids


def _owners(session: ScopedSession, deadlines: Iterable[Deadline], today: date) -> dict[int, frozenset[int]]:
    """Whose case each deadline hangs on: parties, of which some are municipalities and some providers."""
    by_subject: dict[str, list[Deadline]] = defaultdict(list)
    for deadline in deadlines:
        by_subject[deadline.subject].append(deadline)
    found: dict[int, frozenset[int]] = {}
    for subject, held in by_subject.items():
        ids = {deadline.subject_id for deadline in held}
        whose = {case.subject_id: case.municipality_ids | case.provider_ids
                 for case in facts.cases(session, subject, ids, today)}
        found.update({deadline.id: whose[deadline.subject_id] for deadline in held})
    return found


# --- the words of the mail --------------------------------------------------------------------------------


def letter(deadlines: Sequence[Deadline], today: date) -> tuple[str, str]:
    """Subject and text of the mail that tells of ``deadlines``."""
    first = deadlines[0]
    if len(deadlines) == 1:
        subject = f"Patto: {first.rule.title}, {first.case_title} ({first.effective:%d/%m/%Y})"
    else:
        subject = f"Patto: {len(deadlines)} scadenze, la prima il {first.effective:%d/%m/%Y}"
    return subject, "\n".join(_lines(deadlines, today))


def _lines(deadlines: Sequence[Deadline], today: date) -> Iterator[str]:
    yield f"Scadenze di cui avvisare, al {today:%d/%m/%Y}:"
    for deadline in deadlines:
        yield ""
        yield f"{deadline.effective:%d/%m/%Y} ({left(deadline.effective, today)}): {deadline.rule.title}"
        yield f"  {deadline.case_title}"
        if deadline.rule.text:
            yield f"  {deadline.rule.text}"
        if deadline.rule.legal_source:
            yield f"  Fonte: {deadline.rule.legal_source}"
    yield ""
    yield "Questo avviso parte una volta sola. Le scadenze si trovano in Patto, alla pagina Scadenze."


def left(day: date, today: date) -> str:
    """How long there is, in words."""
    days = (day - today).days
    if days < 0:
        return "passata da ieri" if days == -1 else f"passata da {-days} giorni"
    return {0: "oggi", 1: "domani"}.get(days, f"tra {days} giorni")
