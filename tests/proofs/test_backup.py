"""A backup while people write is one state of the office, killed anywhere it is whole or not there, and no byte of it
can be changed unseen: saved, destroyed, restored, on each database and across.
"""

from __future__ import annotations

import hashlib
import itertools
import multiprocessing
import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from admin.command import heads
from admin.command.backup import age, archive
from admin.command.backup import make as making
from admin.command.backup.make import make
from admin.command.backup.restore import restore
from core.catalogue.model import Service
from core.ground.access import ScopedSession, as_system
from core.ground.audit import AuditEntry, verify
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.settings import Settings
from tests.backups import ACTOR, act, files_in, live_in, rows_in, unkept
from tests.proofs.test_audit import real_image, replayed_image

pytestmark = pytest.mark.proof
ENGINES = ("sqlite", "postgresql")
WRITERS, BEFORE, AFTER = 3, 2, 2  # who writes; seconds of writing before the backup begins and after it has ended
KILLS = 50
ALTERED, CUT = 300, 60
KEY = "una chiave di prova"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that costs little: what it costs is not what is proved."""
    monkeypatch.setattr(age, "WORK", 8)


@pytest.fixture
def office(full_database: Database) -> Settings:
    """An installation that has lived a little."""
    settings = Settings(data_dir=full_database.folder, database_url=full_database.url)
    live_in(settings)
    full_database.dispose()
    return settings


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Settings]:
    """``place("postgresql")``: an empty folder and an empty database."""
    numbers = itertools.count(1)

    def empty(engine: str) -> Settings:
        folder = tmp_path / f"posto{next(numbers)}"
        if engine == "sqlite":
            return Settings(data_dir=folder)
        server = request.getfixturevalue("postgres_server")
        return Settings(data_dir=folder, database_url=server.clone("template1", folder.name))

    return empty


# --- while people write -------------------------------------------------------------------------------------


def write_until(settings: Settings, number: int, over: Any, told: Any) -> None:
    """One act after the other, a seal now and then; tells which were confirmed, and when."""
    database, confirmed = Database(settings.url, settings.data_dir), []
    for turn in itertools.count():
        if over.is_set():
            break
        act(database, f"scrittore-{number}-{turn}")
        confirmed.append((time.monotonic(), f"scrittore-{number}-{turn}"))
        if number == 0 and turn % 10 == 9:
            heads.seal(settings, database, whole=False)
    database.dispose()
    told.put(confirmed)


@dataclass
class Writing:
    """What writers have confirmed, by when."""

    confirmed: list[tuple[float, str]] = field(default_factory=list)

    def before(self, instant: float) -> set[str]:
        """What was confirmed before ``instant``."""
        return {mark for at, mark in self.confirmed if at < instant}


@contextmanager
def people_writing(settings: Settings) -> Iterator[Writing]:
    """Several who write all the while, each in a process of its own."""
    context, writing = multiprocessing.get_context("fork"), Writing()
    over, told = context.Event(), context.Queue()
    writers = [context.Process(target=write_until, args=(settings, number, over, told)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        time.sleep(BEFORE)
        yield writing
        time.sleep(AFTER)
    finally:
        over.set()
        for _ in writers:
            writing.confirmed += told.get(timeout=120)
        for writer in writers:
            writer.join()


def entries_in(settings: Settings) -> dict[int, tuple[Any, ...]]:
    """The history, entry by entry."""
    database = Database(settings.url, settings.data_dir)
    with ScopedSession(database, ACTOR) as session:
        columns = (AuditEntry.id, AuditEntry.at, AuditEntry.actor, AuditEntry.act, AuditEntry.table_name,
                   AuditEntry.row_id, AuditEntry.operation, AuditEntry.before, AuditEntry.after)
        found = {row[0]: row for row in as_system(session, select(*columns), reason="prova")}
    database.dispose()
    return found


def flaws(settings: Settings, source: dict[int, tuple[Any, ...]], confirmed: set[str]) -> dict[str, int]:
    """What the detector looks for in what was restored: acts that were confirmed and are not there, entries of the
    history that the source did not have so, rows that the history does not tell, documents without their file.
    """
    database = Database(settings.url, settings.data_dir)
    with ScopedSession(database, ACTOR) as session:
        there = set(session.scalars(select(Service.code)))
        broken = verify(session, heads.near(settings.data_dir)).broken
    image, _entries = replayed_image(database)
    real = real_image(database)
    database.dispose()
    return {"atti perduti": len(confirmed - there), "anelli rotti": int(broken is not None),
            "voci diverse": sum(source.get(key) != entry for key, entry in entries_in(settings).items()),
            "righe non raccontate": len(image.items() ^ real.items()), "documenti senza file": len(unkept(settings))}


def destroy(settings: Settings) -> None:
    """The folder gone, with an SQLite database; one on a server is simply not looked at again."""
    shutil.rmtree(settings.data_dir)


@pytest.mark.parametrize("into", ENGINES)
def test_saved_under_load_destroyed_and_restored_nothing_is_lost(office, place, tmp_path, backend, into, figure):
    with people_writing(office) as writing:
        began = time.monotonic()
        loaded = make(office, tmp_path / "sotto-carico")
        seconds = time.monotonic() - began
    quiet = make(office, tmp_path / "in-quiete", key=KEY)
    source, rows, files = entries_in(office), rows_in(office), files_in(office.data_dir)
    destroy(office)

    first, second = place(into), place(into)
    restore(first, loaded.file)
    found = flaws(first, source, writing.before(began))
    restore(second, quiet.file, key=KEY)
    unequal = [name for name, told in rows_in(second).items() if told != rows[name]]
    different = files_in(second.data_dir).items() ^ files.items()
    figure(f"salvataggio sotto carico ({backend} in {into})",
           f"{WRITERS} scrittori, {len(writing.confirmed)} atti, salvato in {seconds:.1f} s e distrutto: "
           f"{', '.join(f'{count} {what}' for what, count in found.items())}; in quiete "
           f"{sum(quiet.manifest.rows.values())} righe e {len(files)} file uguali")
    assert not any(found.values())
    assert len(writing.confirmed) > 20 and 0 < len(writing.before(began)) < len(writing.confirmed)
    assert not unequal and not different


def test_the_detector_goes_red_when_the_files_are_listed_before_the_database(
    office, place, tmp_path, backend, figure, monkeypatch
):
    listed: list[tuple[str, Path]] = []
    files_of, saved = making.files_of, making._saved

    def files_first(settings: Settings, *about: Any) -> Any:
        listed.extend(files_of(settings))
        time.sleep(1)
        return saved(settings, *about)

    monkeypatch.setattr(making, "_saved", files_first)
    monkeypatch.setattr(making, "files_of", lambda *_about: listed)
    with people_writing(office):
        made = make(office, tmp_path / "nell'altro-ordine")
    new = place(backend)
    restore(new, made.file)
    lost = len(unkept(new))
    figure(f"salvataggio sotto carico, controllo ({backend})", f"prima i file: {lost} documenti senza file: rosso")
    assert lost and made.manifest.missing


def test_two_years_of_a_district_go_from_database_to_database_and_come_back_equal(
    lived_districts, place, tmp_path, figure
):
    """Every table there is: from SQLite to PostgreSQL, to another PostgreSQL, and back."""
    district = lived_districts("sqlite")
    at = Settings(data_dir=tmp_path / "distretto")
    shutil.copytree(district.folder, at.data_dir)
    rows, files = rows_in(at), files_in(at.data_dir)
    for number, engine in enumerate(("postgresql", "postgresql", "sqlite")):
        made = make(at, tmp_path / f"passo-{number}", key=KEY)
        at = place(engine)
        restore(at, made.file, key=KEY)
        assert (rows_in(at), files_in(at.data_dir)) == (rows, files), engine
    full = sum(count > 0 for count, _told in rows.values())
    figure("salvataggio attraverso i database",
           "un distretto di due anni da SQLite a PostgreSQL, a un altro e ritorno: "
           f"{sum(count for count, _told in rows.values())} righe di {full} tabelle e {len(files)} file uguali")
    assert full > 70


# --- killed -------------------------------------------------------------------------------------------------


def killed_at_random(office: Settings, folder: Path) -> tuple[int, int]:
    """Let children save and kill each at a random instant; how many had ended, and how many half ones have a name."""
    began = time.monotonic()
    make(office, folder / "ultimo-buono")
    longest, chance, half = time.monotonic() - began, random.Random(20261122), 0
    for number in range(KILLS):
        child = os.fork()
        if child == 0:
            try:
                make(office, folder / f"nuovo-{number}")
            finally:
                os._exit(1)
        time.sleep(chance.uniform(0, longest))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        half += sum(not whole(path) for path in folder.glob(f"nuovo-{number}*"))
    return len(list(folder.glob("nuovo-*"))) - half, half


def whole(path: Path) -> bool:
    """True for a backup that can be restored."""
    try:
        archive.read(path)
    except RuleBroken:
        return False
    return True


def test_a_killed_backup_is_whole_or_not_there_and_the_last_good_one_stays(office, place, tmp_path, backend, figure):
    folder = tmp_path / "salvataggi"
    folder.mkdir()
    make(office, folder / "confronto")
    ended, half = killed_at_random(office, folder)
    left = [path.name for path in folder.iterdir() if path.name[0] == "."]
    new = place(backend)
    restore(new, folder / "ultimo-buono")
    make(office, folder / "dopo")
    figure(f"salvataggio interrotto ({backend})",
           f"{KILLS} kill -9: {ended} già finiti, {half} a metà con un nome, {len(left)} resto da riusare; l'ultimo "
           "buono si ripristina, e se ne fa un altro")
    assert not half and len(left) <= 1 and ended < KILLS / 2
    assert rows_in(new) == rows_in(office) and files_in(new.data_dir) == files_in(office.data_dir)


def test_the_detector_goes_red_when_it_is_written_under_its_name(office, tmp_path, backend, figure, monkeypatch):
    @contextmanager
    def in_place(final: Path, _installation: Path) -> Iterator[Any]:
        with final.open("wb") as file:
            yield file

    monkeypatch.setattr(making, "written", in_place)
    monkeypatch.setattr("tests.proofs.test_backup.KILLS", 15)
    _ended, half = killed_at_random(office, tmp_path)
    figure(f"salvataggio interrotto, controllo ({backend})", f"scritto con il suo nome: {half} a metà su 15: rosso")
    assert half


# --- altered and cut short ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tried:
    """How many altered and how many cut ones there were, and how many of them were not seen."""

    tried: int
    unseen: int


def tamper(path: Path, key: str) -> Tried:
    """Change a bit anywhere, then cut anywhere; whoever reads on has not seen it."""
    content, chance, unseen = path.read_bytes(), random.Random(20261122), 0
    for turn in range(ALTERED + CUT):
        spot = chance.randrange(len(content))
        changed = bytearray(content[:spot] if turn >= ALTERED else content)
        if turn < ALTERED:
            changed[spot] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        try:
            archive.read(path, key)
            unseen += 1
        except RuleBroken:
            continue
    path.write_bytes(content)
    archive.read(path, key)
    return Tried(ALTERED + CUT, unseen)


@pytest.mark.parametrize("key", ["", KEY], ids=["plain", "encrypted"])
def test_an_altered_byte_and_a_cut_are_found_every_time(office, tmp_path, backend, key, figure):
    found = tamper(make(office, tmp_path / "uno", key=key).file, key)
    figure(f"salvataggio manomesso ({backend}{', cifrato' if key else ''})",
           f"{found.tried - found.unseen} trovati su {found.tried}: {ALTERED} byte cambiati, {CUT} tagli")
    assert not found.unseen


def test_the_detector_goes_red_when_nothing_is_held_against_its_hash(office, tmp_path, backend, figure, monkeypatch):
    monkeypatch.setattr(archive._Sealed, "require_end", lambda _self: None)
    monkeypatch.setattr(archive, "_require_same", lambda _found, _said: None)
    found = tamper(make(office, tmp_path / "uno").file, "")
    figure(f"salvataggio manomesso, controllo ({backend})", f"senza verifica: {found.unseen} non visti: rosso")
    assert found.unseen


def test_what_is_restored_has_the_fingerprints_of_its_manifest(office, place, tmp_path, backend):
    """The hashes in the manifest are those of the files themselves, asked once more by other means."""
    made = make(office, tmp_path / "uno")
    new = place(backend)
    restore(new, made.file)
    told = {name.removeprefix(f"{archive.DATA}/"): known for name, known in made.manifest.files.items()
            if name.startswith(archive.DATA)}
    assert told == {name: hashlib.sha256(content).hexdigest() for name, content in files_in(new.data_dir).items()}
