"""The night in pieces: whatever their size, and wherever it is cut off, the same comes of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, text

from core.ground.access import ScopedSession, as_system, system
from core.ground.db import Database
from core.ground.unit_of_work import unit_of_work
from core.instalments import operations
from core.instalments.model import Instalment
from core.models import metadata
from core.night import ALERTS, NIGHT, Step, following, pieces
from tests.integration.deadlines.counting import statements

DAY = date(2030, 1, 10)  # years after the story: contracts and accreditations end, advances fall due
LEFT_OUT = {"audit_entry", "audit_seal", "audit_voice", "lease", "outbox_message", "idempotency_key"}


@pytest.fixture
def lived(ground, backend, lived_districts):
    """``lived(place)``: a copy of the district after its story, where nothing of that day has been done yet."""
    return lambda place: ground.copy(place, lived_districts(backend).database, lived_districts(backend).folder)[0]


def steps(database: Database, size: int | None = None) -> list[Step]:
    """Everything that a day brings, in pieces of ``size`` or as large as they are."""
    found = [*NIGHT, *following(database), ALERTS]
    return found if size is None else [replace(step, size=size) for step in found]


def live(database: Database, size: int | None = None, until: int | None = None, day: date = DAY) -> int:
    """Live that day, or its first pieces; how many pieces were done."""
    done = 0
    for _name, work in pieces(database, steps(database, size), day):
        if done == until:
            break
        work()
        done += 1
    return done


def image(database: Database) -> dict[str, Counter[tuple[object, ...]]]:
    """All rows, told without the numbers and instants that depend on the order of the pieces."""
    found = {}
    with ScopedSession(database, system("prova")) as session:
        for table in metadata.tables.values():
            if table.name not in LEFT_OUT:
                columns = [column for column in table.columns if column.name not in ("id", "deadline_id")]
                instants = [column.name == "at" or column.name.endswith("_at") for column in columns]
                rows = as_system(session, select(*columns), reason="prova")
                found[table.name] = Counter(_told(row, instants) for row in rows)
    return found


def _told(row: tuple[object, ...], instants: list[bool]) -> tuple[object, ...]:
    return tuple(value is None if instant else repr(value) for value, instant in zip(row, instants, strict=True))


def test_small_pieces_bring_what_one_piece_brings(lived):
    whole, cut = lived("whole"), lived("cut")
    before = image(whole)
    few, many = live(whole, 100_000), live(cut, 1)
    told = image(whole)
    changed = {name for name in told if told[name] != before[name]}
    assert {"contract", "instalment", "deadline", "alert", "passage_log", "accreditation", "monitoring"} <= changed
    assert many > 2 * few
    assert image(cut) == told


@pytest.mark.parametrize("until", [3, 30, 70])
def test_a_night_cut_off_anywhere_is_taken_up_by_the_next_round(lived, ground, until):
    whole, cut = lived("whole"), lived("cut")
    told = ground.reach(whole, "whole night", lambda: image_after_a_night(whole))
    assert live(cut, 2, until) == until
    live(cut, 2)
    assert image(cut) == told


def image_after_a_night(database: Database) -> dict[str, Counter[tuple[object, ...]]]:
    live(database)
    return image(database)


def test_a_night_in_which_nothing_has_changed_writes_nothing_and_holds_nobody_up(lived):
    database = lived("whole")
    live(database)
    # what nobody can be told of is tried again each time
    quiet = [step for step in steps(database) if step is not ALERTS]
    with statements(database) as asked:
        for _name, work in pieces(database, quiet, DAY):
            work()
    assert not [said for said in asked if "audit_voice" in said or "patto.act" in said], "no act was begun"


CHANGES = {
    "the patron's day": "UPDATE municipality SET patron_day = '02-01'",
    "a share": "UPDATE year_share SET amount = amount + 1200",
    "a share taken back": "DELETE FROM year_share WHERE year = 2026",
    "the plan of the terms": "UPDATE instalment_rule SET percent = percent - 1000 WHERE percent IS NOT NULL",
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_the_figures_of_a_planned_instalment_is_never_missed(lived, change):
    database, day = lived("whole"), date(2026, 11, 20)
    with unit_of_work(database, system("prova"), act="piano") as session:
        assert operations.plan_all(session, 2027, today=day)
    live(database, day=day)
    before = figures(database)
    with database.writing.begin() as connection:  # from outside, so that nobody tells the instalments
        connection.execute(text(CHANGES[change]))
    live(database, 3, day=day)
    assert figures(database) != before


def figures(database: Database) -> list[tuple[object, ...]]:
    with ScopedSession(database, system("prova")) as session:
        rows = select(Instalment.id, Instalment.amount, Instalment.effective).where(Instalment.state == "planned")
        return [tuple(row) for row in session.execute(rows.order_by(Instalment.id))]
