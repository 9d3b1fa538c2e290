"""``patto`` as the proofs serve it: with a page that raises and a worker for whom every round is a new day's.

``PROOF_WITHOUT`` takes away what is to be proved, one or several: the controls that must go red.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import nullcontext
from typing import Any

from flask import Flask

from admin import app as application
from admin.command import cli, serve, worker
from admin.guard import policy
from core.ground import db, garbage
from core.ground.settings import Settings

create_app, run_once, web = application.create_app, worker.run_once, serve._web
RAISES = "/prova/errore"


def with_a_page_that_raises(settings: Settings) -> Flask:
    """The application with one fault."""
    app = create_app(settings)

    @app.get(RAISES, endpoint="proof.fault")
    def fault() -> str:
        raise ZeroDivisionError("a fault that the proof wants")

    app.extensions["patto_policies"]["proof.fault"] = policy.Policy(policy.PUBLIC)
    return app


def a_new_day(settings: Settings, database: db.Database, **_about: Any) -> bool:
    """A round with all that a new day asks for."""
    return run_once(settings, database, new_day=True)


def web_with_worker(settings: Settings, listener: Any) -> None:
    """A web process with the worker in one of its threads."""
    threading.Thread(target=serve._worker, args=(settings,), daemon=True).start()
    web(settings, listener)


if __name__ in ("__main__", "__mp_main__"):  # in every process of the served house, and in no other
    application.create_app = with_a_page_that_raises
    worker.run_once, worker.ROUND_SECONDS = a_new_day, 1
    without = os.environ.get("PROOF_WITHOUT", "").split()
    if "guard" in without:
        garbage.at_safe_points_only, garbage.none_at_start = (lambda: None), nullcontext
    if "process" in without:
        serve._web = web_with_worker
    if "queue" in without:
        db._turn_at = lambda _database: None

if __name__ == "__main__":
    sys.exit(cli.main())
