"""The command ``patto``. Exit 0: answered; 1: refused by a rule; 2: wrong use. Errors in words, on standard error."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import NoReturn

from sqlalchemy.exc import DatabaseError

from admin.command import calc, transfer
from core.documents.store import FileStore
from core.ground import audit, clock
from core.ground.access import Role, ScopedSession, system
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.settings import Settings, ensure_data_dir, from_environment
from core.ground.unit_of_work import unit_of_work
from core.plugins.loading import Registry, known, load

OK, REFUSED, WRONG_USE = 0, 1, 2

ARGPARSE_WORDS = {
    "the following arguments are required: %s": "mancano: %s",
    "unrecognized arguments: %s": "parole non comprese: %s",
    "invalid choice: %(value)r (choose from %(choices)s)": "%(value)r non esiste (scegliere tra %(choices)s)",
    "expected one argument": "manca il valore",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "invalid %(type)s value: %(value)r": "il valore %(value)r non va bene",
    "usage: ": "uso: ",
    "options": "opzioni",
    "positional arguments": "argomenti",
    "show this help message and exit": "mostra questo aiuto",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    argparse._ = lambda text: ARGPARSE_WORDS.get(text, text)  # type: ignore[attr-defined]
    options = _parser().parse_args(argv)
    try:
        settings = from_environment().with_options(data_dir=options.data_dir)
        return int(options.run(settings, options) or OK)
    except RuleBroken as refusal:
        print(refusal, file=sys.stderr)
        return REFUSED
    except DatabaseError as error:
        print(f"Il database non si può usare ({error.orig}): è di un altro programma, rovinato, occupato o non "
              "raggiungibile. Controllarne l'indirizzo, o recuperare un salvataggio.", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        return REFUSED


class Parser(argparse.ArgumentParser):
    """Wrong use is told in Italian, with exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Say what was not understood and how to ask for help."""
        print(f"Comando non compreso: {message}. Per l'elenco: {self.prog} --help", file=sys.stderr)
        sys.exit(WRONG_USE)


def _parser() -> Parser:
    common = Parser(add_help=False)
    common.add_argument("--data-dir", type=Path, help="cartella dei dati")
    common.add_argument("--json", action="store_true", help="stampa un solo documento JSON")
    parser = Parser(prog="patto", description="L'ufficio di un'azienda speciale consortile in un programma.")
    commands = parser.add_subparsers(required=True, metavar="comando")

    def command(name: str, run: object, about: str, within: object = commands) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = within.add_parser(name, parents=[common], help=about, description=about)  # type: ignore[attr-defined]
        added.set_defaults(run=run)
        return added

    def group(name: str, about: str) -> object:
        return commands.add_parser(name, help=about).add_subparsers(required=True, metavar="azione")

    demo = command("demo", _demo, "carica il distretto dimostrativo, genera i contratti e avvia il programma")
    demo.add_argument("--no-serve", action="store_true", help="genera soltanto, senza avviare il programma")
    serve = command("serve", _serve, "avvia il programma")
    for one in (demo, serve):
        one.add_argument("--host", default="127.0.0.1", help="indirizzo su cui rispondere")
        one.add_argument("--port", type=int, default=8000, help="porta su cui rispondere")
        one.add_argument("--processes", type=_at_least_one, default=1, metavar="N",
                         help="processi che rispondono (1; tanti quanti i processori, dove lavorano in molti)")
    worker = command("worker", _worker, "spedisce la posta in uscita e sigilla il registro")
    worker.add_argument("--once", action="store_true", help="un solo giro")

    db = group("db", "il database")
    command("upgrade", _db_upgrade, "porta le tabelle all'ultima versione", db)
    command("check", _db_check, "controlla tabelle e trigger", db)
    remove = command("remove", _db_remove, "elimina le tabelle di un plugin, con i loro dati", db)
    remove.add_argument("plugin", help="codice del plugin")

    user = command("add", _user_add, "aggiunge un utente e stampa il collegamento per scegliere la password",
                   group("user", "gli utenti"))
    user.add_argument("email")
    user.add_argument("name", help="nome e cognome")
    user.add_argument("--role", action="append", required=True, choices=[r.value for r in Role if r is not Role.SYSTEM])
    user.add_argument("--municipality", action="append", default=[], help="comune, per esempio dresano")

    generate = command("generate", _documents_generate, "genera il documento di un contratto",
                       group("documents", "i documenti"))
    generate.add_argument("contract", nargs="*", help="numeri dei contratti, per esempio 3/2026; senza, tutte le bozze")

    plugins = group("plugins", "i plugin dei servizi")
    command("list", _plugins_list, "elenca i plugin", plugins)
    command("check", _plugins_check, "controlla che i plugin si carichino", plugins)

    calc.add_commands(group("calc", "calcoli: termini, riparto, rate, penali"), command)

    transfer.add_commands(command, _open)

    audit_group = group("audit", "il registro delle modifiche")
    command("seal", _audit_seal, "sigilla le voci nuove ed esporta la testa", audit_group)
    command("verify", _audit_verify, "verifica la catena dei sigilli", audit_group)
    return parser


# --- the main job -----------------------------------------------------------------------------------------


def _demo(settings: Settings, options: argparse.Namespace) -> int:
    from demo import job, story

    started = time.perf_counter()
    ensure_data_dir(settings)
    registry, database, store = load(settings), Database(settings.url), FileStore(settings.data_dir)
    _upgrade(database, registry)
    today, progress = clock.today(settings.today), _quiet if options.json else _progress
    report = job.run(database, registry, store, today=today, progress=progress)
    left_out = story.play(database, registry, store, today=today, progress=progress)
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


def _serve(settings: Settings, options: argparse.Namespace) -> NoReturn:
    _open(settings)
    return _listen(settings, options)


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _listen(settings: Settings, options: argparse.Namespace) -> NoReturn:
    from admin.command import serve

    listener = serve.listen(options.host, options.port)
    address = f"http://{options.host}:{options.port}/"
    print(f"Patto risponde su {address}  (Ctrl+C per fermarlo)", file=sys.stderr, flush=True)
    serve.run(settings, listener, options.processes)


def _worker(settings: Settings, options: argparse.Namespace) -> int:
    from admin.command.serve import end_when_asked
    from admin.command.worker import run_once, run_until_stopped

    database, _ = _open(settings)
    end_when_asked()
    if not options.once:
        run_until_stopped(settings, database)
    run_once(settings, database)
    return OK


# --- database ---------------------------------------------------------------------------------------------


def _open(settings: Settings, *, strict: bool | None = None) -> tuple[Database, Registry]:
    """The database and the plugins; RuleBroken if the tables are not those of this version."""
    from migrations import runner

    ensure_data_dir(settings)
    database, registry = Database(settings.url), load(settings, strict=strict)
    if not runner.is_current(database, registry):
        raise RuleBroken("Il database non è all'ultima versione: eseguire «patto db upgrade» (o «patto demo»).")
    return database, registry


def _upgrade(database: Database, registry: Registry) -> None:
    from migrations import runner

    if not runner.is_current(database, registry):
        runner.upgrade(database, registry)


def _db_upgrade(settings: Settings, _options: argparse.Namespace) -> int:
    ensure_data_dir(settings)
    _upgrade(Database(settings.url), load(settings, strict=True))
    print("Il database è all'ultima versione.")
    return OK


def _db_check(settings: Settings, options: argparse.Namespace) -> int:
    from migrations import runner

    ensure_data_dir(settings)
    troubles = runner.check(Database(settings.url), load(settings, strict=True))
    if options.json:
        print(json.dumps(troubles, ensure_ascii=False, indent=2))
    else:
        for owner, found in troubles.items():
            print(f"{owner}: {'in ordine' if not found else '; '.join(found)}")
    return REFUSED if any(troubles.values()) else OK


def _db_remove(settings: Settings, options: argparse.Namespace) -> int:
    from migrations import runner

    runner.remove(Database(settings.url), load(settings, strict=True), options.plugin)
    print(f"Le tabelle del plugin «{options.plugin}» sono state eliminate.")
    return OK


# --- users, documents, plugins ----------------------------------------------------------------------------


def _user_add(settings: Settings, options: argparse.Namespace) -> int:
    from admin.app import create_app
    from admin.office.users import invite_link

    database, registry = _open(settings)
    app = create_app(settings, database=database, registry=registry)
    with unit_of_work(database, system("riga di comando"), act="user.invite") as session:
        link = invite_link(app, session, email=options.email, name=options.name, roles=options.role,
                           municipalities=options.municipality)
    print(f"Utente aggiunto. Il collegamento per scegliere la password vale una volta sola:\n{link}")
    return OK


def _documents_generate(settings: Settings, options: argparse.Namespace) -> int:
    from core.contracts.operations import find_drafts, generate_document

    database, registry = _open(settings)
    actor, store, made = system("riga di comando"), FileStore(settings.data_dir), []
    with ScopedSession(database, actor) as session:
        chosen = find_drafts(session, options.contract)
    for done, (contract_id, code) in enumerate(chosen, start=1):
        with unit_of_work(database, actor, act="contract.generate") as session:
            version = generate_document(session, contract_id, registry=registry, store=store,
                                        today=clock.today(settings.today))
            made.append({"number": code, "version": version.version_number, "document": version.document.path})
        if not options.json:
            _progress(done, len(chosen), code)
    if options.json:
        print(json.dumps({"documents": made}, ensure_ascii=False, indent=2))
    return OK


def _plugins_list(settings: Settings, options: argparse.Namespace) -> int:
    registry = load(settings, strict=False)
    rows = [
        {
            "code": name,
            "title": registry.plugins[name].description.title if name in registry.plugins else "",
            "version": registry.plugins[name].description.version if name in registry.plugins else "",
            "state": "caricato" if name in registry.plugins else registry.broken.get(name, "non abilitato"),
        }
        for name in known()
    ]
    if options.json:
        print(json.dumps({"plugins": rows}, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            print(f"{row['code']:24} {row['version']:8} {row['state']:12} {row['title']}")
    return OK


def _plugins_check(settings: Settings, options: argparse.Namespace) -> int:
    from core.plugins import contract as plugin_contract

    troubles = {p.description.code: plugin_contract.check(p) for p in load(settings, strict=True)}
    if options.json:
        print(json.dumps(troubles, ensure_ascii=False, indent=2))
    else:
        for code, found in troubles.items():
            print(f"{code}: {'in ordine' if not found else '; '.join(found)}")
    return REFUSED if any(troubles.values()) else OK


# --- audit ------------------------------------------------------------------------------------------------


def _audit_seal(settings: Settings, options: argparse.Namespace) -> int:
    from admin.command.worker import seal

    database, _ = _open(settings)
    head = seal(settings, database)
    print(json.dumps(asdict(head)) if options.json else f"Sigillate {head.number} voci; testa {head.hash}.")
    return OK


def _audit_verify(settings: Settings, options: argparse.Namespace) -> int:
    from admin.command.worker import exported_heads

    database, _ = _open(settings)
    with ScopedSession(database, system("verifica del registro")) as session:
        verdict = audit.verify(session, exported_heads(settings))
    if options.json:
        print(json.dumps(asdict(verdict), ensure_ascii=False))
    elif verdict.broken is None:
        print(f"La catena è integra: {verdict.head.number} voci sigillate, {verdict.unsealed} da sigillare.")
    else:
        print(f"La catena è rotta all'anello {verdict.broken}: {verdict.reason}.", file=sys.stderr)
    return OK if verdict.broken is None else REFUSED


if __name__ == "__main__":
    sys.exit(main())
