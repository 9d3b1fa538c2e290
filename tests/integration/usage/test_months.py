"""The use of a month: recorded, closed, corrected afterwards with a reason; seen by whom it concerns."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.catalogue.model import OwnFields, Service
from core.ground.access import NotAllowed, ScopedSession
from core.ground.audit import AuditEntry
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.usage.measures import measures_of
from core.usage.model import UseCorrection, UseFigure
from core.usage.rules import UseMonth
from core.usage.years import YearUse, year_use
from tests.factories import clerk_of
from tests.integration.usage.conftest import FEBRUARY, JANUARY, TODAY, Used

D = Decimal


def figures(used: Used) -> dict[tuple[int, str, str], Decimal]:
    with used.unit("legge") as session:
        return {(row.month, row.municipality.name, row.measure): row.value for row in session.scalars(
            select(UseFigure).order_by(UseFigure.id))}


def year(session: Any, used: Used, code: str = "hours") -> YearUse:
    found = year_use(session, session.get_one(Service, used.service), code, 2026)
    assert found is not None
    return found


def test_a_month_is_recorded_and_changed_while_it_is_open(used: Used) -> None:
    used.record(dresano_people="12", dresano_hours="96.5")
    used.record(dresano_people="13", dresano_hours="", melegnano_hours="0")
    assert figures(used) == {(2, "Dresano", "people"): 13, (2, "Melegnano", "hours"): 0}
    with used.unit("legge") as session:
        assert {row.unit for row in session.scalars(select(UseFigure))} == {"persone", "ore"}


@pytest.mark.parametrize(("month", "entries", "sentence"), [
    (FEBRUARY, {"pantigliate_hours": "3"}, "non copre il Comune indicato"),
    (FEBRUARY, {"dresano_hours": "-3"}, "zero o di più"),
    (FEBRUARY, {"dresano_people": "2.5"}, "numeri interi"),
    (FEBRUARY, {"dresano_meals": "3"}, "le sue misure sono Persone seguite, Ore di assistenza"),
    (UseMonth(2026, 4), {"dresano_hours": "3"}, "Aprile 2026 non è ancora cominciato"),
])
def test_what_cannot_be_is_refused_and_nothing_is_kept(used: Used, month: UseMonth, entries: dict[str, str],
                                                       sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        used.record(month, melegnano_people="8", **entries)
    assert figures(used) == {}


def test_two_who_record_the_same_month_do_not_overwrite_each_other(used: Used) -> None:
    used.record(dresano_people="12", version=0)
    with pytest.raises(RuleBroken, match="qualcun altro"):
        used.record(dresano_people="40", version=0)


def test_a_month_is_closed_when_it_is_over_and_every_figure_is_there(used: Used) -> None:
    used.record(dresano_people="12", dresano_hours="96.5")
    with pytest.raises(RuleBroken, match="Mancano cifre di: Melegnano"):
        used.close()
    used.whole()
    used.whole(UseMonth(2026, 3))
    with pytest.raises(RuleBroken, match="Marzo 2026 non è finito"):
        used.close(UseMonth(2026, 3))
    used.close()
    assert (used.row().state, used.row().closed_on) == ("closed", TODAY)
    with pytest.raises(RuleBroken, match="Febbraio 2026 di «Assistenza domiciliare» è chiuso"):
        used.record(dresano_people="13")


def test_a_closed_month_is_corrected_with_a_reason_and_both_figures_stay_written(used: Used) -> None:
    used.whole()
    used.close()
    with pytest.raises(RuleBroken, match="indicare perché"):
        used.correct(used.dresano, "hours", "80", " ")
    with pytest.raises(RuleBroken, match="è già questa"):
        used.correct(used.dresano, "hours", "96.5", "Prova")
    used.correct(used.dresano, "hours", "80", "Due visite contate due volte.")
    with used.unit("legge") as session:
        [row] = session.scalars(select(UseCorrection))
        assert (row.before, row.after, row.why, row.on) == (D("96.5"), 80, "Due visite contate due volte.", TODAY)
        assert row.figure.value == 80
        told = session.scalars(select(AuditEntry).where(AuditEntry.table_name == "use_correction")).one()
        assert told.act == "corregge"
        assert year(session, used).corrected[used.dresano] == (
            "febbraio 2026 corretto da 96,5 a 80 (Due visite contate due volte.)",)
    with pytest.raises(RuleBroken, match="il mese resta chiuso"):
        used.reopen("Errore")


def test_an_open_month_is_not_corrected_and_a_close_that_came_too_early_is_taken_back(used: Used) -> None:
    used.whole()
    with pytest.raises(RuleBroken, match="ancora aperto"):
        used.correct(used.dresano, "hours", "80", "Prova")
    used.close()
    used.reopen("Chiuso per errore")
    assert (used.row().state, used.row().closed_on) == ("open", None)
    used.record(dresano_people="13")


def test_a_municipality_sees_its_own_figures_and_corrections_and_records_nothing(
    used: Used, database: Database
) -> None:
    used.whole()
    used.close()
    used.correct(used.melegnano, "hours", "280", "Doppio conteggio.")
    with ScopedSession(database, clerk_of(used.dresano)) as session:
        assert {row.municipality_id for row in session.scalars(select(UseFigure))} == {used.dresano}
        assert session.scalars(select(UseCorrection)).all() == []
    with pytest.raises(NotAllowed):
        used.record(JANUARY, who=clerk_of(used.dresano), dresano_hours="4")


def test_what_is_not_recorded_is_said_and_counts_nothing(used: Used) -> None:
    used.whole(JANUARY)
    used.close(JANUARY)
    used.record(FEBRUARY, dresano_hours="10")
    with used.unit("legge") as session:
        found = year(session, used)
        assert found.totals == {used.dresano: D("106.5"), used.melegnano: D("300")}
        said = [str(finding) for finding in found.findings()]
    assert said[0].startswith("Uso di «Assistenza domiciliare», Ore di assistenza, 2026: non registrato in marzo 2026,")
    assert said[1].endswith("febbraio 2026: manca la cifra di Melegnano.")
    assert said[2].endswith("ancora da chiudere febbraio 2026. Le cifre possono cambiare.")


def test_a_measure_that_the_office_adds_is_counted_at_once(used: Used) -> None:
    own = {"measures": [{"code": "own_meals", "title": "Pasti", "unit": "pasti", "kind": "quantity"}]}
    with used.unit("campi") as session:
        session.add(OwnFields(service_id=used.service, content=own))
    with used.unit("legge") as session:
        assert list(measures_of(session, used.service, 2026)) == ["people", "hours", "own_meals"]
    used.record(dresano_own_meals="31")
    assert figures(used) == {(2, "Dresano", "own_meals"): 31}
