"""``patto doctor``: the whole installation looked at, a line for each thing: in order, worth a note, or a must.

A must is what keeps the program from working or its data from being believed; a note is what one may live with.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import smtplib
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

import core.registrations  # noqa: F401 - the tables of every subject are known by it
from admin.command import heads, mail
from admin.command.backup import postgres
from admin.command.backup.make import files_of, registry_of, require_whole
from admin.command.backup.place import alone, sqlite_file
from core.ground import anchors, backups, clock, search
from core.ground.access import ScopedSession, system
from core.ground.audit import AuditEntry
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.files import CLEARING, STORE, WRITING, FileStore
from core.ground.heads import FOLDER, kept, read
from core.ground.outbox import OutboxMessage, given_up
from core.ground.paths import TEMPLATES_DOCS
from core.ground.settings import Settings
from core.ground.stored import named_files
from core.models import metadata
from core.plugins.loading import Registry
from migrations import runner
from seed import sets

OK, REFUSED = 0, 1
ACTOR = system("esame dell'installazione")
YOUNG = timedelta(days=1)  # a file that no row names yet: its act may be under way
KEPT = re.compile(r"[0-9a-f]{12}")  # what the store writes into every name
ROOM_WANTED, ROOM_NEEDED = 1_000_000_000, 100_000_000  # bytes
ASTRAY = timedelta(minutes=1)  # of a clock
SHORTEST_SECRET = 32  # characters
MOST_NAMED = 5


class Level(StrEnum):
    """How much a line weighs."""

    OK = "ok"
    NOTE = "note"
    MUST = "must"


WORDS = {Level.OK: "ok", Level.NOTE: "nota", Level.MUST: "da fare"}


@dataclass(frozen=True)
class Line:
    """One thing that was looked at: its name, how much it weighs, what was found and what to do."""

    name: str
    level: Level
    text: str


class Desk:
    """What is looked at."""

    def __init__(self, settings: Settings, *, clear: bool = False) -> None:
        self.settings = settings
        self.clear = clear
        self.registry: Registry = registry_of(settings, ())
        self.database = Database(settings.url, settings.data_dir)

    @cached_property
    def named(self) -> dict[str, str]:
        """SHA-256 by path, of the files that rows name."""
        with self.database.reading.connect() as connection:
            return dict(named_files(connection, metadata.sorted_tables))

    @cached_property
    def files(self) -> dict[str, Path]:
        """Every file of the data directory."""
        return dict(files_of(self.settings))


Look = Callable[[Desk], Iterator[Line]]


def doctor(settings: Settings, options: argparse.Namespace) -> int:
    """A line for each thing; exit 1 only for a must."""
    lines = list(examined(Desk(settings, clear=options.clear)))
    if options.json:
        print(json.dumps({"checks": [asdict(line) for line in lines]}, ensure_ascii=False, indent=2))
    else:
        for line in lines:
            print(f"{WORDS[line.level]:7}  {NAMES[line.name]}: {line.text}")
    return REFUSED if any(line.level is Level.MUST for line in lines) else OK


def examined(desk: Desk) -> Iterator[Line]:
    """Everything that is looked at. What asks the database is left out where it cannot be used."""
    yield from _careful("settings", _settings, desk)
    usable = list(_careful("database", _database, desk))
    yield from usable
    looks = WITHOUT_DATABASE | (WITH_DATABASE if all(line.level is not Level.MUST for line in usable) else {})
    for name in (name for name in NAMES if name in looks):
        yield from _careful(name, looks[name], desk)
    desk.database.dispose()


def _careful(name: str, look: Look, desk: Desk) -> Iterator[Line]:
    """What cannot be looked at is a must of its own."""
    try:
        yield from look(desk)
    except (RuleBroken, OSError, DatabaseError) as error:
        yield Line(name, Level.MUST, " ".join(str(error.orig if isinstance(error, DatabaseError) else error).split()))


# --- settings and database --------------------------------------------------------------------------------


def _settings(desk: Desk) -> Iterator[Line]:
    settings = desk.settings
    if not settings.data_dir.is_dir() or not os.access(settings.data_dir, os.W_OK | os.X_OK):
        yield Line("settings", Level.MUST, f"nella cartella dei dati {settings.data_dir} non si può scrivere: "
                                           "crearla o correggere i permessi (PATTO_DATA_DIR).")
        return
    if settings.production and len(settings.secret_key) < SHORTEST_SECRET:
        yield Line("settings", Level.NOTE, f"PATTO_SECRET_KEY ha meno di {SHORTEST_SECRET} caratteri: sceglierne una "
                                           "più lunga (chi è entrato dovrà rientrare).")
    if settings.production and os.name == "posix" and settings.data_dir.stat().st_mode & 0o077:
        yield Line("settings", Level.NOTE, f"la cartella dei dati {settings.data_dir} è aperta ad altri utenti del "
                                           "sistema: chmod 700.")
    yield Line("settings", Level.OK, f"{'produzione' if settings.production else 'dimostrazione'}, dati in "
                                     f"{settings.data_dir}.")


def _database(desk: Desk) -> Iterator[Line]:
    file = sqlite_file(desk.settings)
    if file is not None and not file.is_file():
        yield Line("database", Level.MUST, f"il database {file} non c'è: eseguire «patto db upgrade», o ripristinare "
                                           "un salvataggio con «patto restore».")
        return
    with desk.database.reading.connect() as connection:
        if file is not None:
            require_whole(connection)
        told = ".".join(str(part) for part in connection.dialect.server_version_info or ())
        kind, revision = connection.dialect.name, runner.revisions(connection).get(runner.CORE)
        if broken := file is not None and connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
            yield Line("database", Level.MUST, f"{len(broken)} righe hanno perso il dato collegato: ripristinare un "
                                               "salvataggio.")
    if not runner.is_current(desk.database, desk.registry):
        yield Line("database", Level.MUST, "non è all'ultima versione: eseguire «patto db upgrade».")
        return
    yield Line("database", Level.OK, f"{kind} {told}, integro, versione {revision}.")


def _tables(desk: Desk) -> Iterator[Line]:
    with desk.database.reading.connect() as connection:
        slow = set(search.missing(connection, metadata.sorted_tables))
    troubles = [said for found in runner.check(desk.database, desk.registry).values() for said in found]
    for said in troubles:
        yield Line("tables", Level.NOTE if said in slow else Level.MUST, f"{said}.")
    if not troubles:
        yield Line("tables", Level.OK, "tabelle e trigger come li vuole il programma.")


# --- files ------------------------------------------------------------------------------------------------


def _documents(desk: Desk) -> Iterator[Line]:
    missing = sorted(desk.named.keys() - desk.files.keys())
    changed = sorted(path for path, known in desk.named.items() if known and path in desk.files
                     and _sha256(desk.files[path]) != known)
    for paths, words in ((missing, "mancano"), (changed, "sono cambiati")):
        if paths:
            yield Line("documents", Level.MUST, f"{words} {len(paths)} file che i dati nominano ({_some(paths)}): "
                                                "recuperarli da un salvataggio.")
    if not missing and not changed:
        yield Line("documents", Level.OK, f"{len(desk.named)} file, tutti come furono registrati.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _some(names: list[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")


def _orphans(desk: Desk) -> Iterator[Line]:
    """Files that no row names: an act that was refused, killed, or met a full disk. Only what the store has written."""
    before = clock.now() - YOUNG
    cleared = _cleared(desk, before) if desk.clear else 0
    left = [path for path in _unnamed(desk) if desk.files[path].exists()]
    old = [path for path in left if _written(desk.files[path]) < before]
    half = [path for path in _half_written(desk) if _written(path) < before]
    done = f"eliminati {cleared}; " if cleared else ""
    if old or half:
        yield Line("orphans", Level.NOTE, f"{done}{len(old) + len(half)} file da più di un giorno non sono di nessun "
                                          f"dato ({_some([*old, *(path.name for path in half)])}): «patto doctor "
                                          "--clear» li elimina.")
    else:
        yield Line("orphans", Level.OK, f"{done}{len(left)} file recenti non ancora di un dato." if left or cleared
                   else "nessun file senza un dato che lo nomini.")


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _unnamed(desk: Desk) -> list[str]:
    return [path for path in desk.files if path not in desk.named and path.split("/")[0] in STORE
            and KEPT.search(path.rpartition("/")[2])]


def _half_written(desk: Desk) -> list[Path]:
    return [path for folder in STORE for path in (desk.settings.data_dir / folder).rglob(f"{WRITING}*")]


def _cleared(desk: Desk, before: datetime) -> int:
    """Take away what is older than a day; how many. What one that was killed had taken aside comes back first."""
    store, count = FileStore(desk.settings.data_dir), 0
    with alone(desk.settings.data_dir):
        for path in [path for folder in STORE for path in (store.root / folder).rglob(f"{CLEARING}*")]:
            path.replace(path.with_name(path.name.removeprefix(CLEARING)))
        for path in _half_written(desk):
            if _written(path) < before:
                path.unlink()
                count += 1
        for name in _unnamed(desk):
            if _written(desk.files[name]) < before:
                count += store.clear(name, before)
    return count


def _templates(_desk: Desk) -> Iterator[Line]:
    """Each template has its description beside it, by which one knows that it should be there."""
    described = sorted(path.with_suffix(".docx") for path in TEMPLATES_DOCS.glob("*.toml"))
    lost = [path.name for path in described if not zipfile.is_zipfile(path)]
    if lost or not described:
        yield Line("templates", Level.MUST, f"mancano o sono rovinati {len(lost)} modelli Word in {TEMPLATES_DOCS} "
                                            f"({_some(lost)}): reinstallare il programma, o rifarli.")
    else:
        yield Line("templates", Level.OK, f"{len(described)} modelli Word.")


# --- history and backups ----------------------------------------------------------------------------------


def _history(desk: Desk) -> Iterator[Line]:
    """The chain, the heads, the rows: the files have a line of their own."""
    found = heads.examined(desk.settings, desk.database, files=False)
    for what in found.wrong[:MOST_NAMED]:
        yield Line("history", Level.MUST, str(what))
    if len(found.wrong) > MOST_NAMED:
        yield Line("history", Level.MUST, f"e altre {len(found.wrong) - MOST_NAMED} cose che non tornano: «patto audit "
                                          "verify» le elenca.")
    for what in found.notes:
        yield Line("history", Level.NOTE, str(what))
    if not found.wrong:
        yield Line("history", Level.OK, f"{found.head.number} voci sigillate, catena integra e righe come la storia le "
                                        f"racconta; {found.unsealed} da sigillare.")


def _anchor(desk: Desk) -> Iterator[Line]:
    """The signed heads: whether they leave this machine."""
    settings, failures = desk.settings, anchors.standing(desk.settings.data_dir).failures
    for remark in anchors.failing(failures):
        yield Line("anchor", Level.MUST, str(remark))
    leaving = [name for name, there in (("cartella", settings.heads_dir), ("posta", settings.heads_mail),
                                        ("marca temporale", settings.tsa_url)) if there]
    if not leaving:
        yield Line("anchor", Level.NOTE, "le teste non escono da questa macchina, e chi la amministra potrebbe "
                                         "riscrivere la storia senza che si veda: indicare PATTO_HEADS_MAIL, "
                                         "PATTO_HEADS_DIR o PATTO_TSA_URL (docs/production.md).")
    made = kept(settings.data_dir / FOLDER)[-1:]
    if not made:
        yield Line("anchor", Level.NOTE, "nessuna testa firmata ancora: la fa il lavoro notturno, o «patto audit "
                                         "seal».")
    elif leaving and not failures:
        last = read(made[0])
        yield Line("anchor", Level.OK, f"testa del {last.day} fino alla voce {last.number}, inviata "
                                       f"({', '.join(leaving)}).")


def _backups(desk: Desk) -> Iterator[Line]:
    settings, standing = desk.settings, backups.standing(desk.settings.data_dir)
    remark = backups.remark(standing, clock.now())
    if settings.database_url.startswith("postgresql"):
        yield from _tools(desk)
    if settings.backup_dir is None:
        yield Line("backups", Level.NOTE, "non se ne fanno ogni notte: indicare una cartella con PATTO_BACKUP_DIR, su "
                                          "un altro disco.")
    elif settings.backup_dir.is_dir() and settings.backup_dir.stat().st_dev == settings.data_dir.stat().st_dev:
        yield Line("backups", Level.NOTE, f"{settings.backup_dir} è sullo stesso disco dei dati: chi perde l'uno perde "
                                          "anche gli altri.")
    if remark is not None and not standing.homeless:  # that was said above
        yield Line("backups", Level.NOTE if standing.failed_at is None else Level.MUST, str(remark))
    elif standing.good_at is not None:
        yield Line("backups", Level.OK, f"l'ultimo è del {standing.good_at.astimezone(clock.ROME):%d/%m/%Y %H:%M}, in "
                                        f"{standing.file}.")
    elif settings.backup_dir is not None:
        yield Line("backups", Level.NOTE, "nessuno ancora: lo fa il lavoro notturno, o «patto backup».")


def _tools(desk: Desk) -> Iterator[Line]:
    with desk.database.reading.connect() as connection:
        needed = postgres.server_version(connection)
    try:
        postgres.tool("pg_dump", needed)
    except RuleBroken as refusal:
        yield Line("backups", Level.NOTE, str(refusal))


# --- what stands around -----------------------------------------------------------------------------------


def _mail(desk: Desk) -> Iterator[Line]:
    with ScopedSession(desk.database, ACTOR) as session:
        stuck = session.scalar(select(func.count(OutboxMessage.id)).where(given_up())) or 0
    if stuck:
        yield Line("mail", Level.NOTE, f"{stuck} messaggi non sono partiti dopo molti tentativi: vedere perché nella "
                                       "pagina Sistema.")
    if not desk.settings.smtp_url:
        yield Line("mail", Level.NOTE, f"nessun server (PATTO_SMTP_URL): i messaggi restano nella cartella "
                                       f"{mail.FOLDER}.")
        return
    try:
        mail.greet(desk.settings.smtp_url)
    except (OSError, smtplib.SMTPException) as error:
        yield Line("mail", Level.MUST, f"il server di PATTO_SMTP_URL non risponde: {error}")
    else:
        yield Line("mail", Level.OK, "il server risponde.")


def _disk(desk: Desk) -> Iterator[Line]:
    for folder in dict.fromkeys((desk.settings.data_dir, desk.settings.backup_dir)):
        if folder is not None and folder.is_dir():
            free = shutil.disk_usage(folder).free
            level = Level.OK if free >= ROOM_WANTED else Level.NOTE if free >= ROOM_NEEDED else Level.MUST
            yield Line("disk", level, f"{free / 1_000_000_000:.1f} GB liberi in {folder}"
                                      f"{'.' if level is Level.OK else ': liberare spazio.'}")


def _clock(desk: Desk) -> Iterator[Line]:
    """The clock against the database's, and against the newest entry of the history, which it must not precede."""
    with desk.database.reading.connect() as connection:
        asked = func.clock_timestamp() if connection.dialect.name == "postgresql" else None
        theirs = None if asked is None else connection.scalar(select(asked))
        newest = connection.scalar(select(func.max(AuditEntry.at)))
    now = clock.now()
    if newest is not None and newest - now > ASTRAY:
        yield Line("clock", Level.MUST, f"segna {now.astimezone(clock.ROME):%d/%m/%Y %H:%M}, prima dell'ultima voce "
                                        f"della storia ({newest.astimezone(clock.ROME):%d/%m/%Y %H:%M}): è indietro, "
                                        "rimetterlo.")
    elif theirs is not None and abs(theirs - now) > ASTRAY:
        yield Line("clock", Level.NOTE, f"differisce di {abs(theirs - now).seconds} secondi da quello della banca "
                                        "dati: regolarli (NTP).")
    else:
        yield Line("clock", Level.OK, f"{now.astimezone(clock.ROME):%d/%m/%Y %H:%M}.")


