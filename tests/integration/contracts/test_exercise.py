"""A contract of an azienda whose exercise is no calendar year says from when to when it goes."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.contracts.model import Contract
from core.contracts.operations import generate_document
from core.contracts.terms import proposed_end
from core.documents.wordfile import read_text
from core.ground.exercises import exercises
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Azienda
from tests.district import TODAY, District
from tests.integration.contracts.making import ACTOR, demo_contract


def printed(district: District, exercise_starts: str) -> str:
    """The text of the demo contract, as a contract that begins on 1 September 2026."""
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        session.scalars(select(Azienda)).one().exercise_starts = exercise_starts
        key = demo_contract(session).id
        contract = session.get_one(Contract, key)
        contract.starts_on, contract.ends_on = date(2026, 9, 1), date(2027, 8, 31)
        contract.runs_to = contract.ends_on
        session.flush()
        made = generate_document(session, key, registry=district.registry, today=TODAY)
        return " ".join(" ".join(read_text(session.files.get(made.document.path))).split())


def test_the_text_names_the_exercise_by_both_its_years_and_its_days(district: District) -> None:
    said = printed(district, "09-01")
    assert "al Piano programma 2026/2027 – Bilancio preventivo 2026/2027" in said
    assert "per ogni esercizio, che va dal 1º settembre al 31 agosto dell'anno dopo, con il bilancio di " in said
    assert "dell'esercizio cui si riferiscono" in said


def test_of_a_calendar_year_it_says_nothing_that_nobody_would_ask(district: District) -> None:
    said = printed(district, "01-01")
    assert "al Piano programma 2026 – Bilancio preventivo 2026" in said
    assert "La quota è stabilita per ogni esercizio con il bilancio di previsione" in said
    assert "dell'anno cui si riferiscono" in said


@pytest.mark.parametrize(("begins", "start", "end"), [
    ("09-01", date(2026, 9, 1), date(2027, 8, 31)), ("09-01", date(2027, 3, 1), date(2027, 8, 31)),
    ("07-01", date(2026, 9, 1), date(2027, 6, 30)), ("01-01", date(2026, 9, 1), date(2026, 12, 31)),
])
def test_without_another_reason_a_contract_ends_with_the_exercise(
    district: District, begins: str, start: date, end: date
) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        session.scalars(select(Azienda)).one().exercise_starts = begins
        session.flush()
        assert proposed_end(start, None, None, exercises(session)) == end
