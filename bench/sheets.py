"""A sheet of 40 fields and 5 tables of 500 rows: form, saving, record and Word document, in seconds each."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import lxml.html
from flask.testing import FlaskClient
from sqlalchemy import select

from admin.app import create_app
from bench.ground import demo, log_in
from bench.measure import median_seconds, row
from core.catalogue import own_fields
from core.catalogue.model import OperationalSheet, Service
from core.catalogue.operations import new_edition
from core.ground.access import system
from core.ground.db import Database
from core.ground.unit_of_work import unit_of_work
from core.plugins.loading import Registry

FIELDS, TABLES, ROWS = 40, 5, 500
MOST_SECONDS = 1.0
ACTOR = system("prova di velocità")
KINDS = ("text", "integer", "decimal", "euro", "percent", "date", "yes_no", "municipality")
TYPED: dict[str, Any] = {"text": "Testo di prova", "integer": 12, "decimal": "12.5", "euro": "12.50",
                         "percent": "33.3", "date": "2026-07-31", "yes_no": True, "municipality": "melegnano"}
COLUMNS = ("text", "municipality", "decimal", "date", "yes_no")


def main() -> None:
    """Print the table; the last line says whether each act stays under a second."""
    with tempfile.TemporaryDirectory() as folder:
        settings, database, registry = demo(Path(folder))
        key = _written(database, registry)
        client = log_in(create_app(settings), database)
        form = f"/admin/schede/edit/?id={key}"
        typed = _fields(client, form)
        pages = {"the form": form, "the record": f"/admin/schede/details/?id={key}",
                 "the Word document": f"/admin/schede/word/?id={key}"}
        print(f"A sheet of {FIELDS} fields and {TABLES} tables of {ROWS} rows ({len(typed):,} boxes in its form)")
        slow = []
        acts: dict[str, Callable[[], object]] = {
            **{name: partial(_opened, client, address) for name, address in pages.items()},
            "saving the form": partial(_saved, client, form, typed)}
        for name, act in acts.items():
            seconds = median_seconds(act)
            row(name, seconds)
            slow += [name] if seconds > MOST_SECONDS else []
        print(f"  over {MOST_SECONDS:.0f} s: {', '.join(slow) or 'none'}")


def _written(database: Database, registry: Registry) -> int:
    """A draft of the next year with fields of its own, every table full."""
    with unit_of_work(database, ACTOR, act="bench") as session:
        service = session.scalars(select(Service).where(Service.code == "planning_office")).one()
        fields = [{"name": f"own_f{n}", "label": f"Campo {n}", "type": KINDS[n % len(KINDS)]} for n in range(FIELDS)]
        for table in range(TABLES):
            fields.append({"name": f"own_t{table}", "label": f"Tabella {table}", "type": "rows"})
            fields += [{"table": f"own_t{table}", "name": kind, "label": f"Colonna {kind}", "type": kind}
                       for kind in COLUMNS]
        own_fields.set_own_fields(session, service.id, {"fields": fields}, version=0, registry=registry)
        sheet: OperationalSheet = new_edition(session, service.sheets[-1].id, 2030, registry=registry)
        rows = [{kind: TYPED[kind] for kind in COLUMNS} for _n in range(ROWS)]
        sheet.data = {**sheet.data, **{f"own_f{n}": TYPED[KINDS[n % len(KINDS)]] for n in range(FIELDS)},
                      **{f"own_t{table}": rows for table in range(TABLES)}}
        session.flush()
        return sheet.id


def _fields(client: FlaskClient, page: str) -> dict[str, str]:
    """What the form says, as a browser sends it."""
    shown: Any = lxml.html.fromstring(client.get(page).data)
    form = shown.xpath("//main//form[@method='post']")[0]
    return {name: value for name, value in form.form_values() if value is not None}


def _opened(client: FlaskClient, page: str) -> None:
    assert client.get(page).status_code == 200, page


def _saved(client: FlaskClient, page: str, typed: dict[str, str]) -> None:
    answer = client.post(page, data={**typed, "version": typed.get("version", "")})
    assert answer.status_code == 302, answer.status_code


if __name__ == "__main__":
    main()
