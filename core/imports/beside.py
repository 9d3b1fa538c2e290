"""The imports that plugins bring: a workbook of one sheet, laid in like all others, a row at a time by the plugin."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from core.ground.db import Database
from core.imports.operations import Desk, Import
from core.plugins.bound import ask_offer, offered_by_name
from core.plugins.loading import LoadedPlugin
from core.plugins.offers import RowsImport
from core.tables.cells import Sheet

HOOK = "patto_imports"


def imports_of(database: Database) -> dict[str, Import]:
    """The imports of the plugins that answer beside a database, by their names."""
    return {name: _import(*found) for name, found in offered_by_name(database, HOOK).items()}


def _import(loaded: LoadedPlugin, offer: RowsImport) -> Import:
    sheet = Sheet(offer.name, offer.title[:31], offer.columns, about=offer.about)
    return Import(offer.name, offer.title, offer.about, (sheet,), {sheet.name: partial(_lay, loaded, offer)},
                  loaded.description.code, offer.roles)


def _lay(loaded: LoadedPlugin, offer: RowsImport, desk: Desk, values: Mapping[str, Any]) -> str:
    """A row as the plugin lays it in. RuleBroken as it says it, PluginFailed if it fails: the row is refused."""
    made: str = ask_offer(loaded, HOOK, partial(offer.lay, desk.session, values, desk.today), desk.session)
    return made
