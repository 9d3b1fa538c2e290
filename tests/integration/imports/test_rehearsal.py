"""What a rehearsal came to is what goes in: the same rows as if the file had been laid in at once, of every kind."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, select

from core.ground.access import Principal, Role, ScopedSession, as_system, system
from core.ground.audit import AuditEntry
from core.ground.db import Database
from core.ground.errors import NotAllowed, NotVisible, RuleBroken
from core.ground.unit_of_work import unit_of_work
from core.imports import rehearsal
from core.imports.operations import ImportReport, confirmed, run, to_the_end
from core.imports.subjects import IMPORTS
from core.models import metadata
from core.parties.model import Municipality
from core.plugins.loading import Registry
from demo.load import load
from tests.integration.deadlines.counting import statements
from tests.integration.imports.conftest import MANAGER, TODAY
from tests.integration.imports.test_statements import FILES, KINDS, book, ready

LEFT_OUT = {"audit_entry", "audit_seal", "audit_voice", "lease"}
Image = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def offices(ground, migrated, backend: str, registry: Registry):
    """``offices("one")``: a district of its own that nobody has imported anything into."""

    def opened(place: str) -> Database:
        database: Database = ground.copy(place, *migrated(backend, Registry()))[0]
        ground.reach(database, "loaded", lambda: _load(database, registry))
        return database

    return opened


def _load(database: Database, registry: Registry) -> None:
    with unit_of_work(database, MANAGER, act="carico") as session:
        load(session, registry)


def image(database: Database) -> Image:
    """All rows with their keys; of an instant only whether it is there."""
    found: Image = {}
    with ScopedSession(database, system("prova")) as session:
        here = set(inspect(database.reading).get_table_names()) - LEFT_OUT
        for table in metadata.tables.values():
            if table.name in here:
                instants = [column.name == "at" or column.name.endswith("_at") for column in table.columns]
                rows = as_system(session, select(*table.columns).order_by(*table.primary_key), reason="prova")
                found[table.name] = [
                    tuple(value is None if instant else value for value, instant in zip(row, instants, strict=True))
                    for row in rows]
    return found


def laid_in(database: Database, what: str, content: bytes, **options: bool) -> ImportReport:
    with unit_of_work(database, MANAGER, act="import.apply") as session:
        return run(session, IMPORTS[what], content, files=FILES, today=TODAY, **options)


def confirm(database: Database, what: str, name: str, who: Principal = MANAGER, **other) -> ImportReport:
    with unit_of_work(database, who, act="import.apply") as session:
        result = rehearsal.kept(name, what, session)
        return to_the_end(confirmed(session, IMPORTS[what], result, **{"files": FILES, "today": TODAY, **other}))


@pytest.mark.parametrize("what", KINDS)
def test_what_was_rehearsed_goes_in_as_if_it_had_been_laid_in(offices, what: str) -> None:
    direct, checked = offices("direct"), offices("checked")
    content = book(what, list(KINDS[what](ready(direct, what))))
    ready(checked, what)
    before = image(checked)
    report = laid_in(checked, what, content, rehearse=True)
    assert report.result is not None
    assert image(checked) == before, "the rehearsal leaves nothing"
    name = rehearsal.keep(report.result, checked.files)
    with statements(checked) as asked:
        done = confirm(checked, what, name)
    assert laid_in(direct, what, content).applied
    assert done.applied and [row.made for row in done.rows] == [row.made for row in report.rows]
    assert len(asked) < len(done.rows) * 2 + 60, "it is not tried again"
    assert image(checked) == image(direct)
    assert told(checked) == told(direct), "the history names the person and the act"
    for document in {row[3] for row in image(checked)["document"]} - {row[3] for row in before["document"]}:
        assert checked.files.get(str(document)) == direct.files.get(str(document))


def told(database: Database) -> set[tuple[str, str, str, str]]:
    """Who has added what, in which act; rows that changed within the act are told once or more."""
    with ScopedSession(database, system("prova")) as session:
        entries = select(AuditEntry.actor, AuditEntry.act, AuditEntry.table_name, AuditEntry.row_id)
        return {tuple(row) for row in session.execute(entries.where(AuditEntry.operation == "i"))}


@pytest.fixture
def rehearsed(offices) -> tuple[Database, str]:
    """Municipalities that were checked and wait for a word."""
    database = offices("waiting")
    report = laid_in(database, "municipalities", book("municipalities", list(KINDS["municipalities"]([]))),
                     rehearse=True)
    assert report.result is not None
    return database, rehearsal.keep(report.result, database.files)


def test_what_has_changed_since_is_told_and_nothing_goes_in(rehearsed) -> None:
    database, name = rehearsed
    with unit_of_work(database, MANAGER, act="rubrica") as session:
        session.scalars(select(Municipality).limit(1)).one().address = "Via Nuova, 1"
    before = image(database)
    with pytest.raises(RuleBroken, match="Mandare di nuovo il file"):
        confirm(database, "municipalities", name)
    assert image(database) == before


def test_the_check_of_another_day_is_made_again(rehearsed) -> None:
    database, name = rehearsed
    with pytest.raises(RuleBroken, match="il giorno è passato"):
        confirm(database, "municipalities", name, today=TODAY.replace(day=3))


def test_a_result_is_confirmed_once_by_whom_it_belongs_to_for_what_it_is(rehearsed) -> None:
    database, name = rehearsed
    other = Principal("Altra Direttrice", frozenset({Role.MANAGEMENT}), user_id=99)
    with pytest.raises(NotVisible):
        confirm(database, "municipalities", name, other)
    with pytest.raises(NotVisible):
        confirm(database, "shares", name)
    with pytest.raises(NotAllowed):
        confirm(database, "municipalities", name, Principal("X", frozenset({Role.AUDITOR}), MANAGER.user_id))
    assert confirm(database, "municipalities", name).applied
    with pytest.raises(RuleBroken, match="Dopo il controllo"):
        confirm(database, "municipalities", name)


def test_a_result_that_somebody_has_written_into_is_not_taken(rehearsed) -> None:
    database, name = rehearsed
    path = database.files.locate(f"imports/{name}.json.gz")
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(NotVisible):
        confirm(database, "municipalities", name)


@pytest.mark.parametrize("what", KINDS)
def test_no_import_looks_at_what_may_change_between_check_and_word(offices, what: str) -> None:
    database = offices("asked")
    content = book(what, list(KINDS[what](ready(database, what))))
    with statements(database) as asked:
        assert laid_in(database, what, content, rehearse=True).is_clean
    read = {name for name in rehearsal.UNASKED for said in asked if f"FROM {name} " in said or f"JOIN {name} " in said}
    assert read == set()
