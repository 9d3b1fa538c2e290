"""The story of the demo district: two years of contracts and money, played day by day through the core's operations.

What has been played is known by the idempotency key of its act, so a second run does nothing, and a run on a later day
goes on from there. Whoever plays with the demo may have changed something on which an event rests: that event is told
and left out, and the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import groupby

from sqlalchemy.exc import NoResultFound

import core.registrations  # noqa: F401 - the engines know the subjects by it
from core.accreditation.sets import install_sets
from core.deadlines.facts import SOURCES
from core.deadlines.operations import follow
from core.ground.access import Principal, Role, ScopedSession, system
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.unit_of_work import answered, remember, unit_of_work
from core.night import NIGHT, merging
from core.plugins.loading import Registry
from demo import (
    scenes_accreditation,
    scenes_budgets,
    scenes_cases,
    scenes_contracts,
    scenes_money,
    scenes_penalties,
    scenes_reporting,
    scenes_standards,
    scenes_usage,
)
from demo.job import Progress
from demo.load import Facts, read
from demo.scene import Scene

ACTOR = system("dati dimostrativi")
PARTS = ("story", "story_procedures", "story_standards", "usage", "account")
# whom an event names as ``recorded_by``: what the azienda records on behalf of a municipality is told to it
BY = {"azienda": Principal("Direzione (dati dimostrativi)", frozenset({Role.MANAGEMENT}))}
VERBS: dict[str, Callable[[Scene, Facts], None]] = {
    verb.__name__: verb
    for verb in (*scenes_contracts.VERBS, *scenes_budgets.VERBS, *scenes_money.VERBS, *scenes_cases.VERBS,
                 *scenes_penalties.VERBS, *scenes_accreditation.VERBS, *scenes_standards.VERBS, *scenes_usage.VERBS,
                 *scenes_reporting.VERBS)
}


def events(today: date) -> list[Facts]:
    """What happens in the story up to ``today``, in the order of the days."""
    told: list[Facts] = [event for part in PARTS for event in read(part)["events"]]
    return [event for event in sorted(told, key=lambda event: event["on"]) if event["on"] <= today]


def _actor(event: Facts) -> Principal:
    return BY.get(event.get("recorded_by", ""), ACTOR)


def _pending(database: Database, today: date) -> Iterator[Facts]:
    """The events that were not played yet: each is remembered by who played it."""
    told, played = events(today), set[str]()
    for actor in (ACTOR, *BY.values()):
        with ScopedSession(database, actor) as session:
            played |= {_key(event) for event in told
                       if _actor(event) is actor and answered(session, _key(event)) is not None}
    yield from (event for event in told if _key(event) not in played)


def play(database: Database, registry: Registry, *, today: date, progress: Progress) -> tuple[str, ...]:
    """Play what has happened up to ``today`` and was not played yet; gives the events that could not be, with why."""
    money = read("money")
    pending = list(_pending(database, today))
    if pending:
        with unit_of_work(database, ACTOR, act="demo.sets") as session:
            install_sets(session)
    left_out: list[str] = []
    done = 0
    for _month, of_month in groupby(pending, key=lambda event: (event["on"].year, event["on"].month)):
        for place, event in enumerate(of_month):
            day = event["on"]
            if place == 0:
                _pass_night(database, day, registry)  # one night a month is enough for a story
            done += 1
            try:
                with unit_of_work(database, _actor(event), act=f"demo.{event['do']}") as session:
                    VERBS[event["do"]](Scene(session, registry, day, money), event)
                    remember(session, _key(event), "")
            except RuleBroken as refusal:
                left_out.append(f"{event['what']}: {refusal}")
            except NoResultFound:
                left_out.append(f"{event['what']}: non c'è più ciò a cui si riferisce.")
            progress(done, len(pending), f"{day:%d/%m/%Y}")
    if pending:
        _pass_night(database, today, registry)
        with unit_of_work(database, ACTOR, act="demo.deadlines") as session:
            for subject in sorted(SOURCES):
                follow(session, subject, None, today=today)
    return tuple(left_out)


def _key(event: Facts) -> str:
    return f"demo: {event['what']}"


def _pass_night(database: Database, day: date, registry: Registry) -> None:
    """What the worker does every night: contracts begin, change and end, instalments fall due, units open."""
    with unit_of_work(database, ACTOR, act="demo.night") as session:
        for step in (merging(registry), *NIGHT):
            step.whole(session, day)
