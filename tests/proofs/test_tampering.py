"""Whoever has root on database, files and keys cannot change what a head from outside attests without being found.

Each tampering is done in a transaction that is taken back, with the files put back: the next one meets an honest house.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from admin.command import heads
from core.ground import heads as signed
from core.ground.access import ScopedSession, as_system, system
from core.ground.audit import GENESIS, Head, head, seal, unsealed
from core.ground.db import Database
from core.ground.examination import Examined, Shown, examine, files_told
from core.ground.settings import Settings
from core.models import metadata
from tests.backups import act, live_in

pytestmark = pytest.mark.proof
HISTORY = {"sqlite": 500, "postgresql": 100}  # 600 and 100 in all: a database on a server takes longer to be asked
DOCUMENTS = {"sqlite": 70, "postgresql": 30}
DAYS, ACTS = 4, 5  # days with a head each, acts in a day
ROOT = os.name == "posix" and os.geteuid() == 0
OWNER, KEEPER = 65_001, 65_002  # user ids that nobody has


@dataclass
class House:
    """An installation, and the heads of its days as they lie elsewhere."""

    settings: Settings
    database: Database
    outside: list[Shown]


@pytest.fixture
def house(full_database: Database) -> House:
    """Some days of an office, each with its head."""
    settings = Settings(data_dir=full_database.folder, database_url=full_database.url)
    live_in(settings)
    for day in range(DAYS):
        for number in range(ACTS):
            act(full_database, f"giorno-{day}-{number}")
        heads.seal(settings, full_database)
        heads.make(settings, full_database)
        if day < DAYS - 1:
            sleepless(settings)
    outside = [Shown(signed.read(path), path.name) for path in signed.kept(settings.data_dir / signed.FOLDER)]
    return House(settings, full_database, outside)


def sleepless(settings: Settings) -> None:
    """Give the newest head a name of its own day: two of one second would want the same."""
    newest = signed.kept(settings.data_dir / signed.FOLDER)[-1]
    newest.rename(newest.with_name(newest.name.replace("testa-2", "testa-1", 1)))


class Intruder:
    """Somebody with root: any statement, no trigger if they like, every file, the signing key."""

    def __init__(self, house: House, session: ScopedSession, chance: random.Random) -> None:
        self.house, self.session, self.chance = house, session, chance
        self.near: list[Head] | None = None
        self.added: list[Shown] = []
        if house.database.reading.dialect.name == "sqlite":
            self.run("PRAGMA defer_foreign_keys=ON")

    def run(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """One statement, of whatever kind."""
        return as_system(self.session, text(statement), reason="prova")

    def ask(self, statement: str) -> Any:
        """The one value of a question."""
        return self.run(statement)[0][0]

    def blind(self, *tables: str) -> None:
        """No trigger watches from here on."""
        if self.session.get_bind().dialect.name == "postgresql":
            self.run("SET LOCAL session_replication_role = replica")
            return
        for table in tables:
            for letter in "iud":
                self.run(f"DROP TRIGGER IF EXISTS audit_{table}_{letter}")

    def link(self) -> int:
        """A link of the chain, any."""
        return self.chance.randint(1, self.house.outside[-1].head.number)

    def entry(self, number: int) -> int:
        """The entry behind a link."""
        found: int = self.ask(f"SELECT entry_id FROM audit_seal WHERE number = {number}")
        return found

    def reseal(self) -> None:
        """The whole chain anew, with all that lies beside the database, signed with the key of the installation."""
        self.run("DELETE FROM audit_seal")
        forged = seal(self.session, unsealed(self.session))
        self.near = [forged]
        key = signed.signing_key(self.house.settings.data_dir)
        files = files_told(self.session, metadata.sorted_tables, forged.number)
        again = replace(self.house.outside[-1].head, number=forged.number, hash=forged.hash, documents=len(files),
                        documents_hash=signed.over_files(files.values()))
        self.added = [Shown(signed.signed(again, key), "forgiata")]
        assert self.added[0].head.is_genuine


# --- against the history ------------------------------------------------------------------------------------


def one_entry(it: Intruder) -> None:
    """A column of an entry."""
    column = it.chance.choice(("actor", "act", "row_id", "before", "after", "table_name", "at", "operation"))
    value = "2001-01-01 00:00:00.000000" if column == "at" else it.chance.choice(("x", "{}", "1"))
    it.run(f"UPDATE audit_entry SET {column} = '{value}' WHERE id = {it.entry(it.link())}")


def one_seal(it: Intruder) -> None:
    """The hash of a link."""
    it.run(f"UPDATE audit_seal SET hash = '{it.chance.getrandbits(256):064x}' WHERE number = {it.link()}")


def an_entry_gone(it: Intruder) -> None:
    """An entry, its seal left."""
    it.blind()
    it.run(f"DELETE FROM audit_entry WHERE id = {it.entry(it.link())}")


def a_link_gone(it: Intruder) -> None:
    """An entry with its seal."""
    number = it.link()
    entry = it.entry(number)
    it.run(f"DELETE FROM audit_seal WHERE number = {number}")
    it.run(f"DELETE FROM audit_entry WHERE id = {entry}")


def a_link_gone_and_closed_up(it: Intruder) -> None:
    """An entry with its seal, and the chain made anew."""
    a_link_gone(it)
    it.reseal()


def two_swapped(it: Intruder) -> None:
    """Two entries change places in the chain."""
    first, second = it.chance.sample(range(1, it.house.outside[-1].head.number + 1), 2)
    one, other = it.entry(first), it.entry(second)
    it.run(f"DELETE FROM audit_seal WHERE number = {second}")
    it.run(f"UPDATE audit_seal SET entry_id = {other} WHERE number = {first}")
    it.run(f"INSERT INTO audit_seal (number, entry_id, hash) VALUES ({second}, {one}, '{GENESIS}')")


def the_end_gone(it: Intruder) -> None:
    """The seals from one on; the entries wait as if they had never had any."""
    it.run(f"DELETE FROM audit_seal WHERE number >= {it.link()}")
    it.near = [head(it.session)]


def the_end_gone_with_its_entries(it: Intruder) -> None:
    """Seals and entries from one on."""
    entry = it.entry(number := it.link())
    it.run(f"DELETE FROM audit_seal WHERE number >= {number}")
    it.run(f"DELETE FROM audit_entry WHERE id >= {entry}")
    it.near = [head(it.session)]


def one_more_within(it: Intruder) -> None:
    """An entry that never was, sealed among the others: the chain is made anew with it."""
    before = it.entry(it.chance.randint(1, it.house.outside[-1].head.number - 1))
    it.run("DELETE FROM audit_seal")
    it.run(f"UPDATE audit_entry SET id = id + 100000 WHERE id > {before}")
    it.run(f"INSERT INTO audit_entry (id, at, actor, act, table_name, row_id, operation, before, after) SELECT id + 1, "
           f"at, actor, 'inventato', table_name, row_id, 'u', before, after FROM audit_entry WHERE id = {before}")
    it.reseal()


def rewritten(it: Intruder) -> None:
    """Who did it, in every entry from one on, and the chain made anew."""
    it.run(f"UPDATE audit_entry SET actor = 'Altri' WHERE id >= {it.entry(it.link())}")
    it.reseal()


def rewritten_with_the_row(it: Intruder) -> None:
    """A row, all that was ever told of it, and the chain: everything agrees with itself."""
    key, title = it.run("SELECT id, title FROM service ORDER BY id")[it.chance.randrange(10)]
    it.blind("service")
    it.run(f"UPDATE service SET title = 'Altro' WHERE id = {key}")
    for column in ("before", "after"):
        for number, told in it.run(f"SELECT id, {column} FROM audit_entry WHERE table_name = 'service' AND row_id = "
                                   f"'{key}' AND {column} IS NOT NULL"):
            forged = json.dumps({**json.loads(told), "title": "Altro"}).replace("'", "''").replace(":", "\\:")
            it.run(f"UPDATE audit_entry SET {column} = '{forged}' WHERE id = {number}")
    it.reseal()
    assert title != "Altro"


def a_row_gone_with_its_history(it: Intruder) -> None:
    """A row, every entry about it, and the chain closed up."""
    key = it.run("SELECT id FROM service ORDER BY id")[it.chance.randrange(10)][0]
    it.blind("service")
    it.run(f"DELETE FROM service WHERE id = {key}")
    it.run("DELETE FROM audit_seal")
    it.run(f"DELETE FROM audit_entry WHERE table_name = 'service' AND row_id = '{key}'")
    it.reseal()


def another_end(it: Intruder) -> None:
    """The end cut off and grown again to the same length with other entries."""
    number = it.chance.randint(it.house.outside[0].head.number // 2, it.house.outside[-1].head.number - 1)
    gone = it.run(f"SELECT entry_id FROM audit_seal WHERE number >= {number} ORDER BY number")
    it.run(f"UPDATE audit_entry SET act = 'tutt''altro' WHERE id >= {gone[0][0]}")
    it.reseal()


def a_row_unseen(it: Intruder) -> None:
    """A row changed while no trigger watched."""
    key = it.run("SELECT id FROM service ORDER BY id")[it.chance.randrange(10)][0]
    it.blind("service")
    it.run(f"UPDATE service SET managing_unit = 'Altri' WHERE id = {key}")


def a_row_gone_unseen(it: Intruder) -> None:
    """A row deleted while no trigger watched."""
    key = it.run("SELECT id FROM service ORDER BY id")[it.chance.randrange(10)][0]
    it.blind("service")
    it.run(f"DELETE FROM service WHERE id = {key}")


def a_row_more_unseen(it: Intruder) -> None:
    """A row added while no trigger watched."""
    it.blind("counter")
    it.run(f"INSERT INTO counter (register, year, last) VALUES ('contract', {it.chance.randint(1990, 2020)}, 7)")


Tampering = Callable[[Intruder], None]
AGAINST_HISTORY: tuple[Tampering, ...] = (
    one_entry, one_seal, an_entry_gone, a_link_gone, a_link_gone_and_closed_up, two_swapped, the_end_gone,
    the_end_gone_with_its_entries, one_more_within, rewritten, rewritten_with_the_row, a_row_gone_with_its_history,
    another_end, a_row_unseen, a_row_gone_unseen, a_row_more_unseen,
)
WHOLE = {rewritten, rewritten_with_the_row, a_row_gone_with_its_history, another_end}  # agree with themselves


# --- against the documents ----------------------------------------------------------------------------------


def a_document(it: Intruder) -> tuple[int, Path, str]:
    """A document, any: its key, its file, its hash."""
    rows = it.run("SELECT id, path, sha256 FROM document ORDER BY id")
    key, path, sha256 = rows[it.chance.randrange(len(rows))]
    return key, it.house.settings.data_dir / path, sha256


def content(it: Intruder) -> None:
    """The bytes of a file."""
    a_document(it)[1].write_bytes(b"un altro testo")


def its_data(it: Intruder) -> None:
    """The data from which it was made."""
    path = a_document(it)[1]
    path.with_name(f"{path.name}.json").write_bytes(b"{}")


def deleted(it: Intruder) -> None:
    """A file."""
    a_document(it)[1].unlink()


def swapped(it: Intruder) -> None:
    """Two files change places."""
    files = sorted((it.house.settings.data_dir / "documents").rglob("*.docx"))
    one, other = it.chance.sample(files, 2)
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


def content_and_hash(it: Intruder) -> None:
    """The bytes, and the hash in its row while no trigger watched."""
    key, path, _sha256 = a_document(it)
    path.write_bytes(other := b"un altro testo")
    it.blind("document")
    it.run(f"UPDATE document SET sha256 = '{hashlib.sha256(other).hexdigest()}' WHERE id = {key}")


def content_hash_and_voice(it: Intruder) -> None:
    """The bytes and the hash, as if an officer had done it: told, and sealed after the head."""
    key, path, _sha256 = a_document(it)
    path.write_bytes(other := b"un altro testo")
    if it.session.get_bind().dialect.name == "postgresql":
        it.run("SELECT set_config('patto.actor', 'Marta', true), set_config('patto.act', 'contract.generate', true)")
    else:
        it.run("UPDATE audit_voice SET actor = 'Marta', act = 'contract.generate'")
    it.run(f"UPDATE document SET sha256 = '{hashlib.sha256(other).hexdigest()}' WHERE id = {key}")
    seal(it.session, unsealed(it.session))
    it.near = [head(it.session)]


def content_hash_and_history(it: Intruder) -> None:
    """The bytes, the hash, all that was told of it, and the chain made anew."""
    content_and_hash(it)
    sha256 = hashlib.sha256(b"un altro testo").hexdigest()
    key = it.ask(f"SELECT id FROM document WHERE sha256 = '{sha256}'")
    for number, told in it.run(f"SELECT id, after FROM audit_entry WHERE table_name = 'document' AND row_id = '{key}'"):
        forged = json.dumps({**json.loads(told), "sha256": sha256}).replace("'", "''").replace(":", "\\:")
        it.run(f"UPDATE audit_entry SET after = '{forged}' WHERE id = {number}")
    it.reseal()


def gone_from_everywhere(it: Intruder) -> None:
    """File, data, row and history of a document, and the chain closed up."""
    key, path, _sha256 = a_document(it)
    path.unlink()
    it.blind("document")
    it.run(f"DELETE FROM document WHERE id = {key}")
    it.run("DELETE FROM audit_seal")
    it.run(f"DELETE FROM audit_entry WHERE table_name = 'document' AND row_id = '{key}'")
    it.reseal()


AGAINST_DOCUMENTS: tuple[Tampering, ...] = (
    content, its_data, deleted, swapped, content_and_hash, content_hash_and_voice, content_hash_and_history,
    gone_from_everywhere,
)
WHOLE_DOCUMENTS = {content_hash_and_voice, content_hash_and_history, gone_from_everywhere}


# --- the proofs ---------------------------------------------------------------------------------------------


@contextmanager
def files_kept(house: House) -> Iterator[None]:
    """The documents as they were, afterwards."""
    folder = house.settings.data_dir / "documents"
    aside = folder.with_name("documents-intatti")
    shutil.copytree(folder, aside)
    try:
        yield
    finally:
        shutil.rmtree(folder)
        aside.rename(folder)


def looked_at(house: House, tampering: Tampering | None, chance: random.Random, *, outside: bool) -> Examined:
    """Do the tampering, examine, and undo it all."""
    with ScopedSession(house.database, system("prova"), writing=True) as session:
        it = Intruder(house, session, chance)
        if tampering is not None:
            tampering(it)
        near = heads.near(house.settings.data_dir) if it.near is None else it.near
        shown = [*house.outside, *it.added] if outside else it.added
        found = examine(session, metadata.sorted_tables, shown, near=near, folder=house.settings.data_dir)
        session.rollback()
    return found


def unfound(house: House, kinds: tuple[Tampering, ...], times: int, *, outside: bool) -> Counter[str]:
    """How many tamperings of each kind were not found."""
    chance, missed = random.Random(20261130), Counter[str]()
    for turn in range(times):
        kind = kinds[turn % len(kinds)]
        if kind in AGAINST_DOCUMENTS:
            with files_kept(house):
                found = looked_at(house, kind, chance, outside=outside)
        else:
            found = looked_at(house, kind, chance, outside=outside)
        missed[kind.__name__] += not found.wrong
    return +missed


def test_every_tampering_of_the_history_is_found_by_the_head_from_outside(house, backend, figure):
    times = HISTORY[backend]
    missed = unfound(house, AGAINST_HISTORY, times, outside=True)
    honest = looked_at(house, None, random.Random(), outside=True)
    figure(f"manomissioni della storia ({backend})",
           f"{times - missed.total()} trovate su {times}, di {len(AGAINST_HISTORY)} specie, con database, file e "
           f"chiave in mano; storia onesta: {len(honest.wrong)} accuse")
    assert not missed
    assert honest.wrong == () and honest.agreed == house.outside[-1].head


def test_every_tampering_of_documents_is_found_by_the_head_from_outside(house, backend, figure):
    times = DOCUMENTS[backend]
    missed = unfound(house, AGAINST_DOCUMENTS, times, outside=True)
    honest = looked_at(house, None, random.Random(), outside=True)
    figure(f"manomissioni di documenti ({backend})",
           f"{times - missed.total()} trovate su {times}, di {len(AGAINST_DOCUMENTS)} specie; documenti onesti: "
           f"{len(honest.wrong)} accuse")
    assert not missed and honest.wrong == ()


def test_the_detector_goes_red_without_the_head_from_outside(house, backend, figure):
    kinds = (*(kind for kind in AGAINST_HISTORY if kind in WHOLE),
             *(kind for kind in AGAINST_DOCUMENTS if kind in WHOLE_DOCUMENTS))
    times = len(kinds) * 3
    missed = unfound(house, kinds, times, outside=False)
    figure(f"manomissioni, controllo senza la testa esterna ({backend})",
           f"{missed.total()} non viste su {times}: chi rifà tutto passa: rosso")
    assert missed == Counter({kind.__name__: 3 for kind in kinds})


def test_what_came_after_the_newest_head_is_not_attested(house, backend, figure):
    """The limit, said as a figure: it is no failure of the proof but what the page and the decision say."""
    for number in range(3):
        act(house.database, f"dopo-la-testa-{number}")
    heads.seal(house.settings, house.database)

    def after(it: Intruder) -> None:
        last = it.house.outside[-1].head.number
        entry = it.entry(last + 1)
        it.run(f"UPDATE audit_entry SET actor = 'Altri' WHERE id >= {entry}")
        it.run(f"DELETE FROM audit_seal WHERE number > {last}")
        it.near = [seal(it.session, unsealed(it.session))]

    found = looked_at(house, after, random.Random(), outside=True)
    figure(f"manomissioni dopo l'ultima testa ({backend})", "non attestate: si vedono soltanto con la testa successiva")
    assert found.wrong == ()


@pytest.mark.skipif(not ROOT, reason="only root gives files to two system users")
def test_the_user_of_the_program_reaches_no_head_that_another_user_has_taken(house, tmp_path, backend, figure):
    program, keeper = tmp_path / "patto-teste", tmp_path / "testimone"
    for folder, owner, mode in ((program, OWNER, 0o755), (keeper, KEEPER, 0o700)):
        folder.mkdir()
        os.chown(folder, owner, owner)
        folder.chmod(mode)
    for parent in tmp_path.parents:
        if parent.stat().st_uid == 0 and str(parent).startswith("/tmp/"):
            parent.chmod(parent.stat().st_mode | stat.S_IXOTH | stat.S_IROTH)
    tmp_path.chmod(0o755)
    if not as_user(KEEPER, lambda: list(tmp_path.iterdir())):
        pytest.skip("the folder in which pytest works lets nobody else through")
    sent = house.settings.with_options(heads_dir=program)
    heads.send(sent)
    for path in program.iterdir():
        os.chown(path, OWNER, OWNER)
    taken = as_user(KEEPER, lambda: [shutil.copyfile(path, keeper / path.name) for path in sorted(program.iterdir())])
    reached = [as_user(OWNER, lambda path=keeper / one.head.name: path.read_bytes()) for one in house.outside[-1:]]
    spoiled = as_user(OWNER, lambda: (keeper / house.outside[-1].where).write_bytes(b""))
    emptied = as_user(OWNER, lambda: [path.unlink() for path in program.iterdir()])
    figure(f"teste presso un altro utente ({backend})",
           f"{len(house.outside)} prese in custodia; l'utente del programma non ne legge né cambia nessuna")
    assert taken and emptied and not any(reached) and not spoiled
    there = [Shown(signed.read(path), path.name) for path in signed.kept(keeper)]
    assert [one.head for one in there] == [one.head for one in house.outside]
    house.outside = there
    assert not unfound(house, tuple(kind for kind in AGAINST_HISTORY if kind in WHOLE), len(WHOLE), outside=True)


def as_user(number: int, work: Callable[[], object]) -> bool:
    """Do something as another system user, in a process of its own; False if the system did not let it."""
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(number)
            os.setuid(number)
            work()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
