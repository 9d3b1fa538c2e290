"""A year of a promise: counted with the use of each month, judged exactly, told to others without what tells of few."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from core.catalogue.model import Service
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.parties.model import Membership
from core.plugins import rows
from core.plugins.described import common
from core.plugins.loading import Registry
from core.standards.rules import PromiseOutcome
from core.standards.years import OTHERS, StandardOfYear, standards_of_year
from core.usage import operations
from core.usage.outside import year_table
from core.usage.rules import UseMonth
from tests import factories
from tests.factories import clerk_of
from tests.unit.catalogue import making

UnitFactory = Callable[..., AbstractContextManager[ScopedSession]]
TODAY, YEAR = date(2027, 1, 10), 2026
PROMISES = {
    "fields": [{"name": "days_promised", "label": "Giorni promessi", "type": "integer"}],
    "standards": [
        {"code": "on_time", "title": "Puntualità", "promise": "I pasti arrivano in orario.", "at_least": "92",
         "unit": "percent", "period": "quarter", "checked_by": "chi riceve i pasti"},
        {"code": "wait", "title": "Attesa", "promise": "Si comincia in pochi giorni.", "at_most": "days_promised",
         "unit": "days"},
        {"code": "kind", "title": "Cortesia", "promise": "Chi porta i pasti è cortese."},
        {"code": "use", "title": "Gusto", "promise": "I pasti piacciono.", "at_least": "80", "unit": "percent"}],
    "indicators": [
        {"code": "on_time", "title": "Pasti in orario", "by": "count", "standard": "on_time"},
        {"code": "wait", "title": "Giorni d'attesa", "by": "count", "standard": "wait"},
        {"code": "kind", "title": "Pasti lodati", "measure": "praised", "over": "eaten", "standard": "use"}],
    "measures": [
        {"code": "praised", "title": "Pasti lodati", "unit": "pasti", "kind": "persons"},
        {"code": "eaten", "title": "Pasti", "unit": "pasti", "kind": "persons"}],
}


@dataclass(frozen=True)
class Meals:
    """A service with promises, in three municipalities."""

    unit: UnitFactory
    service: int
    places: dict[str, int]

    def count(self, month: int, *, part: str = "on_time_good", of: str = "on_time_of",
              **counts: Any) -> None:
        """Record counts as ``dresano=(41, 45)``."""
        with self.unit("conteggi") as session:
            operations.record(session, self.service, UseMonth(YEAR, month), {
                (self.places[place], code): Decimal(value) for place, pair in counts.items()
                for code, value in zip((part, of), pair, strict=True)}, version=None, today=TODAY)

    def standard(self, code: str, *, of: str = "", **asked: int) -> StandardOfYear:
        """A standard as the office reads it, or the officer of a municipality."""
        who = [clerk_of(self.places[of])] if of else []
        with self.unit("legge", *who) as session:
            return next(row for row in standards_of_year(session, YEAR, Registry(), **asked)
                        if row.standard.code == code)


@pytest.fixture
def meals(unit: UnitFactory) -> Meals:
    parts = rows.kept({"common": rows.keep({"common": common()})["common"], "plugin": PROMISES})
    with unit("prova") as session:
        made = {name: factories.municipality(name.capitalize()) for name in ("dresano", "melegnano", "tribiano")}
        for one in made.values():
            one.memberships.append(Membership(valid_from=date(2009, 5, 21)))
        sheet = making.sheet("meals", edition=2015, schema=rows.keep(parts), data={"days_promised": 10})
        service: Service = making.service("meals", title="Pasti", entry="Pasti", sheets=(sheet,))
        session.add_all([*made.values(), service])
        session.flush()
        return Meals(unit, service.id, {name: one.id for name, one in made.items()})


def by_name(row: StandardOfYear) -> dict[str, Fraction | None]:
    return {row.names.get(one.row, one.row): one.value for one in row.municipalities.rows}


def test_what_nobody_counted_is_not_measured_and_words_alone_promise_no_figure(meals: Meals) -> None:
    assert meals.standard("on_time").periods.outcome is PromiseOutcome.NOT_MEASURED
    words = meals.standard("kind")
    assert (words.indicator, words.promise, words.periods.outcome) == (None, None, PromiseOutcome.NOT_MEASURED)


def test_a_year_is_judged_exactly_over_all_its_months_and_municipalities(meals: Meals) -> None:
    meals.count(1, dresano=(41, 45), melegnano=(3, 4))
    meals.count(5, dresano=(36, 38))
    row = meals.standard("on_time")
    assert row.periods.value == Fraction(8000, 87)  # 91,95...: 92,0 if it were rounded
    assert row.periods.outcome is PromiseOutcome.MISSED
    assert [(row.names[one.row], one.value) for one in row.periods.rows][:3] == [
        ("gennaio-marzo 2026", Fraction(4400, 49)), ("aprile-giugno 2026", Fraction(3600, 38)),
        ("luglio-settembre 2026", None)]
    assert by_name(row) == {"Dresano": Fraction(7700, 83), "Melegnano": Fraction(75)}
    assert row.open_months == (UseMonth(2026, 1), UseMonth(2026, 5))


def test_days_are_held_against_what_the_sheet_promises(meals: Meals) -> None:
    meals.count(1, part="wait_sum", of="wait_of", dresano=(60, 6))
    assert meals.standard("wait").periods.outcome is PromiseOutcome.KEPT
    meals.count(2, part="wait_sum", of="wait_of", dresano=(11, 1))
    row = meals.standard("wait")
    assert (row.periods.value, row.periods.outcome) == (Fraction(71, 7), PromiseOutcome.MISSED)


def test_a_count_without_its_whole_says_nothing(meals: Meals) -> None:
    with meals.unit("conteggi") as session:
        operations.record(session, meals.service, UseMonth(YEAR, 1), {
            (meals.places["dresano"], "on_time_of"): Decimal(9)}, version=None, today=TODAY)
    assert meals.standard("on_time").periods.outcome is PromiseOutcome.NOT_MEASURED


@pytest.mark.parametrize(("good", "of"), [("46", "45"), ("1", None)])
def test_more_good_cases_than_cases_are_refused(meals: Meals, good: str, of: str | None) -> None:
    with meals.unit("conteggi") as session, pytest.raises(RuleBroken, match="è più di «Pasti in orario: in tutto»"):
        operations.record(session, meals.service, UseMonth(YEAR, 1), {
            (meals.places["dresano"], "on_time_good"): Decimal(good),
            (meals.places["dresano"], "on_time_of"): None if of is None else Decimal(of)}, version=None, today=TODAY)


def test_a_corrected_month_changes_what_became_of_the_promise(meals: Meals) -> None:
    meals.count(1, dresano=(50, 54), melegnano=(50, 54), tribiano=(50, 54))
    assert meals.standard("on_time").periods.outcome is PromiseOutcome.KEPT
    meals.count(1, part="praised", of="eaten", dresano=(0, 0), melegnano=(0, 0), tribiano=(0, 0))
    with meals.unit("chiude") as session:
        month = operations.record(session, meals.service, UseMonth(YEAR, 1), {}, version=None, today=TODAY)
        month = operations.close(session, month.id, version=month.version, today=TODAY)
        operations.correct(session, month.id, meals.places["dresano"], "on_time_good", Decimal(45), why="Contati male.",
                           version=month.version, today=TODAY)
    row = meals.standard("on_time")
    assert (row.periods.outcome, row.open_months) == (PromiseOutcome.MISSED, ())


def test_a_municipality_reads_its_own_and_of_the_others_what_tells_of_nobody(meals: Meals) -> None:
    meals.count(1, dresano=(3, 4), melegnano=(9, 10), tribiano=(2, 3))
    meals.count(4, dresano=(1, 2), melegnano=(38, 40), tribiano=(1, 1))
    dresano = meals.standard("on_time", of="dresano")
    assert by_name(dresano) == {"Dresano": Fraction(400, 6), OTHERS: Fraction(5000, 54)}
    assert dresano.periods.value == Fraction(5400, 60)
    assert [one.value for one in dresano.periods.rows[:2]] == [Fraction(1400, 17), Fraction(4000, 43)]
    melegnano = meals.standard("on_time", of="melegnano")
    assert by_name(melegnano) == {"Melegnano": Fraction(94), OTHERS: Fraction(70)}
    # in April the others had three cases: they are hidden, and January with them, else the total gave them back
    assert [one.value for one in melegnano.periods.rows[:2]] == [None, None]
    assert by_name(meals.standard("on_time"))["Tribiano"] == Fraction(75)


def test_a_municipality_learns_nothing_where_the_others_have_few_in_all(meals: Meals) -> None:
    meals.count(1, dresano=(30, 40), melegnano=(2, 2), tribiano=(1, 2))
    row = meals.standard("on_time", of="dresano")
    assert (row.periods.value, row.periods.outcome) == (None, PromiseOutcome.SMALL)
    assert by_name(row) == {"Dresano": Fraction(75), OTHERS: None}


def test_one_municipality_alone(meals: Meals) -> None:
    meals.count(1, dresano=(3, 4), melegnano=(9, 10))
    dresano, melegnano = meals.places["dresano"], meals.places["melegnano"]
    assert meals.standard("on_time", municipality_id=dresano).periods.value == Fraction(75)
    assert meals.standard("on_time", of="dresano", municipality_id=dresano).periods.value == Fraction(75)
    with pytest.raises(RuleBroken, match="proprio Comune"):
        meals.standard("on_time", of="dresano", municipality_id=melegnano)


def test_use_over_use_says_to_others_no_more_than_the_tables_of_use(meals: Meals) -> None:
    many = {"part": "praised", "of": "eaten"}
    meals.count(1, **many, dresano=(40, 50), melegnano=(30, 40), tribiano=(20, 25))
    meals.count(2, **many, dresano=(40, 50), melegnano=(30, 40), tribiano=(20, 25))
    meals.count(3, **many, dresano=(40, 50), melegnano=(2, 3), tribiano=(1, 2))
    office = meals.standard("use")
    assert (office.periods.value, office.periods.rows[2].value) == (Fraction(22300, 285), Fraction(4300, 55))
    dresano = meals.standard("use", of="dresano")
    assert by_name(dresano)["Dresano"] == Fraction(80)
    assert dresano.periods.value == office.periods.value  # the sum of all is always said: shares show it
    with meals.unit("legge", clerk_of(meals.places["dresano"])) as session:
        table = year_table(session, session.get_one(Service, meals.service), "eaten", YEAR)
        assert table is not None
        unsaid = {month.month for month in table.months if table.figure(None, month) is None}
    assert unsaid  # else this test would show nothing
    assert not [told for month, told in enumerate(dresano.periods.rows, start=1)
                if month in unsaid and told.value is not None]
