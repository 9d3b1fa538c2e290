"""The heads of the history: written beside the database at every seal; once a day signed, and sent out of this machine.

What has still to be sent is seen by what is not there: a head that the folder outside lacks, a newest head without its
time stamp. What fails is written down, told on the home, and tried again after an hour. Mail goes by the outbox.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import inspect

from core.ground import anchors, audit, clock, outage
from core.ground import heads as signed
from core.ground.access import ScopedSession, system
from core.ground.anchors import AUTHORITY, MAKING, PLACE, Verified
from core.ground.audit import Head
from core.ground.db import Database
from core.ground.errors import Finding, RuleBroken
from core.ground.examination import Alive, Examined, Shown, examine, files_told
from core.ground.files import settle_folder
from core.ground.heads import STAMP, SignedHead
from core.ground.outbox import post_mail
from core.ground.refusals import reason_of
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.models import metadata
from core.night import pieces, sealing

log = logging.getLogger("patto.heads")
NEAR = "audit_heads.jsonl"  # of the data directory: a line for every seal
PATIENCE = timedelta(hours=1)
ACTOR = system("teste della storia")


def night(settings: Settings, database: Database, alive: Alive) -> None:
    """Verify, make the head of today and send it, if that is due; what failed an hour ago is tried again.

    In demo only where heads are sent somewhere: nobody else would ask for them.
    """
    for what, there in ((PLACE, settings.heads_dir), (AUTHORITY, settings.tsa_url)):
        if not there:  # a destination that is no more fails no more
            anchors.succeeded(settings.data_dir, what)
    if not (settings.production or settings.sends_heads):
        return
    standing, today = anchors.standing(settings.data_dir), clock.today()
    failed = [one.at for one in standing.failures.values()]
    if failed and clock.now() - max(failed) < PATIENCE:
        return
    verified = standing.verified is not None and standing.verified.at.astimezone(clock.ROME).date() == today
    made = any(path.name.startswith(f"testa-{today}") for path in signed.kept(settings.data_dir / signed.FOLDER)[-1:])
    with _told(settings, MAKING):
        if not verified:
            verify(settings, database, alive=alive)
        if not made:
            make(settings, database)
    if failed or not made:
        send(settings)


@contextmanager
def _told(settings: Settings, what: str) -> Iterator[None]:
    """What goes wrong within is written down as a failure of ``what``; what goes well takes the failure back.

    A database that is away ends the round, as it does everywhere.
    """
    try:
        yield
    except Exception as error:
        if outage.meant(error) is not None:
            raise
        log.exception("heads of the history: %s failed", what)
        anchors.failed(settings.data_dir, what, str(error) if isinstance(error, RuleBroken) else f"{error!r}.")
    else:
        anchors.succeeded(settings.data_dir, what)


# --- making -----------------------------------------------------------------------------------------------


def seal(settings: Settings, database: Database, *, whole: bool = True) -> Head:
    """Seal what is committed and append the head to a file outside the database, if it has moved."""
    for _name, work in pieces(database, [sealing(whole=whole)], clock.today()):
        work()
    with ScopedSession(database, system("sigillo")) as session:
        head = audit.head(session)
    if [head] != _near(settings.data_dir)[-1:] and head.number:
        with (settings.data_dir / NEAR).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"at": audit.stamp(), **asdict(head)}) + "\n")
    return head


def make(settings: Settings, database: Database) -> SignedHead:
    """The signed head of what is sealed now, kept in the data directory; the mails that bring it wait in the outbox."""
    key = signed.signing_key(settings.data_dir)
    with ScopedSession(database.standing_still(), ACTOR) as session:
        at = audit.head(session)
        files = files_told(session, metadata.sorted_tables, at.number)
    head = signed.signed(SignedHead(
        at=clock.now().isoformat(timespec="seconds"), installation=settings.address, version=version("patto"),
        number=at.number, hash=at.hash, documents=len(files), documents_hash=signed.over_files(files.values()), key=""),
        key)
    place(settings.data_dir / signed.FOLDER, head.name, head.text().encode())
    if settings.heads_mail:
        with unit_of_work(database, ACTOR, act="audit.heads") as session:
            for address in settings.heads_mail:
                post_mail(session, to=address, subject=f"Testa della storia di Patto del {head.day}",
                          text=letter(head, anchors.standing(settings.data_dir).verified), key=f"{head.name} {address}")
    return head


LETTER = """\
Questa è la testa della storia di Patto ({head.installation}) del {head.day}: {head.number} voci sigillate,
{head.documents} file.

