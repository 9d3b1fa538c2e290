"""The command ``patto``. Exit 0: answered; 1: refused by a rule; 2: wrong use. Errors in words, on standard error."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

from admin.command import calc
from core.ground.errors import RuleBroken
from core.ground.settings import Settings, from_environment

OK, REFUSED, WRONG_USE = 0, 1, 2
Run = Callable[[Settings, argparse.Namespace], int]
# named here too: to know them from where they live would load the whole house
ROLES = ("management", "accounting", "accreditation", "municipality", "provider", "auditor", "administrator")
IMPORTED = ("start", "municipalities", "people", "bodies", "catalogue", "sheets", "contracts", "budgets", "shares",
            "opening", "instalments", "invoices", "providers", "usage")
EXPORTED = ("instalments", "shares", "payments")

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
    argparse._ = lambda text: ARGPARSE_WORDS.get(text, text)  # type: ignore[attr-defined]  # no part of its face
    options = _parser().parse_args(argv)
    for stream in (sys.stdin, sys.stdout) if options.json else ():
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8")  # so is JSON (RFC 8259), whatever the terminal speaks
    try:
        settings = from_environment().with_options(data_dir=options.data_dir)
        return int(options.run(settings, options))
    except RuleBroken as refusal:
        print(refusal, file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        return REFUSED


def later(name: str) -> Run:
    """The command ``name`` (module:function): imported when it runs, so that help and sums do not wait for the house.

    RuleBroken for a database that cannot be used.
    """

    def run(settings: Settings, options: argparse.Namespace) -> int:
        from sqlalchemy.exc import DBAPIError

        from core.ground import outage

        module, function = name.split(":")
        try:
            return int(getattr(import_module(f"admin.command.{module}"), function)(settings, options))
        except OSError as error:
            if (refusal := outage.meant(error)) is None:
                raise
            raise refusal from error
        except DBAPIError as error:
            if outage.trouble_of(error) is outage.Trouble.FULL:
                raise outage.unavailable(outage.Trouble.FULL) from error
            raise RuleBroken("Il database non si può usare (%(reason)s): è di un altro programma, rovinato, occupato o "
                             "non raggiungibile. Controllarne l'indirizzo, o recuperare un salvataggio.",
                             reason=error.orig) from error

    return run


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

    def command(name: str, run: Run, about: str, within: Any = commands) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = within.add_parser(name, parents=[common], help=about, description=about)
        added.set_defaults(run=run)
        return added

    def group(name: str, about: str) -> object:
        return commands.add_parser(name, help=about).add_subparsers(required=True, metavar="azione")

    demo = command("demo", later("commands:demo"),
                   "carica il distretto dimostrativo, genera i contratti e avvia il programma")
    demo.add_argument("--no-serve", action="store_true", help="genera soltanto, senza avviare il programma")
    serve = command("serve", later("commands:serve"), "avvia il programma")
    for one in (demo, serve):
        one.add_argument("--host", default="127.0.0.1", help="indirizzo su cui rispondere")
        one.add_argument("--port", type=int, default=8000, help="porta su cui rispondere")
        one.add_argument("--processes", type=_at_least_one, default=1, metavar="N",
                         help="processi che rispondono (1; tanti quanti i processori, dove lavorano in molti)")
    demo.set_defaults(no_worker=False)
    serve.add_argument("--no-worker", action="store_true",
                       help="senza il lavoro in sottofondo: lo fa «patto worker», avviato a parte")
    worker = command("worker", later("commands:worker"), "spedisce la posta in uscita e sigilla il registro")
    worker.add_argument("--once", action="store_true", help="un solo giro")

    db = group("db", "il database")
    command("upgrade", later("commands:upgrade"), "porta le tabelle all'ultima versione", db)
    command("check", later("commands:check"), "controlla tabelle e trigger", db)
    remove = command("remove", later("plugins:remove"),
                     "elimina le tabelle di un plugin, con i loro dati: conta, chiede, salva prima", db)
    remove.add_argument("plugin", help="codice del plugin")
    remove.add_argument("--yes", action="store_true", help="senza chiedere")

    users = group("user", "gli utenti")
    user = command("add", later("commands:add_user"),
                   "aggiunge un utente e stampa il collegamento per scegliere la password", users)
    user.add_argument("email")
    user.add_argument("name", help="nome e cognome")
    user.add_argument("--role", action="append", required=True, choices=ROLES)
    user.add_argument("--municipality", action="append", default=[], help="comune, per esempio dresano")

    link = command("link", later("commands:link_user"),
                   "stampa un nuovo collegamento per chi c'è già e non può entrare", users)
    link.add_argument("email")

    generate = command("generate", later("commands:generate"), "genera il documento di un contratto",
                       group("documents", "i documenti"))
    generate.add_argument("contract", nargs="*", help="numeri dei contratti, per esempio 3/2026; senza, tutte le bozze")

    plugins = group("plugins", "i plugin dei servizi")
    command("list", later("plugins:list_plugins"), "elenca i plugin", plugins)
    hold = command("check", later("plugins:check"), "controlla un plugin, o tutti quelli abilitati", plugins)
    hold.add_argument("plugin", nargs="?", help="il codice, o la cartella, di un plugin")
    hold.add_argument("--level", choices=("base", "good", "excellent"), default="base", help="quante regole (base)")
    make = command("new", later("new_plugin:new"), "comincia un plugin: cinque domande, e un progetto che funziona",
                   plugins)
    make.add_argument("name", help="il codice del servizio, per esempio meal_delivery")
    make.add_argument("--path", type=Path, help="dove fare la cartella del progetto; senza, in questa copia di Patto")
    make.add_argument("--defaults", action="store_true", help="senza domande")
    revise = command("revision", later("plugins:revision"),
                     "scrive la prossima revisione delle tabelle di un plugin, dal suo modello", plugins)
    revise.add_argument("plugin", help="il codice, o la cartella, di un plugin")
    revise.add_argument("words", help="che cosa cambia, in poche parole inglesi")

    calc.add_commands(group("calc", "calcoli: termini, riparto, rate, penali"), command)

    read = command("read", later("statements:read_file"),
                   "legge il file di una banca e stampa gli accrediti che contiene",
                   group("statements", "gli estratti conto"))
    read.add_argument("file", type=Path, help="CAMT, CBI, CSV, .xlsx o .zip")
    read.add_argument("--account", metavar="IBAN", help="di quale conto è, se il file non lo dice")

    bring = command("import", later("transfer:bring"), "importa un modello compilato, tutto o niente")
    bring.add_argument("what", choices=(*IMPORTED, "ipa"), help="che cosa; ipa confronta con i dati aperti dell'Indice")
    bring.add_argument("file", type=Path, nargs="?", help="il file .xlsx; senza, si scrive il modello con --template")
    bring.add_argument("--files", type=Path, help="cartella con i file nominati nel modello")
    bring.add_argument("--yes", action="store_true", help="accetta tutte le proposte (soltanto per ipa)")
    bring.add_argument("--new", action="append", metavar="CODICE[=TIPO]",
                       help="registra un ente del file (soltanto per ipa): il suo codice e che cosa è, comune se tace")
    bring.add_argument("--dry-run", action="store_true", help="controlla soltanto")
    bring.add_argument("--template", type=Path, help="scrive il modello vuoto in questo file")
    export = group("export", "esporta una tabella, o l'azienda, in un file")
    for what in EXPORTED:
        take = command(what, later("transfer:take"), f"esporta la tabella «{what}» in un file", export)
        take.add_argument("--format", choices=("xlsx", "csv"), default="xlsx", help="formato del file")
        take.add_argument("--output", type=Path, required=True, help="il file da scrivere")
        take.add_argument("--year", type=int, help="soltanto questo anno")
        take.set_defaults(what=what)
    whole = command("start", later("starting:export"),
                    "scrive l'azienda di questa installazione come il file da cui si avvia", export)
    whole.add_argument("--format", choices=("toml", "xlsx"), default="toml", help="formato del file")
    whole.add_argument("--output", type=Path, help="il file da scrivere; senza, si stampa")
    start = command("start", later("starting:start"),
                    "avvia un'azienda da un file, dove non ce n'è ancora una: tutto o niente")
    start.add_argument("file", type=Path, nargs="?", help="il file .toml, o la cartella di lavoro .xlsx")
    start.add_argument("--example", action="store_true", help="stampa un esempio completo e commentato")

    save = command("backup", later("backup.commands:backup"),
                   "salva database, documenti e chiavi in un file nuovo, mentre si lavora")
    save.add_argument("target", type=Path, help="il file da scrivere; si aggiunge .tar, o .tar.age se è cifrato")
    back = command("restore", later("backup.commands:restore"), "ripristina un salvataggio in un'installazione vuota")
    back.add_argument("source", type=Path, help="il file fatto con «patto backup»")
    for one in (save, back):
        one.add_argument("--key-file", type=Path, metavar="FILE",
                         help="il file con la chiave che cifra il salvataggio (oppure PATTO_BACKUP_KEY)")

    doctor = command("doctor", later("doctor:doctor"), "esamina l'installazione: che cosa è in ordine, che cosa manca")
    doctor.add_argument("--clear", action="store_true",
                        help="elimina i file che nessun dato nomina, se hanno più di un giorno")

    audit_group = group("audit", "il registro delle modifiche")
    command("seal", later("commands:seal_audit"), "sigilla le voci nuove, firma la testa e la invia", audit_group)
    verify = command("verify", later("commands:verify_audit"),
                     "verifica la storia, le righe e i file, anche contro le teste custodite altrove", audit_group)
    verify.add_argument("--head", type=Path, action="append", default=[], metavar="FILE",
                        help="una testa custodita altrove, la mail che l'ha portata, o una cartella di teste")
    verify.add_argument("--public-key", default="", metavar="CHIAVE",
                        help="la chiave pubblica che deve aver firmato le teste, o il file che la contiene")
    return parser


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


if __name__ == "__main__":
    sys.exit(main())
