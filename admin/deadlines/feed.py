"""A person's deadlines as a calendar that Outlook and Thunderbird subscribe to, behind a secret address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from flask import Flask, Response, abort
from flask_babel import gettext as _
from icalendar import Alarm, Calendar, Event, vDuration
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from admin.guard import policy
from admin.guard.session import office, today
from admin.wording import labels
from core.deadlines.model import Deadline
from core.deadlines.operations import falling_to
from core.deadlines.rules import alert_days
from core.deadlines.states import PENDING, DeadlineState
from core.ground import clock
from core.ground.access import Principal, ScopedSession, system
from core.parties.model import Azienda
from core.users.model import User

BACK, AHEAD, MOST = timedelta(days=90), timedelta(days=550), 2000
MORNING = time(9)
LONGEST_TOKEN = 100


def init_app(app: Flask) -> None:
    """The one route: public, because a calendar program cannot log in; the token is the key."""

    @app.get("/calendario/<token>.ics", endpoint="feed.calendar")
    @policy.allow(policy.PUBLIC)
    def calendar(token: str) -> Response:
        """The deadlines of the person with this token; 404 for a token that is nobody's."""
        who = owner_of(token)
        if who is None:
            abort(404)
        with ScopedSession(office().database, who) as session:
            body = calendar_of(session, today()).to_ical()
        return Response(body, content_type="text/calendar; charset=utf-8")


def owner_of(token: str) -> Principal | None:
    """Who has this token, if the access is active."""
    if not token or len(token) > LONGEST_TOKEN or "\x00" in token:
        return None
    grants = selectinload(User.grants), selectinload(User.municipality_grants)
    with ScopedSession(office().database, system("calendario")) as session:
        user = session.scalars(select(User).where(User.feed_token == token, User.active).options(*grants)).one_or_none()
        return user.principal() if user else None


def calendar_of(session: ScopedSession, day: date) -> Calendar:
    """What falls to the session's principal from three months ago to a year and a half ahead."""
    near = Deadline.effective.between(day - BACK, day + AHEAD)
    mine = select(Deadline).where(falling_to(session.principal), Deadline.state.in_(PENDING), near)
    first = mine.options(joinedload(Deadline.rule)).order_by(Deadline.effective, Deadline.id).limit(MOST)
    house = session.scalar(select(Azienda.tax_code).limit(1)) or "patto"
    calendar = Calendar()
    calendar.add("prodid", "-//Patto//Scadenze//IT")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Scadenze di Patto"))
    calendar.add("x-wr-timezone", "Europe/Rome")
    calendar.add("refresh-interval", vDuration(timedelta(hours=6)), parameters={"value": "DURATION"})
    for event in _events(session.scalars(first), house, clock.now()):
        calendar.add_component(event)
    return calendar


def _events(rows: Iterable[Deadline], house: str, stamp: datetime) -> Iterable[Event]:
    for row in rows:
        event = Event()
        event.add("uid", f"scadenza-{row.id}@{house}.patto")
        event.add("dtstamp", stamp)
        event.add("sequence", row.version)
        event.add("summary", f"{row.rule.title}: {row.case_title}")
        event.add("description", "\n".join(_description(row)))
        event.add("dtstart", row.effective)
        event.add("dtend", row.effective + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
        event.add("status", "TENTATIVE" if row.state == DeadlineState.SUSPENDED else "CONFIRMED")
        for days in alert_days(row.rule.alert_days):
            event.add_component(_alarm(event["summary"], days))
        yield event


def _description(row: Deadline) -> Iterable[str]:
    yield _("Stato: %(state)s. Tocca a: %(who)s.", state=labels.state("deadline", row.state),
            who=labels.choice("deadline", "owner_role", row.owner_role))
    if row.rule.text:
        yield row.rule.text
    if row.rule.legal_source:
        yield _("Fonte: %(source)s", source=row.rule.legal_source)


def _alarm(words: str, days: int) -> Alarm:
    """In the morning, so many days before."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", timedelta(hours=MORNING.hour) - timedelta(days=days))
    return alarm
