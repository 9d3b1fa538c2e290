"""A plugin's ``plugin.toml``: what a service is and what its sheet asks, read whole; each fault with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.ground.errors import Finding, RuleBroken
from core.plugins import rows
from core.plugins.columns import SHEETS
from core.plugins.hookspecs import DatedName, PluginDescription
from core.plugins.rows import OWN, RowFault, fault
from core.plugins.schema import TEXTS, SheetSchema
from core.tables import readable
from core.tables.cells import CellKind, Column, Row, Sheet

FILE = "plugin.toml"
COMMON = Path(__file__).with_name("common.toml")
CODE = re.compile(r"[a-z][a-z0-9_]{2,40}")
MOST_FAULTS = 20

PLUGIN = Sheet("plugin", "Il servizio", (
    Column("code", "Codice", help="Quello del servizio nel catalogo, e della cartella del plugin.",
           example="meal_delivery"),
    Column("title", "Titolo", example="Pasti a domicilio"),
    Column("sectors", "Settori", CellKind.LINES, help="I codici dei settori in cui di solito sta."),
    Column("version", "Versione", example="1.0"),
    Column("source", "Fonte", required=False, help="L'atto o la regola da cui vengono i campi."),
    Column("tested_with", "Provato con", required=False, help="Le versioni di Patto con cui è stato provato."),
), about="Che cos'è il servizio.", single=True)
NAMES = Sheet("names", "Nomi", (
    Column("name", "Nome"),
    Column("valid_from", "Dal", CellKind.DAY, required=False),
    Column("valid_to", "Al", CellKind.DAY, required=False),
), about="I nomi che il servizio ha avuto in altri giorni.")
ALL = (PLUGIN, NAMES, *SHEETS)


@dataclass(frozen=True)
class Described:
    """What a file says, and its faults in the order of their lines; with faults there is no description."""

    description: PluginDescription | None
    faults: tuple[RowFault, ...]


@cache
def common() -> SheetSchema:
    """What every sheet may say beside its texts, whatever the service: ``common.toml``."""
    found = read(COMMON.read_bytes(), beside=TEXTS).description
    assert found is not None
    return found.sheet


@cache
def known() -> SheetSchema:
    """What every sheet has already: a plugin's rules may read it, and its fields have other names."""
    return TEXTS.joined(common())


def read(content: bytes, *, beside: SheetSchema | None = None) -> Described:
    """Read a description whole; ``beside`` is what the sheet has already, unless what every sheet has.

    RuleBroken, with its line, for a text that cannot be read at all.
    """
    found = readable.read(content, ALL)
    head = [row for row in found if row.sheet.name == PLUGIN.name]
    if not head:
        raise RuleBroken("Manca %(heading)s, con il codice e il titolo del servizio.",
                         heading=readable.heading(PLUGIN))
    version = head[0].values["version"] or ""
    schema = rows.read(found, version=version, beside=known() if beside is None else beside)
    faults = sorted([*schema.faults, *_faults_of(head[0]), *_reserved(found)], key=lambda each: each.line)
    if faults:
        return Described(None, tuple(faults))
    names = tuple(DatedName(row.values["name"], row.values["valid_from"], row.values["valid_to"])
                  for row in found if row.sheet.name == NAMES.name)
    values = head[0].values
    return Described(PluginDescription(values["code"], values["title"], tuple(values["sectors"]), version,
                                       source=values["source"] or "", names=names, sheet=schema.schema,
                                       tested_with=values["tested_with"] or ""), ())


def _faults_of(head: Row) -> Iterator[RowFault]:
    code = head.values["code"]
    if code is not None and not CODE.fullmatch(code):
        yield fault(head, "code", Finding(
            "«%(code)s» va scritto in lettere minuscole, cifre e trattini bassi, da 3 a 41.", {"code": code}))


def _reserved(found: Iterable[Row]) -> Iterator[RowFault]:
    for row in found:
        if row.sheet.name == "fields" and not row.values["table"] and str(row.values["name"]).startswith(OWN):
            yield fault(row, "name", Finding("«%(name)s»: i nomi che cominciano con own_ sono dei campi dell'ufficio.",
                                             {"name": row.values["name"]}))


def described(folder: Path, **behaviour: Any) -> PluginDescription:
    """The description in ``folder``, with its behaviour: ``check``, ``blocks``, ``computed``, tables.

    RuleBroken with every fault and its line.
    """
    found = read((folder / FILE).read_bytes())
    if found.description is None:
        raise RuleBroken("%(file)s: %(faults)s", file=FILE, faults=" ".join(lines(found.faults)))
    return PluginDescription(**{**vars(found.description), **behaviour})


def lines(faults: Sequence[RowFault]) -> Iterable[str]:
    """Each fault with its line, key and sentence; at most twenty of them."""
    for found in faults[:MOST_FAULTS]:
        key = f", {found.column}" if found.column else ""
        yield f"riga {found.line}{key}: {found.finding}"


def write(description: PluginDescription) -> str:
    """The description as a file."""
    head: dict[str, Any] = {name: getattr(description, name) for name in (
        "code", "title", "sectors", "version", "source", "tested_with")}
    return readable.write(ALL, {PLUGIN.name: [head], NAMES.name: [vars(name) for name in description.names],
                                **rows.written(description.sheet)})
