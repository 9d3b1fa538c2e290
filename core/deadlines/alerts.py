"""Firing the alerts that are due: one mail for each person with everything that is new for them, and never twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import selectinload

from core.deadlines import facts, rules
from core.deadlines.model import Alert, Deadline
from core.deadlines.operations import FOLLOWED_BY, OUTSIDE
from core.deadlines.states import ALERTING
from core.ground import clock, outbox
from core.ground.access import Principal, Role, ScopedSession


@dataclass(frozen=True)
class Recipient:
    """Somebody who may be told: who they are for the row scope, and where they read their mail."""

    id: int
    who: Principal
    email: str


Addressees = Mapping[int, Sequence[Recipient]]  # by deadline


def due(session: ScopedSession, today: date) -> Sequence[int]:
    """The deadlines of which an alert is due by ``today``, the earliest first."""
    falling = select(Deadline.id, Deadline.effective).join(Alert, Alert.deadline_id == Deadline.id).where(*_due(today))
    return [key for key, _day in session.execute(falling.distinct().order_by(Deadline.effective, Deadline.id))]


def fire_alerts(
    session: ScopedSession, people: Sequence[Recipient], today: date, keys: Collection[int] | None = None
) -> int:
    """Tell ``people`` of what is due by ``today`` of these deadlines (None: of all), and count the mails it makes.

    Nights that were missed are told too. Of several alerts of one deadline that are due together only the nearest is
    told. Alert and mail are one transaction; a deadline that nobody could be told of stays due until there is somebody.
    """
    to_fire = _to_fire(session, today, keys)
    whom = _addressees(session, to_fire, people, today)
    letters: dict[int, list[tuple[Deadline, Alert]]] = defaultdict(list)
    told_of: dict[int, Recipient] = {}
    for deadline, alerts in to_fire.items():
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
        outbox.post_mail(session, to=told_of[person_id].email, subject=subject, text=text, key=key,
                         alerts=[alert.id for _deadline, alert in told])
    session.flush()
    return len(letters)


def _due(today: date) -> tuple[ColumnElement[bool], ...]:
    return Alert.fired_at.is_(None), Alert.due_on <= today, Deadline.state.in_(ALERTING)


def _to_fire(session: ScopedSession, today: date, keys: Collection[int] | None) -> dict[Deadline, list[Alert]]:
    """The alerts to fire, by deadline, the earliest deadline first."""
    chosen = () if keys is None else (Deadline.id.in_(keys),)
    query = (
        select(Alert)
        .join(Deadline, Deadline.id == Alert.deadline_id)
        .where(*_due(today), *chosen)
        .options(selectinload(Alert.deadline).selectinload(Deadline.rule))
        .order_by(Deadline.effective, Alert.id)
        .with_for_update(of=Alert)
    )
    found: dict[Deadline, list[Alert]] = defaultdict(list)
    for alert in session.scalars(query.execution_options(populate_existing=True)):
        found[alert.deadline].append(alert)
    return dict(found)


def _addressees(
    session: ScopedSession, deadlines: Iterable[Deadline], people: Iterable[Recipient], today: date
) -> Addressees:
    """Who is told of each deadline: the people of the office, of the municipality or of the provider to which it falls.

    Where nobody is there, the office that follows them is told, or else the management: nothing falls between chairs.
    """
    by_role: dict[str, list[Recipient]] = defaultdict(list)
    for person in people:
        for role in person.who.roles:
            by_role[role].append(person)
    owned = _owners(session, [d for d in deadlines if d.owner_role in OUTSIDE], today)
    found: dict[int, Sequence[Recipient]] = {}
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
