"""The history holds every change by whatever road, and whoever touches it afterwards is found."""

from __future__ import annotations

import json
import multiprocessing
import random
from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, text, update

from core.catalogue.model import Service
from core.ground.access import Principal, Role, ScopedSession, as_system, system
from core.ground.audit import AuditEntry, Head, seal, unsealed, verify
from core.ground.db import Database
from core.ground.unit_of_work import unit_of_work
from tests.factories import filled

pytestmark = pytest.mark.proof
WRITERS = 4
ACTS_EACH = 30
TAMPERINGS = 60
Image = dict[str, tuple[str, str]]


def write_at_random(url: str, seed: int) -> None:
    """One writer: rows one by one, many at once, and by hands from outside; and the sealing step in between."""
    chance, database = random.Random(seed), Database(url)
    who = Principal(f"Scrittore {seed}", frozenset({Role.MANAGEMENT}))
    for turn in range(ACTS_EACH):
        road = chance.choice([_one_row, _many_rows, _removal, _from_outside, _sealing])
        road(database, who, chance, f"{seed}-{turn}")
    database.dispose()


def _one_row(database: Database, who: Principal, chance: random.Random, mark: str) -> None:
    with unit_of_work(database, who, act="service.add") as session:
        session.add_all([filled(Service, code=f"service-{mark}-{number}", title=mark) for number in range(4)])
        for service in session.scalars(select(Service).order_by(Service.id).limit(2).with_for_update()):
            service.title = f"{mark} {chance.random()}"


def _many_rows(database: Database, who: Principal, chance: random.Random, mark: str) -> None:
    with unit_of_work(database, who, act="service.reform") as session:
        _one_at_a_time(session)
        as_system(session, update(Service).values(managing_unit=mark), reason="prova")


def _removal(database: Database, who: Principal, chance: random.Random, _mark: str) -> None:
    with unit_of_work(database, who, act="service.remove") as session:
        _one_at_a_time(session)
        unlucky = Service.id % 7 == chance.randrange(7)
        as_system(session, delete(Service).where(unlucky), reason="prova")


def _from_outside(database: Database, _who: Principal, _chance: random.Random, mark: str) -> None:
    with database.writing.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE service IN SHARE ROW EXCLUSIVE MODE"))
        connection.execute(text("UPDATE service SET title = :mark WHERE id % 3 = 0"), {"mark": f"fuori {mark}"})


def _sealing(database: Database, _who: Principal, _chance: random.Random, _mark: str) -> None:
    with unit_of_work(database, system("sigillo"), act="audit.seal") as session:
        seal(session, unsealed(session))


def _one_at_a_time(session: ScopedSession) -> None:
    # two who change all rows in different orders would deadlock, which is not what is being proved
    if session.get_bind().dialect.name == "postgresql":
        as_system(session, text("LOCK TABLE service IN SHARE ROW EXCLUSIVE MODE"), reason="prova")


def real_image(database: Database) -> Image:
    """The services as they are."""
    with ScopedSession(database, system("prova")) as session:
        rows = as_system(session, select(Service.id, Service.title, Service.managing_unit), reason="prova")
    return {str(key): (title, unit) for key, title, unit in rows}


def replayed_image(database: Database) -> tuple[Image, int]:
    """The services as the history tells them from the beginning, and how many entries tell it."""
    image: Image = {}
    with ScopedSession(database, system("prova")) as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.table_name == "service").order_by(AuditEntry.id)
        ).all()
    for entry in entries:
        if entry.after is None:
            del image[entry.row_id]
        else:
            after = json.loads(entry.after)
            image[entry.row_id] = (after["title"], after["managing_unit"])
    return image, len(entries)


@pytest.fixture
def written(database: Database) -> Database:
    """A database on which several have written at once."""
    database.dispose()
    url = database.reading.url.render_as_string(hide_password=False)
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=write_at_random, args=(url, seed)) for seed in range(WRITERS)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert all(process.exitcode == 0 for process in processes), "a writer died"
    return database


