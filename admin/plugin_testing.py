"""What the tests of a plugin stand on: the rules that it is held to, and a small invented district to work in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import core.registrations  # noqa: F401 - the engines know the subjects by it
from core.catalogue import operations, plugin_contract, plugin_rules, sheets
from core.catalogue.model import OperationalSheet, Service
from core.ground.access import ScopedSession, system
from core.ground.db import Database
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Membership, Municipality
from core.plugins.hookspecs import PluginDescription
from core.plugins.loading import Registry, load_at
from migrations import runner

FIRST_DAY = date(2026, 1, 1)
MUNICIPALITIES = {"Borgo Primo": "99000010159", "Borgo Secondo": "99000020158"}  # no such places


@dataclass(frozen=True)
class District:
    """A database with two invented municipalities, and the sheet of the service that the plugin is for."""

    database: Database
    registry: Registry
    sheet_id: int

    def write(self, **data: Any) -> None:
        """Write on the sheet what people would type in its form. RuleBroken with the field for what cannot be."""
        with unit_of_work(self.database, system("prova"), act="prova") as session:
            sheet = session.require(OperationalSheet, self.sheet_id)
            operations.edit_sheet(session, sheet.id, changes={}, data={**(sheet.data or {}), **data},
                                  version=sheet.version)

    def annex(self) -> str:
        """The annex of the sheet, as plain text of its blocks."""
        with ScopedSession(self.database, system("prova")) as session:
            sheet = session.require(OperationalSheet, self.sheet_id)
            return repr(sheets.blocks_of(sheet, self.registry.get(sheet.plugin or "")))


def problems(folder: Path, level: str = "base") -> list[str]:
    """What the plugin in ``folder`` does not keep to, as ``patto plugins check`` says it."""
    return [str(remark) for remark in plugin_rules.check(str(folder), plugin_rules.Grade(level))]


def description(folder: Path) -> PluginDescription:
    """The description of the plugin in ``folder``."""
    return load_at(folder).description


def example(plugin: PluginDescription) -> dict[str, Any]:
    """A sheet with every field filled in."""
    return plugin_contract.example(plugin)


def district(folder: Path, place: Path) -> District:
    """A district in ``place``, in whose catalogue stands the service of the plugin in ``folder``."""
    loaded = load_at(folder)
    registry = Registry({loaded.description.code: loaded})
    database = Database(f"sqlite:///{place / 'patto.sqlite3'}", place)
    runner.upgrade(database, registry)
    with unit_of_work(database, system("prova"), act="prova") as session:
        for name, tax_code in MUNICIPALITIES.items():
            session.add(Municipality(name=name, slug=name.lower().replace(" ", "-"), kind="municipality",
                                     tax_code=tax_code, address="Piazza 1", postal_code="20000", city=name,
                                     province="MI", memberships=[Membership(valid_from=FIRST_DAY)]))
        service = Service(code=loaded.description.code, title=loaded.description.title, order=1,
                          management_form="direct", essential_level=False, cover_all=True, cover_assumed=False,
                          source="prova")
        session.add(service)
        session.flush()
        sheet = operations.new_sheet(session, service.id, title=loaded.description.title, edition=FIRST_DAY.year,
                                     registry=registry)
    return District(database, registry, sheet.id)
