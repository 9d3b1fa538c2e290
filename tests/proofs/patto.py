"""``patto`` as the proofs serve it: with a page that raises and a worker for whom every round is a new day's.

With ``PROOF_GARBAGE`` a collector has much to do: a thread of the web process loads what a night loads, and the list of
contracts makes hundreds of objects. Both did so once, and Python 3.11 died of it. ``PROOF_WITHOUT`` takes away what is
to be proved: the control that must go red.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import nullcontext
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from admin import app as application
from admin.command import cli, worker
from admin.contracts.views import Contracts
from admin.guard import policy
from core.contracts.model import Contract, ContractDocument, ContractParty, ContractTerms
from core.ground import db, garbage, outage
from core.ground.access import ScopedSession, system
from core.ground.settings import Settings
from core.instalments.model import Instalment

create_app, run_once = application.create_app, worker.run_once
RAISES = "/prova/errore"
MAIN = (__file__,)  # what is served in the place of the command


def with_a_page_that_raises(settings: Settings) -> Flask:
    """The application with one fault; where a collector is tried, a thread loads beside it as soon as it stands."""
    app = create_app(settings)
    if os.environ.get("PROOF_GARBAGE"):
        threading.Thread(target=load_instalments, args=(settings,), daemon=True).start()

    @app.get(RAISES, endpoint="proof.fault")
    def fault() -> str:
        raise ZeroDivisionError("a fault that the proof wants")

    app.extensions["patto_policies"]["proof.fault"] = policy.Policy(policy.PUBLIC)
    return app


def with_whole_contracts() -> None:
    """The list of contracts makes hundreds of objects, with all that hangs on a contract: what tries a collector."""
    Contracts.load = (selectinload(Contract.parties).joinedload(ContractParty.party), selectinload(Contract.conferrals),
                      selectinload(Contract.documents).joinedload(ContractDocument.document))
    Contracts.shown = Contracts.shown | {"services": lambda row: len({held.service_id for held in row.conferrals}),
                                         "documents": lambda row: len(row.documents)}


def a_new_day(settings: Settings, database: db.Database, *, holder: str = "", **_about: Any) -> bool:
    """A round with all that a new day asks for."""
    return run_once(settings, database, new_day=True, holder=holder)


def load_instalments(settings: Settings) -> None:
    """Instalments with their contract and its terms, again and again."""
    whole = (selectinload(Instalment.municipality),
             selectinload(Instalment.contract).selectinload(Contract.terms).selectinload(ContractTerms.instalments))
    database = db.Database(settings.url, settings.data_dir)
    while True:
        with ScopedSession(database, system("prova")) as session:
            session.scalars(select(Instalment).options(*whole).limit(50)).all()


if __name__ in ("__main__", "__mp_main__"):  # in every process of the served house, and in no other
    application.create_app = with_a_page_that_raises
    worker.run_once, worker.ROUND_SECONDS = a_new_day, 1
    if os.environ.get("PROOF_GARBAGE"):
        with_whole_contracts()
    match os.environ.get("PROOF_WITHOUT"):
        case "guard":
            garbage.at_safe_points_only, garbage.none_at_start = (lambda: None), nullcontext
        case "queue":
            db._turn_at = lambda *_about: None
        case "quiet":
            outage.QUIET_SECONDS = 0

if __name__ == "__main__":
    sys.exit(cli.main())