def test_the_history_tells_the_present_from_the_beginning(written, backend, figure):
    image, entries = replayed_image(written)
    assert image == real_image(written)
    assert len(image) > 5
    _sealing(written, system("prova"), random.Random(), "")
    with ScopedSession(written, system("prova")) as session:
        found = verify(session)
    assert (found.broken, found.unsealed) == (None, 0)
    figure(
        f"storia ({backend})",
        f"{WRITERS} scrittori per cinque strade, {entries} voci: ricostruite {len(image)} righe su {len(image)}, "
        f"catena di {found.head.number} sigilli intatta",
    )


def test_the_detector_goes_red_without_a_trigger(written, backend, figure):
    on_table = " ON service" if backend == "postgresql" else ""
    with written.writing.begin() as connection:
        connection.execute(text(f"DROP TRIGGER audit_service_u{on_table}"))
        connection.execute(text("UPDATE service SET title = 'senza trigger'"))
    image, _entries = replayed_image(written)
    wrong = sum(image[key] != row for key, row in real_image(written).items())
    figure(f"storia, controllo senza trigger ({backend})", f"{wrong} righe diverse dalla storia: rosso")
    assert wrong


TAMPERING: dict[str, Callable[[int], list[str]]] = {
    "chi": lambda at: [f"UPDATE audit_entry SET actor = 'Altri' WHERE id = {entry(at)}"],
    "che cosa": lambda at: [f"UPDATE audit_entry SET after = '{{}}' WHERE id = {entry(at)}"],
    "quando": lambda at: [f"UPDATE audit_entry SET at = '2001-01-01 00:00:00.000000' WHERE id = {entry(at)}"],
    "quale riga": lambda at: [f"UPDATE audit_entry SET row_id = '0' WHERE id = {entry(at)}"],
    "il sigillo": lambda at: [f"UPDATE audit_seal SET hash = 'x' WHERE number = {at}"],
    "un anello tolto": lambda at: [f"DELETE FROM audit_seal WHERE number = {at}"],
    "la fine tolta": lambda at: [f"DELETE FROM audit_seal WHERE number >= {at}"],
    "tutto risigillato": lambda at: [
        f"UPDATE audit_entry SET actor = 'Altri' WHERE id = {entry(at)}", "DELETE FROM audit_seal", "seal",
    ],
}


def entry(number: int) -> str:
    """The entry behind a seal, as SQL."""
    return f"(SELECT entry_id FROM audit_seal WHERE number = {number})"


def tampered(database: Database, statements: list[str], exported: Head) -> bool:
    """Do the tampering, ask the verifier, and undo it all."""
    with ScopedSession(database, system("prova"), writing=True) as session:
        for statement in statements:
            if statement == "seal":
                seal(session, unsealed(session))
            else:
                as_system(session, text(statement), reason="prova")
        found = verify(session, [exported]).broken is not None
        session.rollback()
    return found


def test_every_tampering_is_found_and_an_honest_history_is_not_accused(written, backend, figure):
    with unit_of_work(written, system("sigillo"), act="audit.seal") as session:
        head = seal(session, unsealed(session))
    chance = random.Random(20261122)
    found = 0
    for turn in range(TAMPERINGS):
        how = list(TAMPERING.values())[turn % len(TAMPERING)]
        found += tampered(written, how(chance.randint(1, head.number)), head)
    figure(f"manomissioni ({backend})", f"{found} trovate su {TAMPERINGS}; storia onesta: nessuna accusa")
    assert found == TAMPERINGS
    assert not tampered(written, [], head)


def test_the_detector_goes_red_without_the_exported_head(written, backend, figure):
    with unit_of_work(written, system("sigillo"), act="audit.seal") as session:
        head = seal(session, unsealed(session))
    forged = TAMPERING["tutto risigillato"](3)
    missed = not tampered(written, forged, Head(0, ""))
    figure(f"manomissioni, controllo senza testa esportata ({backend})", "catena rifatta non vista: rosso")
    assert missed, "an agreeing forgery shows why the head must leave the database"
    assert tampered(written, forged, head)