def _libreoffice(_desk: Desk) -> Iterator[Line]:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program:
        yield Line("libreoffice", Level.OK, f"{program}.")
    else:
        yield Line("libreoffice", Level.NOTE, "non c'è: Patto ne fa a meno, chi apre i documenti Word su questo "
                                              "computer no.")


def _plugins(desk: Desk) -> Iterator[Line]:
    for code, reason in desk.registry.broken.items():
        yield Line("plugins", Level.MUST, f"«{code}» non si carica ({reason}): correggerlo, o toglierlo da "
                                          "PATTO_PLUGINS.")
    with desk.database.reading.connect() as connection:
        asleep = runner.revisions(connection).keys() - {owner.name for owner in runner.owners(desk.registry)}
    if asleep:
        yield Line("plugins", Level.NOTE, f"hanno tabelle e non sono abilitati: {', '.join(sorted(asleep))}.")
    if not desk.registry.broken:
        yield Line("plugins", Level.OK, f"{len(desk.registry.plugins)} caricati.")


def _starting(desk: Desk) -> Iterator[Line]:
    """What stands of the starting sets: taken up, changed since, or resting on a source that is to be verified."""
    with ScopedSession(desk.database, ACTOR) as session:
        found = [one for one in sets.standing(session) if one.taken]
    for one in found:
        told = f"{SETS[one.code]}: {one.taken} di {one.parts}. Fonte: {one.source}."
        if one.changed:
            told += f" Cambiate da allora: {len(one.changed)} ({_some(list(one.changed))})."
        if one.to_verify:
            told += (f" Da verificare, perché la fonte non è stata letta per intero: {len(one.to_verify)} "
                     f"({_some(list(one.to_verify))}).")
        yield Line("starting", Level.NOTE if one.to_verify else Level.OK, told)
    if not found:
        yield Line("starting", Level.OK, "nessuno è stato usato.")


NAMES = {
    "settings": "Impostazioni", "database": "Database", "tables": "Tabelle", "documents": "Documenti",
    "orphans": "File senza dati", "history": "Storia", "anchor": "Testa della storia", "backups": "Salvataggi",
    "mail": "Posta", "disk": "Disco", "clock": "Orologio", "libreoffice": "LibreOffice", "plugins": "Plugin",
    "templates": "Modelli Word", "starting": "Insiemi di partenza",
}
SETS = {
    "services": "servizi", "charter_services": "servizi della Carta", "units": "unità e aree di staff",
    "sheets": "schede operative", "bodies": "organi ed enti", "funding": "fonti di finanziamento",
    "unit_types": "tipi di unità", "requirements": "requisiti", "deadline_rules": "adempimenti",
}
WITH_DATABASE: dict[str, Look] = {
    "tables": _tables, "documents": _documents, "orphans": _orphans, "history": _history, "anchor": _anchor,
    "backups": _backups,
    "mail": _mail, "clock": _clock, "plugins": _plugins, "starting": _starting,
}
WITHOUT_DATABASE: dict[str, Look] = {"disk": _disk, "libreoffice": _libreoffice, "templates": _templates}
