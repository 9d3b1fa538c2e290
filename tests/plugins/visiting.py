"""Browsers in the hands of people, and workbooks that they have filled in, for the tests of plugins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
from sqlalchemy import select

from core.ground.access import Role, ScopedSession, system
from core.ground.db import Database
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.imports.operations import Import
from core.parties.model import Municipality
from core.tables.workbook import workbook
from core.users.model import User
from core.users.operations import invite
from tests.ground import Application

Visit = Callable[[Role], Any]
ROLES = (Role.MANAGEMENT, Role.ACCOUNTING, Role.ACCREDITATION, Role.AUDITOR, Role.MUNICIPALITY)


def visiting(database: Database, application: Application, today: date) -> Visit:
    """``visit(role)`` is a person of that role, inside; the municipality's is of the first one."""
    with unit_of_work(database, system("prova"), act="persone") as session:
        first = session.scalars(select(Municipality.id).order_by(Municipality.id).limit(1)).one()
        for role in ROLES:
            own = [first] if role is Role.MUNICIPALITY else []
            invite(session, email=f"{role}@patto.example", name=f"Persona {role}", roles=[role], municipality_ids=own)
    settings = Settings(data_dir=database.folder, secret_key="chiave-di-prova", today=today)
    app = application(settings, database)
    app.config["WTF_CSRF_ENABLED"] = False

    def browser(role: Role) -> Any:
        client = app.test_client()
        with ScopedSession(database, system("prova")) as session, client.session_transaction() as cookie:
            mark = session.scalars(select(User.fs_uniquifier).where(User.email == f"{role}@patto.example")).one()
            cookie.update({"_user_id": mark, "_fresh": True})
        return client

    return browser


def workbook_of(kind: Import, *rows: dict[str, Any]) -> bytes:
    """The workbook of an import, filled in with rows by column name."""
    [sheet] = kind.sheets
    book = openpyxl.load_workbook(BytesIO(workbook([sheet])))
    for row in rows:
        book[sheet.title].append([row.get(column.name) for column in sheet.columns])
    target = BytesIO()
    book.save(target)
    return target.getvalue()
