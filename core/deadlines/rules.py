"""From what happened in a case to the deadlines and alerts that it must have: pure, with today as a parameter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.deadlines.model import Alert, DeadlineChange, DeadlineRule
from core.deadlines.states import ChangeKind, DeadlineState
from core.ground import clock
from core.ground.clock import PatronDay, Roll, Term, Unit
from core.ground.errors import RuleBroken
from core.ground.exercise import CALENDAR, Exercises

MOST_DAYS = 3650  # of a term, of an extension, of an alert: ten years
EACH_YEAR = "year.day"  # what a duty of the calendar counts from: its own day
Key = tuple[int, str]  # rule and occurrence: what names a deadline within its case


@dataclass(frozen=True)
class Happening:
    """Something that happened, or is fixed to happen, in a case on a day.

    ``occurrence`` tells one year, or one period, from the next. ``due`` is the end of the term that it starts where the
    case itself says it (the contract's terms, an instalment's date); ``fixed``: that end is never moved off a holiday,
    because it was counted backwards (X5) or is the last day of something and not the day of an act.
    """

    event: str
    on: date
    occurrence: str = ""
    due: date | None = None
    fixed: bool = False


@dataclass(frozen=True)
class Case:
    """A case as the engine sees it: what happened in it, on which calendar its terms run, whose it is.

    ``by_year``: its occurrences are years, and each is called by its own. ``lasts``: its first day and its last, None
    for an open end, where duties of the calendar may stand in it. ``called_off``: nothing is asked in it any more,
    whatever has happened. ``exercises``: what its years are, where they are those of the azienda.
    """

    subject: str
    subject_id: int
    title: str
    happenings: tuple[Happening, ...] = ()
    roll: Roll = Roll.HOLIDAY
    patron: PatronDay | None = None
    municipality_ids: frozenset[int] = frozenset()
    provider_ids: frozenset[int] = frozenset()
    by_year: bool = False
    lasts: tuple[date | None, date | None] | None = None
    called_off: bool = False
    exercises: Exercises = CALENDAR

    def called(self, occurrence: str) -> str:
        """What the case is called in a deadline of this occurrence."""
        return f"{self.title} {self.exercises.name(int(occurrence))}" if self.by_year else self.title

    def find(self, event: str, occurrence: str) -> Happening | None:
        """The first happening of this kind for this occurrence."""
        found = (h for h in self.happenings if event and h.event == event and h.occurrence == occurrence)
        return min(found, key=lambda h: h.on, default=None)


@dataclass(frozen=True)
class WantedDeadline:
    """What one deadline must be today: nominal by pure count, effective with suspensions, extensions and the roll."""

    rule_id: int
    occurrence: str
    started_on: date
    nominal: date
    effective: date
    state: DeadlineState
    settled_on: date | None = None


@dataclass(frozen=True)
class Word:
    """What people have said of a deadline, added up: days given, since when it is suspended, when it was done."""

    days: int = 0
    suspended_since: date | None = None
    met_on: date | None = None


def word(changes: Iterable[DeadlineChange]) -> Word:
    """Add up the changes in the order in which they were made; a resumed term gets the days of its suspension."""
    days, since, met = 0, None, None
    for change in changes:
        match change.kind:
            case ChangeKind.EXTENDED:
                days += change.days
            case ChangeKind.SUSPENDED:
                since = change.on
            case ChangeKind.RESUMED if since is not None:
                days, since = days + (change.on - since).days, None
            case ChangeKind.MET:
                met = change.on
            case ChangeKind.REOPENED:
                met = None
    return Word(days, since, met)


def expected(
    rules: Iterable[DeadlineRule], case: Case, changes: Mapping[Key, Sequence[DeadlineChange]], today: date
) -> list[WantedDeadline]:
    """The deadlines that ``case`` must have by ``rules``, with what people changed in them.

    A rule that does not count by itself takes the end that the happening brings, and asks nothing if it brings none.
    """
    wanted: dict[Key, WantedDeadline] = {}
    for rule in rules:
        if not rule.active or rule.subject != case.subject:
            continue
        for happening in (*case.happenings, *_days(rule, case, today)):
            if happening.event == rule.event and (rule.amount is not None or happening.due is not None):
                key = (rule.id, happening.occurrence)
                wanted[key] = _wanted(rule, case, happening, word(changes.get(key, ())), today)
    return list(wanted.values())


def _days(rule: DeadlineRule, case: Case, today: date) -> Iterator[Happening]:
    """The day of a duty of the calendar in each year of its case: from that of the rule to the next one."""
    if rule.day is None or rule.since is None or case.lasts is None:
        return
    first, last = case.lasts
    for year in range(case.exercises.of(rule.since).year, case.exercises.of(today).year + 2):
        exercise = case.exercises.named(year)
        day = exercise.day_of(rule.day, field="day")
        if day >= max(rule.since, first or rule.since) and (last is None or day <= last):
            yield Happening(EACH_YEAR, max(exercise.starts_on, rule.since), str(year), due=day)


def _wanted(rule: DeadlineRule, case: Case, happening: Happening, said: Word, today: date) -> WantedDeadline:
    fixed = rule.backwards if rule.amount is not None else happening.fixed
    nominal = _nominal(rule, case, happening)
    effective = shifted(nominal, said.days, fixed=fixed, roll=case.roll, patron=case.patron)
    state, settled_on = _state(rule, case, happening, said, effective, today)
    return WantedDeadline(rule.id, happening.occurrence, happening.on, nominal, effective, state, settled_on)


def _nominal(rule: DeadlineRule, case: Case, happening: Happening) -> date:
    if rule.amount is None:
        assert happening.due is not None
        return happening.due
    counted: Term = clock.term(happening.on, rule.amount, Unit(rule.unit), backwards=rule.backwards, roll=case.roll,
                               patron=case.patron)
    return counted.nominal


def shifted(nominal: date, days: int, *, fixed: bool, roll: Roll, patron: PatronDay | None) -> date:
    """The end of a term ``days`` later, moved to a day on which it may end unless it is ``fixed``."""
    try:
        end = nominal + timedelta(days=days)
        return end if fixed else clock.roll_forward(end, roll, patron)
    except OverflowError as error:
        raise RuleBroken("Il termine esce dal calendario: indicare un numero più piccolo.", field="days") from error


def _state(
    rule: DeadlineRule, case: Case, happening: Happening, said: Word, effective: date, today: date
) -> tuple[DeadlineState, date | None]:
    """Done by the facts or by a person's word, called off, suspended, missed, or open; what came first wins."""
    done = case.find(rule.expected, happening.occurrence)
    off = case.find(rule.cancelled_by, happening.occurrence)
    met_on = min((day for day in (done.on if done else None, said.met_on) if day), default=None)
    if off is not None and (met_on is None or off.on < met_on):
        return DeadlineState.CANCELLED, off.on
    if met_on is not None:
        return DeadlineState.MET, met_on
    if said.suspended_since is not None:
        return DeadlineState.SUSPENDED, None
    return (DeadlineState.MISSED if effective < today else DeadlineState.OPEN), None


# --- alerts -----------------------------------------------------------------------------------------------


def alert_days(lines: Iterable[str]) -> list[int]:
    """The days before a deadline on which to warn, farthest first, each once.

    RuleBroken for a line that is no number of days.
    """
    found: set[int] = set()
    for line in lines:
        if not (line.isascii() and line.isdigit() and len(line) < 6 and int(line) <= MOST_DAYS):
            raise RuleBroken("«%(line)s» non è un numero di giorni: scriverne uno per riga, per esempio 30, 7 e 0.",
                             field="alert_days", line=line)
        found.add(int(line))
    return sorted(found, reverse=True)


def alerts(days: Sequence[int], effective: date) -> Iterator[tuple[int, date]]:
    """For each of ``days`` before ``effective``, the day on which the alert is due."""
    return ((before, effective - timedelta(days=before)) for before in days)


def to_tell(due: Sequence[Alert]) -> Alert:
    """Of several alerts of one deadline that are due together, the one to tell: the nearest to the deadline."""
    return min(due, key=lambda alert: alert.days_before)
