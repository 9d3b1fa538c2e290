"""What each command does. ``cli`` finds these by name when they are wanted, because they import the whole house."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import NoReturn

from sqlalchemy import inspect

import core.registrations  # noqa: F401 - the engines know the subjects by it
from core.catalogue.plugin_setups import in_use
from core.ground import anchors, clock
from core.ground.access import ScopedSession, system
from core.ground.db import Database, is_there, made_whole
from core.ground.errors import RuleBroken
from core.ground.heads import FOLDER
from core.ground.settings import Settings, ensure_data_dir
from core.ground.unit_of_work import unit_of_work
from core.plugins.bound import bind
from core.plugins.loading import Registry, load, settled, standing

OK, REFUSED = 0, 1

# --- the main job -----------------------------------------------------------------------------------------


def demo(settings: Settings, options: argparse.Namespace) -> int:
    """The main job: the demo district, its documents and its story, then the server."""
    from demo import job, story

    started = time.perf_counter()
    _only_to_play(settings)
    ensure_data_dir(settings)
    registry, database = load(settings), Database(settings.url, settings.data_dir)
    _upgrade(database, registry)
    bind(database, registry)
    today, progress = clock.today(settings.today), _quiet if options.json else _progress
    report = job.run(database, registry, today=today, progress=progress)
    left_out = story.play(database, registry, today=today, progress=progress)
    report = replace(report, warnings=(*report.warnings, *left_out))
    users = _demo_users(database)
    seconds = round(time.perf_counter() - started, 2)
    if options.json:
        print(json.dumps({"seconds": seconds, **asdict(report)}, ensure_ascii=False, indent=2))
    else:
        print(f"{len(report.contracts)} contratti pronti in {seconds} secondi in {settings.data_dir}.")
        for warning in report.warnings:
            print(f"  da guardare: {warning}")
    if options.no_serve:
        return OK
    if not options.json:
        print("\nPer entrare (dati dimostrativi):")
        for email, about in users:
            print(f"  {email:42} {about}")
        print(f"  password per tutti: {_demo_password()}\n")
    return _listen(settings, options)


def _only_to_play(settings: Settings) -> None:
    """RuleBroken for an installation in which people work; nothing is made or changed to find out."""
    from admin.command.demo_users import only_where_nobody_works
    from core.users.model import User
    from demo.load import read

    if settings.production:
        raise RuleBroken("Questa è un'installazione di produzione (PATTO_MODE=production): i dati dimostrativi non si "
                         "caricano dove si lavora. Per aprirla: «patto serve».")
    if not is_there(settings.url):
        return
    database = Database(settings.url, settings.data_dir)
    with ScopedSession(database, system("dati dimostrativi")) as session:
        if inspect(session.get_bind()).has_table(User.__tablename__):
            only_where_nobody_works(session, read("district")["azienda"]["tax_code"])
    database.dispose()


def _demo_users(database: Database) -> list[tuple[str, str]]:
    from admin.command.demo_users import ensure

    with unit_of_work(database, system("dati dimostrativi"), act="demo.users") as session:
        return ensure(session)


def _demo_password() -> str:
    from admin.command.demo_users import PASSWORD

    return PASSWORD


def _progress(done: int, total: int, name: str) -> None:
    width = 24
    filled = width * done // total
    end = "\n" if done == total else ""
    print(f"\r  [{'█' * filled}{'·' * (width - filled)}] {done}/{total} {name:<28}", end=end, flush=True)


def _quiet(_done: int, _total: int, _name: str) -> None:
    return None


def serve(settings: Settings, options: argparse.Namespace) -> NoReturn:
    """The program on an address."""
    opened(settings)
    _listen(settings, options)


def _listen(settings: Settings, options: argparse.Namespace) -> NoReturn:
    from admin.command import serve

    listener = serve.listen(options.host, options.port)
    address = f"http://{options.host}:{options.port}/"
    print(f"Patto risponde su {address}  (Ctrl+C per fermarlo)", file=sys.stderr, flush=True)
    serve.run(settings, listener, options.processes, worker=not options.no_worker)


def worker(settings: Settings, options: argparse.Namespace) -> int:
    """The worker, for one round or until it is stopped."""
    from admin.command.serve import end_when_asked
    from admin.command.worker import run_once, run_until_stopped

    database, _ = opened(settings)
    end_when_asked()
    if not options.once:
        run_until_stopped(settings, database)
    run_once(settings, database)
    return OK


# --- database ---------------------------------------------------------------------------------------------


def opened(settings: Settings, *, strict: bool | None = None) -> tuple[Database, Registry]:
    """The database and the plugins; RuleBroken if the tables are older than this version, or newer."""
    from migrations import runner

    ensure_data_dir(settings)
    database, registry = there(settings), load(settings, strict=strict)
    if not runner.is_current(database, registry):
        raise RuleBroken("Il database non è all'ultima versione: eseguire «patto db upgrade» (o «patto demo»).")
    registry = in_use(standing(settled(registry), database), database)
    return bind(database, registry), registry


def there(settings: Settings) -> Database:
    """The database; RuleBroken where there is none: to look for one must not make it."""
    if not is_there(settings.url):
        raise RuleBroken("Qui non c'è ancora un database: eseguire «patto db upgrade» (o «patto demo»).")
    return Database(settings.url, settings.data_dir)


def prepared(settings: Settings) -> Database:
    """The database with its tables, which are made where there are none yet. RuleBroken as for ``opened``."""
    from migrations import runner

    ensure_data_dir(settings)
    database = Database(settings.url, settings.data_dir)
    with made_whole(database):
        with database.reading.connect() as connection:
            empty = not runner.revisions(connection)
        if empty:
            _upgrade(database, load(settings))
    return opened(settings)[0]


def _upgrade(database: Database, registry: Registry) -> Registry:
    from migrations import runner

    with made_whole(database):
        if registry.strict and runner.is_current(database, registry):
            return registry
        return runner.upgrade(database, registry)


def upgrade(settings: Settings, _options: argparse.Namespace) -> int:
    """The tables at their newest version."""
    ensure_data_dir(settings)
    registry = _upgrade(Database(settings.url, settings.data_dir), load(settings))
    for code, reason in registry.broken.items():
        print(f"Il plugin «{code}» è stato accantonato: {reason}. Le sue tabelle e i suoi dati restano come sono.",
              file=sys.stderr)
    print("Il database è all'ultima versione.")
    return OK


def check(settings: Settings, options: argparse.Namespace) -> int:
    """What is not in order in the tables."""
    from migrations import runner

    ensure_data_dir(settings)
    troubles = runner.check(there(settings), load(settings, strict=True))
    if options.json:
        print(json.dumps(troubles, ensure_ascii=False, indent=2))
    else:
        for owner, found in troubles.items():
            print(f"{owner}: {'in ordine' if not found else '; '.join(found)}")
    return REFUSED if any(troubles.values()) else OK


# --- users, documents -------------------------------------------------------------------------------------


def add_user(settings: Settings, options: argparse.Namespace) -> int:
    """A person who may enter, and the link for the first password."""
    from admin.app import create_app
    from admin.office.users import invite_link

    database, registry = opened(settings)
    app = create_app(settings, database=database, registry=registry)
    with unit_of_work(database, system("riga di comando"), act="user.invite") as session:
        link = invite_link(app, session, email=options.email, name=options.name, roles=options.role,
                           municipalities=options.municipality)
    print(f"Utente aggiunto. Il collegamento per scegliere la password vale una volta sola:\n{link}")
    return OK


def link_user(settings: Settings, options: argparse.Namespace) -> int:
    """A new link for a person who is there, whose first one has expired or who forgot the password."""
    from admin.app import create_app
    from admin.office.users import renewed_link

    database, registry = opened(settings)
    app = create_app(settings, database=database, registry=registry)
    with unit_of_work(database, system("riga di comando"), act="user.link") as session:
        link = renewed_link(app, session, email=options.email)
    print("Quelli di prima e gli accessi aperti non valgono più. Il collegamento per scegliere la password vale una "
          f"volta sola:\n{link}")
    return OK


def generate(settings: Settings, options: argparse.Namespace) -> int:
    """The documents of contracts."""
    from core.contracts.operations import find_drafts, generate_document

    database, registry = opened(settings)
    actor, made = system("riga di comando"), list[dict[str, object]]()
    with ScopedSession(database, actor) as session:
        chosen = find_drafts(session, options.contract)
    for done, (contract_id, code) in enumerate(chosen, start=1):
        with unit_of_work(database, actor, act="contract.generate") as session:
            version = generate_document(session, contract_id, registry=registry,
                                        today=clock.today(settings.today))
            made.append({"number": code, "version": version.version_number, "document": version.document.path})
        if not options.json:
            _progress(done, len(chosen), code)
    if options.json:
        print(json.dumps({"documents": made}, ensure_ascii=False, indent=2))
    return OK


# --- audit ------------------------------------------------------------------------------------------------


def seal_audit(settings: Settings, options: argparse.Namespace) -> int:
    """The new entries of the history sealed; the head signed, kept and sent."""
    from admin.command import heads

    database, _ = opened(settings)
    heads.seal(settings, database)
    head = heads.make(settings, database)
    heads.send(settings)
    failing = [str(one) for one in anchors.failing(anchors.standing(settings.data_dir).failures)]
    if options.json:
        print(json.dumps(asdict(head), ensure_ascii=False))
    else:
        print(f"Sigillate {head.number} voci; testa {head.hash}.\n"
              f"Firmata in {settings.data_dir / FOLDER / head.name} con la chiave {head.key}.")
    for one in failing:
        print(one, file=sys.stderr)
    return REFUSED if failing else OK


def verify_audit(settings: Settings, options: argparse.Namespace) -> int:
    """The history examined, against the heads that are given and those of the settings."""
    from admin.command import heads

    database, _ = opened(settings)
    found = heads.verify(settings, database, given=options.head, public_key=public_key(options.public_key))
    if options.json:
        print(json.dumps({
            "head": asdict(found.head), "unsealed": found.unsealed,
            "agreed": found.agreed.name if found.agreed else None,
            "wrong": [str(one) for one in found.wrong], "notes": [str(one) for one in found.notes],
        }, ensure_ascii=False, indent=2))
        return REFUSED if found.wrong else OK
    for one in found.wrong:
        print(one, file=sys.stderr)
    for one in found.notes:
        print(f"Da sapere: {one}")
    if not found.wrong:
        print(f"La storia è integra: {found.head.number} voci sigillate, {found.unsealed} da sigillare; righe e file "
              "sono come la storia li racconta.")
    if found.agreed is None:
        print("Nessuna testa esterna che concordi: chi ha il database, i file e la chiave può riscrivere tutto "
              "senza che si veda. Indicarne una con --head.")
    else:
        print(f"La testa esterna più recente che concorda è del {found.agreed.day}, fino alla voce "
              f"{found.agreed.number}: quello che è accaduto dopo non è ancora attestato.")
    return REFUSED if found.wrong else OK


def public_key(said: str) -> str:
    """The public key as one types it, or as it stands in the file of that name."""
    return Path(said).read_text(encoding="utf-8").strip() if said and Path(said).is_file() else said.strip()