{found}

Conservare questo messaggio, per intero, dove chi amministra il programma non arriva. Salvato in un file, il comando
«patto audit verify --head FILE» dice se la storia è ancora quella di oggi. Se un giorno il messaggio non arriva,
chiedere perché.

"""


def letter(head: SignedHead, found: Verified | None) -> str:
    """What the mail says to whoever keeps a head, and the head itself."""
    if found is None:
        told = "La storia non è ancora stata verificata."
    elif found.wrong:
        told = "\n- ".join(("La verifica ha trovato cose che non tornano:", *(str(one) for one in found.wrong)))
    else:
        told = "La verifica non ha trovato nulla che non torni."
    return LETTER.format(head=head, found=told) + head.text()


# --- sending ----------------------------------------------------------------------------------------------


def send(settings: Settings) -> None:
    """Ask for the time stamp of the newest head, and bring to the folder outside what it lacks."""
    here = settings.data_dir / signed.FOLDER
    if settings.tsa_url:
        with _told(settings, AUTHORITY):
            for path in signed.kept(here)[-1:]:
                if not path.with_suffix(STAMP).exists():
                    from admin.command import timestamps

                    token = timestamps.ask(settings.tsa_url, path.read_bytes(), timestamps.roots_of(settings))
                    place(here, path.with_suffix(STAMP).name, token)
    if settings.heads_dir is not None:
        with _told(settings, PLACE):
            for path in _unsent(here, settings.heads_dir):
                place(settings.heads_dir, path.name, path.read_bytes(), elsewhere=True)


def _unsent(here: Path, outside: Path) -> list[Path]:
    """The heads, and their stamps, that a folder lacks."""
    if not outside.is_dir():
        raise RuleBroken("La cartella %(path)s non c'è: crearla, o collegare il disco.", path=outside)
    return [path for head in signed.kept(here) for path in (head, head.with_suffix(STAMP))
            if path.exists() and not (outside / path.name).exists()]


def place(folder: Path, name: str, content: bytes, *, elsewhere: bool = False) -> None:
    """Write a file that is whole or not there, and never in the place of another. RuleBroken if it cannot be done.

    ``elsewhere``: in a folder that must be there, for others to read: who may enter it decides its owner.
    """
    aside, final = folder / f".{name}.in-scrittura-{os.getpid()}", folder / name
    try:
        if not elsewhere:
            folder.mkdir(exist_ok=True, mode=0o700)
        with aside.open("wb") as file:
            file.write(content)
            aside.chmod(0o644 if elsewhere else 0o600)
            file.flush()
            os.fsync(file.fileno())
        if final.exists():
            if final.read_bytes() != content:
                raise RuleBroken("In %(path)s c'è già un altro file con questo nome: non si sovrascrive.", path=final)
            return
        aside.rename(final)
        settle_folder(folder)
    except OSError as error:
        raise RuleBroken("In %(path)s non si può scrivere (%(reason)s): controllare spazio e permessi.", path=folder,
                         reason=reason_of(error)) from error
    finally:
        with suppress(OSError):
            aside.unlink()


# --- verifying --------------------------------------------------------------------------------------------


def verify(
    settings: Settings, database: Database, *, given: Iterable[Path] = (), public_key: str = "",
    alive: Alive = lambda: None,
) -> Examined:
    """``examined``, and what was found is written down: the home tells of it, and so does the next mail."""
    found = examined(settings, database, given=given, public_key=public_key, alive=alive)
    with suppress(OSError):  # what was found is told, whether or not it can be written down
        anchors.verified(settings.data_dir, Verified(clock.now(), found.head.number,
                                                     found.agreed.name if found.agreed else "", found.wrong,
                                                     found.notes))
    return found


def examined(
    settings: Settings, database: Database, *, given: Iterable[Path] = (), public_key: str = "", files: bool = True,
    alive: Alive = lambda: None,
) -> Examined:
    """The history held against every head that can be reached: those of ``given`` (files and folders) and of the folder
    outside, and those kept here; not ``files``: without reading the documents. RuleBroken if ``given`` holds no head.
    """
    brought, own = signed.found_in(given), signed.kept(settings.data_dir / signed.FOLDER)
    for path in brought:
        signed.read(path)
    outside = _Heads(settings, [*brought, *(signed.kept(settings.heads_dir) if settings.heads_dir else ())], public_key)
    with ScopedSession(database.standing_still(), ACTOR) as session:
        found = examine(session, metadata.sorted_tables, outside.shown, near=near(settings.data_dir),
                        absent=_absent(database), folder=settings.data_dir if files else None, alive=alive)
    return Examined(found.head, found.unsealed, found.agreed,
                    (*outside.wrong, *_Heads(settings, own, "").wrong, *found.wrong), (*outside.notes, *found.notes))


def _absent(database: Database) -> set[str]:
    """The tables that the program knows and the database lacks: of a plugin that does not load, or dropped by hand."""
    return metadata.tables.keys() - set(inspect(database.reading).get_table_names())


class _Heads:
    """Heads that were read: those that are genuine, what is wrong with others, what is to be known of them."""

    def __init__(self, settings: Settings, paths: Iterable[Path], public_key: str) -> None:
        self.settings, self.public_key = settings, public_key
        self.shown, self.wrong, self.notes = list[Shown](), list[Finding](), list[Finding]()
        for path in dict.fromkeys(path.resolve() for path in paths):
            try:
                self._add(path, signed.read(path))
            except RuleBroken as refusal:
                self.wrong.append(Finding(refusal.message, refusal.values))

    def _add(self, path: Path, head: SignedHead) -> None:
        if not head.is_genuine:
            self.wrong.append(Finding("La testa %(file)s non ha una firma valida: il file è stato modificato, o non è "
                                      "stato scritto da Patto.", {"file": path.name}))
            return
        if head.key != (self.public_key or signed.public_half(signed.signing_key(self.settings.data_dir))):
            self.wrong.append(Finding("La testa %(file)s è firmata con un'altra chiave (%(key)s): è di un'altra "
                                      "installazione, o la chiave di questa è stata sostituita.",
                                      {"file": path.name, "key": head.key}))
        self.shown.append(Shown(head, path.name))
        if path.with_suffix(STAMP).is_file():
            self._read_stamp(path, path.with_suffix(STAMP))

    def _read_stamp(self, path: Path, token: Path) -> None:
        from admin.command import timestamps

        try:
            stamp = timestamps.read(token.read_bytes(), path.read_bytes(), timestamps.roots_of(self.settings))
        except RuleBroken as refusal:
            self.wrong.append(Finding("La marca temporale %(file)s non vale: %(reason)s",
                                      {"file": token.name, "reason": str(refusal)}))
            return
        if not stamp.trusted:
            self.notes.append(Finding("La marca temporale %(file)s è di «%(authority)s», che qui nessuno garantisce: "
                                      "indicare i certificati dell'autorità con PATTO_TSA_ROOTS.",
                                      {"file": token.name, "authority": stamp.authority}))


# --- what is known here -----------------------------------------------------------------------------------


def near(folder: Path) -> list[Head]:
    """The heads that lie beside the database: one for every seal, and the signed ones; what is none is left out."""
    found = _near(folder)
    for path in signed.kept(folder / signed.FOLDER):
        with suppress(RuleBroken):
            found.append(signed.read(path).head)
    return found


def _near(folder: Path) -> list[Head]:
    path, found = folder / NEAR, list[Head]()
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else ():
        with suppress(ValueError, KeyError, TypeError):  # a line that a full disk has cut off
            row = json.loads(line)
            found.append(Head(int(row["number"]), str(row["hash"])))
    return found


